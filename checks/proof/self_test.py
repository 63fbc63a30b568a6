"""Tests the Python of this folder against exact arithmetic and published vectors, before it judges anything. Ends with an error on a difference."""

import math
import pathlib
import random
import re
import struct
from fractions import Fraction

import numpy as np

import digests
from binary32 import fma
from binary64 import exp64
from objective import pair_loss
from optimizer import orthogonal
from random_streams import half_up, philox

rng = random.Random(1377)


def to_float(bits):
    return struct.unpack("<f", struct.pack("<I", bits))[0]


def rounded(x):
    """Rounds an exact number to binary32, ties to even, with whole numbers alone."""
    if x == 0:
        return 0.0
    e = -149
    while abs(x) / Fraction(2) ** e >= 2**24:
        e += 1
    q = abs(x) / Fraction(2) ** e
    n = q.numerator // q.denominator
    rest = q - n
    n += rest > Fraction(1, 2) or rest == Fraction(1, 2) and n % 2 == 1
    value = Fraction(n) * Fraction(2) ** e
    if value >= Fraction(2) ** 128:
        return float("inf") if x > 0 else float("-inf")
    return float(value if x > 0 else -value)


def operands():
    """Numbers of similar exponents, ties and near-ties, subnormals: the cases in which double rounding fails."""
    a, b = to_float(rng.getrandbits(31) % 0x7F800000), to_float(rng.getrandbits(31) % 0x7F800000)
    kind = rng.randrange(6)
    if kind == 0:
        return a, b, to_float(rng.getrandbits(31) % 0x7F800000)
    a, b = (to_float(0x3F800000 | rng.getrandbits(23)) for _ in range(2))
    if kind == 1:  # a * b is all but half a unit of c's last place
        while True:
            m = rng.randrange(2**23, 2**24)
            n = round(2**47 / m)
            if n < 2**24 and 0 < abs(m * n - 2**47) < 2**18:
                return m * 2.0**-47, n * 2.0**-24 * rng.choice([-1, 1]), to_float(0x3F800000 | rng.getrandbits(23))
    if kind == 2:
        return a, b * 2.0 ** -rng.randrange(0, 60), rng.choice([-1, 1]) * to_float(0x3F800000 | rng.getrandbits(23))
    if kind == 3:  # almost everything cancels
        return a, b, -rounded(Fraction(a) * Fraction(b))
    if kind == 4:  # subnormal results
        return a * 2.0**-80, b * 2.0 ** -rng.randrange(40, 70), rng.choice([-1, 1]) * rng.getrandbits(rng.randrange(1, 24)) * 2.0**-149
    big = 2.0 ** rng.randrange(0, 60)
    return 2.0**-25 + 2.0 ** -rng.randrange(26, 48), big, rng.choice([-1, 1]) * to_float(0x3F800000 | rng.getrandbits(23)) * big


cases = [operands() for _ in range(10_000)]
a, b, c = (np.array(column, np.float32) for column in zip(*cases))
for x, y, z, there in zip(a.tolist(), b.tolist(), c.tolist(), fma(a, b, c).tolist()):
    here = rounded(Fraction(x) * Fraction(y) + Fraction(z))
    assert here == there, f"fma({x!r}, {y!r}, {z!r}) is {there!r}, not {here!r}"
twice = (a.astype(np.float64) * b + c).astype(np.float32)
assert (twice != fma(a, b, c)).sum() > 100, "the cases are too easy: rounding twice would pass them"

# Salmon et al., kat_vectors of Random123.
assert philox((0, 0, 0, 0), (0, 0)) == (0x6627E8D5, 0xE169C58D, 0xBC57AC4C, 0x9B00DBD8)
ones = 2**32 - 1
assert philox((ones,) * 4, (ones,) * 2) == (0x408F276D, 0x41C83B0E, 0xA20BC7C6, 0x6D5451FD)
assert philox((0x243F6A88, 0x85A308D3, 0x13198A2E, 0x03707344), (0xA4093822, 0x299F31D0)) == (0xD16CFE09, 0x94FDCCEB, 0x5001E420, 0x24126EA1)

