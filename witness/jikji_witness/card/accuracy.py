"""How far from the oracle is each operation of a Llama layer, forward and backward?

An error is relative to the root mean square of the exact result, in units of the type's rounding (2^-24 of float32, 2^-8 of bfloat16).
Beside it stands the error of the exact result rounded once to the type: no device that answers in this type can be nearer.
"""

from fractions import Fraction
from math import isfinite, prod, sqrt

import torch

from .device import Device
from .findings import finding
from .formats import FORMATS
from .operations import OPERATIONS
from .vectors import Operation, Output

LARGEST_FIGURE = 1e15


def figure(value: float) -> float | int | None:
    """Four decimals, which JSON has in one form only. None: not finite, or beyond all measure."""
    if not isfinite(value) or value > LARGEST_FIGURE:
        return None
    rounded = round(value, 4)
    return int(rounded) if rounded == int(rounded) else rounded


def errors(numbers: list[Fraction | None], exact: tuple[float, ...], unit: Fraction) -> dict:
    """Errors of numbers that may be infinite or none, as None."""
    size = sqrt(sum(value * value for value in exact) / len(exact))
    if any(one is None for one in numbers):
        return {"largest": None, "rms": None}
    apart = [float(one - Fraction(value)) / size / float(unit) for one, value in zip(numbers, exact, strict=True)]
    return {
        "largest": figure(max(abs(one) for one in apart)),
        "rms": figure(sqrt(sum(one * one for one in apart) / len(apart))),
    }


def inputs_of(device: Device, operation: Operation, dtype: str) -> dict[str, torch.Tensor]:
    tensors = {}
    for name, values in operation.drawn(dtype).items():
        shape = tuple(operation.inputs[name]["shape"])
        whole = "below" in operation.inputs[name]
        tensors[name] = device.wholes(values, shape) if whole else device.place(values, dtype, shape)
    return tensors


def outputs_of(device: Device, operation: Operation, dtype: str) -> dict[str, torch.Tensor]:
    inputs = inputs_of(device, operation, dtype)
    return device.run(lambda: OPERATIONS[operation.name](**inputs, **operation.constants))


def measure(device: Device, result: torch.Tensor, wanted: Output, dtype: str) -> dict:
    form = FORMATS[dtype]
    if list(result.shape) != wanted.shape or str(result.dtype) != f"torch.{dtype}":
        raise ValueError(f"the result is {str(result.dtype)} {list(result.shape)}, not {dtype} {wanted.shape}")
    numbers = device.numbers(result)[:: wanted.every]
    best = errors([form.round(Fraction(value)) for value in wanted.values], wanted.values, form.unit)
    own = errors(numbers, wanted.values, form.unit)
    return {
        "bits": device.digest(result),
        "numbers": {
            "compared": len(wanted.values),
            "elements": prod(wanted.shape),
            "largest": own["largest"],
            "largestRounded": best["largest"],
            "rms": own["rms"],
            "rmsRounded": best["rms"],
        },
        "result": "finite" if all(one is not None for one in numbers) else "not-finite",
    }


def probe(device: Device, dtypes: list[str], operations: list[Operation]) -> list[dict]:
    rows = []
    for operation in operations:
        for dtype in (one for one in dtypes if one in operation.outputs):
            results: dict | None = None
            for output, wanted in operation.outputs[dtype].items():

                def one(output=output, wanted=wanted, dtype=dtype, operation=operation):
                    nonlocal results
                    if results is None:
                        results = outputs_of(device, operation, dtype)
                    return measure(device, results[output], wanted, dtype)

                rows.append(finding("accuracy", f"{operation.name} {output}", dtype, one))
    return rows
