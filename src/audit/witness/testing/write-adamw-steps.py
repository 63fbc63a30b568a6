#!/usr/bin/env python3
"""Writes adamw-steps.json: single steps of PyTorch's Adam and AdamW, in the bits of binary64, for optimizer.test.ts.

    python3 write-adamw-steps.py adamw-steps.json && npx biome format --write adamw-steps.json
"""

import json
import struct
import sys

import torch

TYPES = {"F64": torch.float64, "F32": torch.float32, "F16": torch.float16, "BF16": torch.bfloat16}
PATHS = {"single": {"foreach": False}, "foreach": {"foreach": True}, "fused": {"fused": True}}
ELEMENTS = 24
# A step that the moments have grown into, and the first one, where they are zeros before.
STEPS = (1, 12)


def bits(tensor):
    return b"".join(struct.pack("<d", value) for value in tensor.detach().double().tolist()).hex()


def numbers(parameter, state):
    zeros = torch.zeros_like(parameter)
    return {"weights": bits(parameter), "first": bits(state.get("exp_avg", zeros)), "second": bits(state.get("exp_avg_sq", zeros))}


def run(name, dtype, path, decay, first=3e-4):
    torch.manual_seed(7)
    parameter = torch.nn.Parameter((torch.randn(ELEMENTS) * 0.05).to(TYPES[dtype]))
    options = {"lr": first, "betas": (0.9, 0.95), "eps": 1e-6, "weight_decay": decay, **PATHS[path]}
    optimizer = getattr(torch.optim, name)([parameter], **options)
    drift = torch.randn(ELEMENTS)
    for step in range(1, STEPS[-1] + 1):
        rate = first * (1 - step / 100)
        optimizer.param_groups[0]["lr"] = rate
        before = numbers(parameter, optimizer.state.get(parameter, {}))
        parameter.grad = (torch.randn(ELEMENTS) + drift).to(TYPES[dtype])
        optimizer.step()
        if step in STEPS:
            recorded = struct.unpack("<f", struct.pack("<f", rate))[0]
            yield {"class": name, "dtype": dtype, "options": options, "path": path, "step": step, "learningRate": recorded, "before": before, "after": numbers(parameter, optimizer.state[parameter])}  # fmt: skip


def cases():
    for dtype in TYPES:
        for path in PATHS:
            for name, decay in (("AdamW", 0.0), ("AdamW", 0.1), ("Adam", 0.1)):
                yield from run(name, dtype, path, decay)
    # Steps so large that it shows whether the moments were rounded before they moved the weights.
    yield from run("AdamW", "BF16", "fused", 0.0, first=0.1)


if __name__ == "__main__":
    with open(sys.argv[1], "w", encoding="utf-8") as file:
        file.write("[\n" + ",\n".join(json.dumps(case) for case in cases()) + "\n]\n")