# Muon's five steps map each singular value over the norm by a polynomial, five times. A rounding in binary32 is enlarged by the slope of that,
# which is 3.4445^5 = 485 at 0; four such roundings are allowed. Matrices of low rank, whose other singular values are 0, come close to it.
draw = np.random.default_rng(1377)
for rows, columns, rank, size in [(5, 9, 5, 1), (9, 5, 5, 1e-3), (7, 7, 7, 1), (101, 48, 48, 1e5), (40, 70, 1, 1), (12, 20, 3, 1), (3, 8, 3, 1e-9), (1, 6, 1, 1), (4, 4, 0, 1)]:
    x = (draw.standard_normal((rows, rank)) @ draw.standard_normal((rank, columns)) * size).astype(np.float32)
    left, values, right = np.linalg.svd(x.astype(np.float64), full_matrices=False)
    values = values / (np.sqrt((values * values).sum()) + 1e-7)
    for _ in range(5):
        values = 3.4445 * values - 4.775 * values**3 + 2.0315 * values**5
    apart = np.linalg.norm(orthogonal(x) - (left * values) @ right)
    assert apart < 4 * 3.4445**5 * 2**-24, f"a {rows} x {columns} matrix of rank {rank} is {apart:.1e} away from its singular vectors"

# The loss of pairs against Python's own functions, and at the ends of exp64.
for z in [0.0, 1e-9, -1e-9, 0.7, -0.7, 5.0, -5.0, 36.5, -36.5, 700.0, -700.0, 709.9, -709.9, 1e4, -1e4]:
    there = max(-z, 0.0) + math.log1p(math.exp(-abs(z)))
    assert abs(pair_loss(z) - there) <= 2**-51 * max(there, 1), f"the loss of a pair at {z} is {pair_loss(z)}, not {there}"
assert [float(exp64(x)) for x in (709.99, 710.0, 1e300, -745.0, -746.1, -1e300)][1:] == [math.inf, math.inf, 5e-324, 0.0, 0.0]

# RFC 8785, appendix B; RFC 6962's own tests.
numbers = {
    "0000000000000001": "5e-324", "7fefffffffffffff": "1.7976931348623157e+308", "4340000000000000": "9007199254740992", "4430000000000000": "295147905179352830000",
    "44b52d02c7e14af5": "9.999999999999997e+22", "44b52d02c7e14af6": "1e+23", "444b1ae4d6e2ef4f": "999999999999999900000", "444b1ae4d6e2ef50": "1e+21",
    "3eb0c6f7a0b5ed8c": "9.999999999999997e-7", "3eb0c6f7a0b5ed8d": "0.000001", "41b3de4355555556": "333333333.3333334", "becbf647612f3696": "-0.0000033333333333333333",
    "8000000000000000": "0",
}  # fmt: skip
for bits, text in numbers.items():
    found = digests.number(struct.unpack(">d", bytes.fromhex(bits))[0])
    assert found == text, f"{bits} is {found}, not {text}"
assert digests.tree([]).hex() == "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855"
leaves = [bytes.fromhex(leaf) for leaf in ("", "00", "10", "2021", "3031", "40414243", "5051525354555657", "606162636465666768696a6b6c6d6e6f")]
assert digests.tree(leaves).hex() == "5dc9da79a70659a9ad559cb701ded9a2ab9d823aad2f4960cfe370eff4604328"
assert [half_up(x) for x in (0.49999999999999994, 0.5, 1.5, 2.5, 2.4999999)] == [0, 1, 2, 3, 2]
# Every constant is in the page.
here = pathlib.Path(__file__).parent
page = (here / "../../docs/arithmetic.md").read_text("utf-8")
bits = [word for name in ("binary32.py", "binary64.py") for word in re.findall(r"\b(?:[0-9a-f]{16}|[0-9a-f]{8})\b", (here / name).read_text("utf-8"))]
assert len(bits) == 11 + 10 + 48 and all(f"`{word}`" in page for word in bits), "a constant is not in docs/arithmetic.md"
print("ok: fma against exact numbers, Philox, Muon against singular values, losses of pairs, canonical numbers, trees")
