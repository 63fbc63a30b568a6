"""Is a multiplication with an addition rounded once (fused) or twice? How many bits do a product's inputs and sums keep?

All cases have exact results that tell the ways apart. A bfloat16 operation that computes in float32 and rounds once looks fused: it is
rounded once. A fused multiply-add inside a matrix product shows only if both terms are added by the same chain of additions; so
`not-seen` does not say that there is none.
"""

from fractions import Fraction

from .device import Device, full
from .findings import finding, verdict
from .formats import FORMATS, power

# One element, a rest that fills no vector, and many: kernels often treat the ends in another way.
SIZES = (1, 3, 64, 1000)
INNER = 64
# Where the terms of a product stand: neighbours, and further apart than the lanes of vectors.
PLACES = ((0, 1), (1, 0), (0, 8), (0, 16), (0, 32), (33, 1))
SHAPES = ((1, 1), (5, 3), (64, 64))
TOP = 14
MOST_BITS = 28


def cancelling(dtype: str) -> tuple[Fraction, Fraction, Fraction, Fraction]:
    """a, b and c, such that a b + c is the fourth number if rounded once, and 0 if a b is rounded first."""
    bits = FORMATS[dtype].precision
    a, b = 1 + power(-(bits // 2)), 1 + power(-(bits - bits // 2))
    rest = power(-bits)
    return a, b, -(a * b - rest), rest


def count(numbers, fused: Fraction) -> dict[str, int]:
    once, twice = sum(one == fused for one in numbers), sum(one == 0 for one in numbers)
    return {"fused": once, "neither": len(numbers) - once - twice, "separate": twice}


def elementwise(device: Device, dtype: str, operation) -> dict:
    a, b, c, rest = cancelling(dtype)
    numbers = []
    for size in SIZES:
        a_, b_, c_ = (full(device, value, dtype, size) for value in (a, b, c))
        numbers += device.numbers(operation(c_, a_, b_))
    counts = count(numbers, rest)
    return {"numbers": counts, "result": verdict(counts)}


def placed(device: Device, dtype: str, terms: dict[int, Fraction], outer: int, along: int) -> object:
    """A matrix whose rows (along = 1) or columns (along = 0) all have these terms, and zeros elsewhere."""
    line = [terms.get(i, Fraction(0)) for i in range(INNER)]
    if along == 1:
        return device.place(line * outer, dtype, (outer, INNER))
    return device.place([value for value in line for _ in range(outer)], dtype, (INNER, outer))


def products(device: Device, dtype: str, pairs: dict[int, tuple[Fraction, Fraction]], shape: tuple[int, int]):
    x = placed(device, dtype, {at: pair[0] for at, pair in pairs.items()}, shape[0], 1)
    w = placed(device, dtype, {at: pair[1] for at, pair in pairs.items()}, shape[1], 0)
    return device.numbers(device.product(x, w))


def in_product(device: Device, dtype: str) -> dict:
    a, b, c, rest = cancelling(dtype)
    numbers = []
    for first, second in PLACES:
        for shape in SHAPES:
            numbers += products(device, dtype, {first: (Fraction(1), c), second: (a, b)}, shape)
    counts = count(numbers, rest)
    some = "fused" if counts["fused"] == len(numbers) else "mixed"
    result = some if counts["fused"] else "not-seen" if counts["separate"] == len(numbers) else "neither"
    return {"numbers": counts, "result": result}


def input_bits(device: Device, dtype: str) -> dict:
    """The largest n for which 1 + 2^-n, and all before it, come through a product with 1 unchanged, from both sides."""
    own = FORMATS[dtype].precision - 1
    kept = own
    for shape in SHAPES:
        for n in range(1, own + 1):
            value = 1 + power(-n)
            ways = ((value, Fraction(1)), (Fraction(1), value))
            if any(one != value for way in ways for one in products(device, dtype, {0: way}, shape)):
                kept = min(kept, n - 1)
                break
    return {"numbers": {"kept": kept, "type": own}, "result": "full" if kept == own else "reduced"}


def sum_bits(device: Device, dtype: str) -> dict:
    """The largest n for which 2^14 + 2^(14-n) - 2^14 is 2^(14-n) inside a product, and so for all smaller n.

    A sum that a device adds in another order may keep more than its additions do: the least of several places counts.
    """
    kept = MOST_BITS
    top = power(TOP // 2)
    for first, second, third in ((0, 1, 2), (0, 16, 32), (0, 21, 63)):
        for shape in SHAPES:
            for n in range(1, MOST_BITS + 1):
                small = (power((TOP - n) // 2), power((TOP - n) - (TOP - n) // 2))
                pairs = {first: (top, top), second: small, third: (-top, top)}
                if any(one != power(TOP - n) for one in products(device, dtype, pairs, shape)):
                    kept = min(kept, n - 1)
                    break
    return {"numbers": {"kept": kept, "most": MOST_BITS}, "result": "at-least" if kept == MOST_BITS else "exactly"}


def probe(device: Device, dtypes: list[str]) -> list[dict]:
    rows = []
    for dtype in dtypes:
        rows.append(finding("multiply-add", "addcmul", dtype, lambda d=dtype: elementwise(device, d, device.addcmul)))
        two = lambda c, a, b: device.add(device.multiply(a, b), c)
        rows.append(finding("multiply-add", "multiply, then add", dtype, lambda d=dtype: elementwise(device, d, two)))
        if dtype == "float32":
            # A product of two shorter numbers is exact in a float32 sum: there is nothing to tell apart.
            rows.append(finding("multiply-add", "matrix product", dtype, lambda d=dtype: in_product(device, d)))
        rows.append(finding("product-inputs", "matrix product", dtype, lambda d=dtype: input_bits(device, d)))
        rows.append(finding("product-sums", "matrix product", dtype, lambda d=dtype: sum_bits(device, d)))
    return rows
