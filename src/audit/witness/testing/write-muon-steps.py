#!/usr/bin/env python3
"""Writes muon-steps.json: single steps of Muon as PyTorch 2.9 documents torch.optim.Muon, for muon.test.ts. Older versions have none, so it is
written out here: momentum by lerp, five Newton-Schulz steps in bfloat16, decay apart from the gradient.

    python3 write-muon-steps.py muon-steps.json && npx biome format --write muon-steps.json
"""

import base64
import json
import math
import struct
import sys

import torch

SHAPES = ((6, 9), (20, 8), (12, 12))
STEPS = (1, 5)


def orthogonalised(gradient, options):
    a, b, c = options["ns_coefficients"]
    x = gradient.bfloat16()
    x = x.T if gradient.shape[0] > gradient.shape[1] else x
    x = x / x.norm().clamp(min=options["eps"])
    for _ in range(options["ns_steps"]):
        gram = x @ x.T
        x = torch.addmm(x, torch.addmm(gram, gram, gram, beta=b, alpha=c), x, beta=a)
    return x.T if gradient.shape[0] > gradient.shape[1] else x


def step_of(weight, gradient, buffer, options, rate):
    buffer.lerp_(gradient, 1 - options["momentum"])
    update = gradient.lerp(buffer, options["momentum"]) if options["nesterov"] else buffer
    rows, columns = weight.shape
    factor = 0.2 * math.sqrt(max(rows, columns)) if options["adjust_lr_fn"] == "match_rms_adamw" else math.sqrt(max(1, rows / columns))
    weight.mul_(1 - rate * options["weight_decay"])
    weight.add_(orthogonalised(update, options).to(weight.dtype), alpha=-rate * factor)


def text(tensor):
    return base64.b64encode(struct.pack(f"<{tensor.numel()}f", *tensor.flatten().tolist())).decode()


def cases():
    for shape in SHAPES:
        for nesterov, adjust in ((True, None), (False, "match_rms_adamw")):
            torch.manual_seed(7)
            options = {"lr": 0.02, "weight_decay": 0.1, "momentum": 0.95, "nesterov": nesterov, "ns_coefficients": (3.4445, -4.775, 2.0315), "eps": 1e-7, "ns_steps": 5, "adjust_lr_fn": adjust}
            weight, buffer, drift = torch.randn(shape) * 0.05, torch.zeros(shape), torch.randn(shape)
            for step in range(1, STEPS[-1] + 1):
                (rate,) = struct.unpack("<f", struct.pack("<f", 0.02 * (1 - step / 100)))
                before = {"weights": text(weight), "momentum": text(buffer)}
                step_of(weight, torch.randn(shape) + drift, buffer, options, rate)
                if step in STEPS:
                    yield {"shape": shape, "options": options, "step": step, "learningRate": rate, "before": before, "after": {"weights": text(weight), "momentum": text(buffer)}}


if __name__ == "__main__":
    with open(sys.argv[1], "w", encoding="utf-8") as file:
        file.write("[\n" + ",\n".join(json.dumps(case) for case in cases()) + "\n]\n")
