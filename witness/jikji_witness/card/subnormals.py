"""Are numbers below the smallest normal one kept or flushed to zero: as they come in, and as they go out?

Each case has one subnormal number, on one side only, and an exact result.
"""

from fractions import Fraction

from .device import Device, full
from .findings import finding, verdict
from .formats import FORMATS, Format, power
from .multiply_add import SIZES, SHAPES, products


def cases(form: Format) -> dict[str, dict[str, tuple[Fraction, Fraction, Fraction, Fraction]]]:
    """Of each operation and side: both inputs, the result if the subnormal number is kept, and if it is flushed."""
    least, small = power(form.lowest), 3 * form.smallest
    grow = power(form.precision + 2)
    return {
        "multiply": {
            "inputs": (small, grow, small * grow, Fraction(0)),
            "outputs": (least * 3 / 2, Fraction(1, 2), least * 3 / 4, Fraction(0)),
        },
        "add": {
            "inputs": (least, small, least + small, least),
            "outputs": (least * 3 / 2, -least, least / 2, Fraction(0)),
        },
        "matrix product": {
            "inputs": (small, grow, small * grow, Fraction(0)),
            "outputs": (least * 3 / 2, Fraction(1, 2), least * 3 / 4, Fraction(0)),
        },
    }


def measure(device: Device, dtype: str, of: str, case: tuple) -> dict:
    a, b, kept, flushed = case
    numbers = []
    if of == "matrix product":
        for shape in SHAPES:
            numbers += products(device, dtype, {0: (a, b)}, shape)
    else:
        operation = device.multiply if of == "multiply" else device.add
        for size in SIZES:
            numbers += device.numbers(operation(full(device, a, dtype, size), full(device, b, dtype, size)))
    counts = {
        "flushed": sum(one == flushed for one in numbers),
        "kept": sum(one == kept for one in numbers),
    }
    counts["neither"] = len(numbers) - sum(counts.values())
    return {"numbers": counts, "result": verdict(counts)}


def probe(device: Device, dtypes: list[str]) -> list[dict]:
    return [
        finding(f"subnormal-{side}", of, dtype, lambda d=dtype, o=of, c=case: measure(device, d, o, c))
        for dtype in dtypes
        for of, sides in cases(FORMATS[dtype]).items()
        for side, case in sides.items()
    ]
