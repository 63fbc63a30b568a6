"""Binary floating-point formats as exact numbers: bits to fractions and back, and rounding in every direction.

Uses integers and fractions alone: a host that flushes subnormals or rounds otherwise cannot change what is expected of a device.
"""

from dataclasses import dataclass
from fractions import Fraction
from math import isqrt

MODES = ("nearest-even", "nearest-away", "toward-zero", "up", "down")


@dataclass(frozen=True)
class Format:
    """`precision` counts the leading bit; 2 ** `lowest` is the smallest normal number."""

    name: str
    width: int
    precision: int
    lowest: int

    @property
    def unit(self) -> Fraction:
        """The largest relative error of one rounding to nearest."""
        return power(-self.precision)

    @property
    def smallest(self) -> Fraction:
        """The smallest subnormal number."""
        return power(self.lowest - self.precision + 1)

    def decode(self, bits: int) -> Fraction | None:
        """The number of these bits; None for infinities and what is not a number. Both zeros are 0."""
        stored = self.precision - 1
        sign = -1 if bits >> (self.width - 1) & 1 else 1
        exponent = bits >> stored & ((1 << (self.width - self.precision)) - 1)
        if exponent == (1 << (self.width - self.precision)) - 1:
            return None
        mantissa = bits & ((1 << stored) - 1)
        if exponent > 0:
            mantissa += 1 << stored
        return sign * mantissa * power(max(exponent, 1) - 1 + self.lowest - stored)

    def encode(self, value: Fraction) -> int:
        """The bits of a number that the format has.

        Raises ValueError if it does not have it.
        """
        stored = self.precision - 1
        size = abs(value)
        exponent = max(floor_log2(size), self.lowest) if size else self.lowest
        mantissa = size / power(exponent - stored)
        if mantissa.denominator != 1 or exponent + self.lowest > 1:
            raise ValueError(f"{self.name} does not have the number {value}")
        # A subnormal number has the exponent field 0 and no leading bit: the sum below gives both cases.
        field = (exponent - self.lowest << stored) + int(mantissa)
        return field | (1 << (self.width - 1) if value < 0 else 0)

    def round(self, value: Fraction, mode: str = "nearest-even") -> Fraction:
        """The number of the format that stands for a value. Overflow is left to the caller."""
        if value == 0:
            return value
        quantum = power(max(floor_log2(abs(value)), self.lowest) - self.precision + 1)
        below, rest = divmod(value, quantum)
        if rest == 0:
            return value
        half = quantum / 2
        above = {
            "nearest-even": rest > half or (rest == half and below % 2 == 1),
            "nearest-away": rest > half or (rest == half and value > 0),
            "toward-zero": value < 0,
            "up": True,
            "down": False,
        }[mode]
        return (below + above) * quantum


FORMATS = {
    "float32": Format("float32", 32, 24, -126),
    "bfloat16": Format("bfloat16", 16, 8, -126),
    "float16": Format("float16", 16, 11, -14),
    "float64": Format("float64", 64, 53, -1022),
}


def power(exponent: int) -> Fraction:
    return Fraction(1 << exponent) if exponent >= 0 else Fraction(1, 1 << -exponent)


def floor_log2(value: Fraction) -> int:
    guess = value.numerator.bit_length() - value.denominator.bit_length()
    return guess if value >= power(guess) else guess - 1


def root(value: Fraction) -> Fraction:
    """A square root that rounds as the true one does: its first 200 bits, and a last one that says whether more follow."""
    scaled = value * power(400)
    whole = isqrt(scaled.numerator // scaled.denominator)
    exact = whole * whole == scaled
    return Fraction(2 * whole + (0 if exact else 1), 2) * power(-200)
