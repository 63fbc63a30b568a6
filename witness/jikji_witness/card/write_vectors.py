"""Writes vectors.json from the oracle; with --check compares the file with what the oracle gives now.

python3 -m jikji_witness.card.write_vectors [--check]
"""

import json
import sys
from base64 import b64encode
from decimal import Decimal, localcontext
from math import prod
from struct import pack

from . import oracle
from .drawn import GENERATOR
from .vectors import PATH, draw_inputs

# Larger results keep every third, fifth, .. element: odd strides reach all columns of a width that is a power of two.
KEPT = 500
DTYPES = ("float32", "bfloat16")


def real(*shape: int, scale: float = 1.0) -> dict:
    return {"shape": list(shape), "scale": scale}


def whole(*shape: int, below: int) -> dict:
    return {"shape": list(shape), "below": below}


# Of each operation: its inputs, the constants of its definition, and how the oracle is asked for it.
OPERATIONS = {
    "rms-norm": (
        {"x": real(24, 128), "w": real(128), "dy": real(24, 128)},
        {"eps": 1e-5},
        lambda i, c: oracle.rms_norm(**i, eps=Decimal(c["eps"])),
    ),
    "rope-tables": ({"angle": real(512, scale=16.0)}, {}, lambda i, c: oracle.rope_tables(**i)),
    "rope": (
        {"x": real(2, 16, 64), "cos": real(16, 32, scale=0.5), "sin": real(16, 32, scale=0.5), "dy": real(2, 16, 64)},
        {},
        lambda i, c: oracle.rope(**i, half=32),
    ),
    "linear": (
        {"x": real(16, 512), "w": real(48, 512, scale=0.125), "dy": real(16, 48)},
        {},
        lambda i, c: oracle.linear(**i, inner=512),
    ),
    "softmax": (
        {"x": real(8, 200, scale=4.0), "dy": real(8, 200)},
        {},
        lambda i, c: oracle.softmax(**i, width=200),
    ),
    "attention": (
        {name: real(2, 48, 32) for name in ("q", "k", "v", "dy")},
        {},
        lambda i, c: oracle.attention(**i, time=48, width=32),
    ),
    "silu-gate": (
        {"gate": real(700, scale=4.0), "up": real(700), "dy": real(700)},
        {},
        lambda i, c: oracle.silu_gate(**i),
    ),
    "cross-entropy": (
        {"x": real(16, 320, scale=2.0), "target": whole(16, below=320), "dy": real(16)},
        {},
        lambda i, c: oracle.cross_entropy(**i, width=320),
    ),
    "embedding": (
        {"w": real(40, 64), "ids": whole(256, below=40), "dy": real(256, 64)},
        {},
        lambda i, c: oracle.embedding(**i, width=64),
    ),
    "adamw": (
        {"p": real(600), "gradients": real(4, 600, scale=0.125)},
        {"lr": 0.01, "beta1": 0.9, "beta2": 0.95, "eps": 1e-8, "weight_decay": 0.1},
        lambda i, c: oracle.adamw(**i, **{key: Decimal(value) for key, value in c.items()}),
    ),
}

# Results whose shape is that of an input; all others have the shape of `dy`.
SHAPES = {"cos": "angle", "sin": "angle", "p": "p", "m": "p", "v": "p"}


def shape_of(output: str, inputs: dict[str, dict]) -> list[int]:
    if output in SHAPES:
        return inputs[SHAPES[output]]["shape"]
    return inputs["dy" if output == "y" else output.removeprefix("d")]["shape"]


def stride(count: int) -> int:
    every = 1
    while -(-count // every) > KEPT:
        every += 2
    return every


def results(name: str, dtype: str) -> dict:
    inputs, constants, ask = OPERATIONS[name]
    exact = {
        key: values if "below" in inputs[key] else [Decimal(value) for value in values]
        for key, values in draw_inputs(name, dtype, inputs).items()
    }
    with localcontext() as context:
        context.prec = oracle.DIGITS
        lists = ask(exact, constants)
    outputs = {}
    for key, values in lists.items():
        shape = shape_of(key, inputs)
        assert prod(shape) == len(values), (name, key)
        every = stride(len(values))
        kept = [float(value) for value in values[::every]]
        outputs[key] = {"shape": shape, "every": every, "values": b64encode(pack(f"<{len(kept)}d", *kept)).decode()}
    return outputs


def written(name: str) -> dict:
    inputs, constants, _ = OPERATIONS[name]
    return {"inputs": inputs, "constants": constants, "outputs": {dtype: results(name, dtype) for dtype in DTYPES}}


def text() -> str:
    whole_file = {"formatVersion": 1, "generator": GENERATOR, "operations": {name: written(name) for name in OPERATIONS}}
    return json.dumps(whole_file, sort_keys=True, indent=1) + "\n"


def main() -> int:
    new = text()
    if "--check" in sys.argv[1:]:
        same = PATH.read_text() == new
        print("vectors.json is what the oracle gives" if same else "vectors.json differs from what the oracle gives")
        return 0 if same else 1
    PATH.write_text(new)
    print(f"{PATH.name}: {len(new)} bytes")
    return 0


if __name__ == "__main__":
    sys.exit(main())
