"""In which direction does a device round? Drawn cases, and the exact result rounded in every direction, with fractions."""

from fractions import Fraction

from .device import Device
from .drawn import words
from .findings import finding
from .formats import FORMATS, MODES, Format, floor_log2, power, root

CASES = 512


def operands(form: Format, name: str, count: int = CASES, signed: bool = True) -> list[Fraction]:
    """Numbers of full length within a factor of 16: near enough that sums often lie half-way between two numbers."""
    leading = 1 << form.precision - 1
    return [
        (leading + z % leading) * power((z >> 60) % 4 - form.precision) * (-1 if signed and z >> 59 & 1 else 1)
        for z in words(name, count)
    ]


def compare(results: list[Fraction | None], exact: list[Fraction], form: Format) -> dict:
    agree = {
        mode: sum(one == form.round(value, mode) for one, value in zip(results, exact, strict=True)) for mode in MODES
    }
    whole = [mode for mode in MODES if agree[mode] == len(exact)]
    numbers = {"cases": len(exact), "nearestEven": agree["nearest-even"], "towardZero": agree["toward-zero"]}
    return {"numbers": numbers, "result": whole[0] if whole else "other"}


def arithmetic(device: Device, dtype: str, of: str) -> dict:
    form = FORMATS[dtype]
    signed = of != "square root"
    a, b = (operands(form, f"{dtype} {of} {side}", signed=signed) for side in "ab")
    operation, exact = {
        "add": (device.add, lambda x, y: x + y),
        "multiply": (device.multiply, lambda x, y: x * y),
        "divide": (device.divide, lambda x, y: x / y),
        "square root": (device.sqrt, lambda x, _: root(x)),
    }[of]
    results = device.numbers(operation(device.place(a, dtype), device.place(b, dtype)))
    return compare(results, [exact(x, y) for x, y in zip(a, b)], form)


def conversion(device: Device, source: str, target: str) -> dict:
    """Half of the cases are exactly half-way between two numbers of the target."""
    long, short = FORMATS[source], FORMATS[target]
    drawn = operands(long, f"{source} {target}", CASES // 2)
    ties = [one + half_step(one, short) for one in operands(short, f"{target} ties", CASES // 2)]
    results = device.numbers(device.convert(device.place(drawn + ties, source), target))
    return compare(results, drawn + ties, short)


def half_step(value: Fraction, form: Format) -> Fraction:
    """Half of the distance between neighbours of a number."""
    return power(floor_log2(abs(value)) - form.precision)


def probe(device: Device, dtypes: list[str]) -> list[dict]:
    rows = [
        finding("rounding", of, dtype, lambda d=dtype, o=of: arithmetic(device, d, o))
        for dtype in dtypes
        for of in ("add", "multiply", "divide", "square root")
    ]
    for source, target in (("float64", "float32"), ("float32", "bfloat16"), ("float32", "float16")):
        row = finding("rounding", f"convert from {source}", target, lambda s=source, t=target: conversion(device, s, t))
        rows.append(row)
    return rows
