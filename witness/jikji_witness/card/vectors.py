"""Reads the vectors that come with the package: which inputs to draw, which numbers follow from them, in binary64."""

import json
from base64 import b64decode
from dataclasses import dataclass
from hashlib import sha256
from math import prod
from pathlib import Path
from struct import unpack

from .drawn import reals, wholes
from .formats import FORMATS

PATH = Path(__file__).with_name("vectors.json")


@dataclass(frozen=True)
class Output:
    """`values` are the elements 0, every, 2 every, .. of the flat result."""

    shape: list[int]
    every: int
    values: tuple[float, ...]


@dataclass(frozen=True)
class Operation:
    name: str
    inputs: dict[str, dict]
    constants: dict[str, float]
    outputs: dict[str, dict[str, Output]]
    """By type: each has inputs of its own, to the last of its bits."""

    def drawn(self, dtype: str) -> dict[str, list]:
        return draw_inputs(self.name, dtype, self.inputs)


@dataclass(frozen=True)
class Vectors:
    digest: str
    size: int
    operations: list[Operation]


def draw_inputs(name: str, dtype: str, inputs: dict[str, dict]) -> dict[str, list]:
    """Flat inputs of an operation: whole numbers where an input has a limit (`below`), else real ones."""
    lists = {}
    for key, given in inputs.items():
        count = prod(given["shape"])
        if "below" in given:
            lists[key] = wholes(f"{name} {dtype} {key}", count, given["below"])
        else:
            lists[key] = reals(f"{name} {dtype} {key}", count, FORMATS[dtype].precision, given["scale"])
    return lists


def read_vectors(path: Path = PATH) -> Vectors:
    raw = path.read_bytes()
    operations = [
        Operation(
            name,
            given["inputs"],
            given["constants"],
            {dtype: {key: _output(one) for key, one in outputs.items()} for dtype, outputs in given["outputs"].items()},
        )
        for name, given in json.loads(raw)["operations"].items()
    ]
    return Vectors(sha256(raw).hexdigest(), len(raw), operations)


def _output(given: dict) -> Output:
    raw = b64decode(given["values"], validate=True)
    return Output(given["shape"], given["every"], unpack(f"<{len(raw) // 8}d", raw))
