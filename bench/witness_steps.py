"""Single steps of PyTorch's Adam and AdamW, drawn from a seed, as lines of JSON for bench/witness-steps.ts: python3 witness_steps.py SEED RUNS"""

import json
import random
import struct
import sys

import torch

TYPES = {"F64": torch.float64, "F32": torch.float32, "F16": torch.float16, "BF16": torch.bfloat16}
PATHS = {"loop": {"foreach": False}, "foreach": {"foreach": True}, "fused": {"fused": True}, "differentiable": {"differentiable": True, "foreach": False}}
ELEMENTS, STEPS = 64, 12


def bits(tensor):
    return b"".join(struct.pack("<d", value) for value in tensor.detach().double().tolist()).hex()


def numbers(parameter, state):
    zeros = torch.zeros_like(parameter)
    return {"weights": bits(parameter), "first": bits(state.get("exp_avg", zeros)), "second": bits(state.get("exp_avg_sq", zeros))}


def run(draw):
    """The steps of one parameter."""
    name, dtype, path = draw.choice(["Adam", "AdamW"]), draw.choice(list(TYPES)), draw.choice(list(PATHS))
    betas = (draw.choice([0.0, 0.5, 0.9, 0.95]), draw.choice([0.0, 0.9, 0.95, 0.999]))
    rate, decay = 10 ** draw.uniform(-6, -1), draw.choice([0.0, 0.01, 0.1])
    options = {"betas": betas, "eps": draw.choice([1e-8, 1e-6]), "weight_decay": decay, **PATHS[path]}
    is_tensor = path in ("loop", "fused") and draw.random() < 0.25
    parameter = torch.nn.Parameter((torch.randn(ELEMENTS) * 0.02).to(TYPES[dtype]), requires_grad=path != "differentiable")
    optimizer = getattr(torch.optim, name)([parameter], lr=torch.tensor(rate) if is_tensor else rate, **options)
    drift, size = torch.randn(ELEMENTS), 10 ** draw.uniform(-3, 0)
    for step in range(1, STEPS + 1):
        now = rate * (1 - step / 100)
        group = optimizer.param_groups[0]
        group["lr"] = torch.tensor(now) if is_tensor else now
        before = numbers(parameter, optimizer.state.get(parameter, {}))
        parameter.grad = ((torch.randn(ELEMENTS) + drift) * size).to(TYPES[dtype])
        optimizer.step()
        recorded = struct.unpack("<f", struct.pack("<f", now))[0]
        held = options if is_tensor else options | {"lr": rate}
        yield {"class": name, "dtype": dtype, "path": path, "options": held, "step": step, "learningRate": recorded, "before": before,
               "after": numbers(parameter, optimizer.state[parameter])}  # fmt: skip


def main(seed, runs):
    torch.manual_seed(seed)
    torch.set_num_threads(1)
    draw = random.Random(seed)
    for _ in range(runs):
        for step in run(draw):
            print(json.dumps(step))


if __name__ == "__main__":
    main(*map(int, sys.argv[1:]))
