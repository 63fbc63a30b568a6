"""The peer of time to quality: PyTorch trains a Llama by AdamW, float32, eager, on the processor, on batches that it is given.

FOLDER holds job.json (sizes, schedule, learning rate, the steps after which to validate) and two files of 32-bit integers: batches.bin,
[steps, batch, length + 1] tokens, and heldout.bin, [windows, length + 1]. Prints one line of JSON: the curve of (step, seconds in steps,
bits per byte). Threads and memory are set by the caller's environment: see torch_llama.py.

It knows nothing of Jikji's engine.
"""

import json
import math
import sys
import time
from pathlib import Path

import numpy as np
import torch
from torch import nn

from llama import Llama


def learning_rate(job, t):
    peak, end, warm_up, steps = job["learningRate"], job["minLearningRate"], job["warmupSteps"], job["steps"]
    if t <= warm_up:
        return peak * t / warm_up
    return end + (peak - end) * 0.5 * (1 + math.cos(math.pi * (t - warm_up) / (steps - warm_up)))


def main():
    folder = Path(sys.argv[1])
    job = json.loads((folder / "job.json").read_text())
    B, T, steps = job["batchSize"], job["sequenceLength"], job["steps"]
    batches = torch.from_numpy(np.fromfile(folder / "batches.bin", dtype="<i4").reshape(steps, B, T + 1).astype(np.int64))
    held_out = torch.from_numpy(np.fromfile(folder / "heldout.bin", dtype="<i4").reshape(-1, T + 1).astype(np.int64))
    torch.manual_seed(job["seed"])
    model = Llama(*(job[key] for key in ("vocabSize", "hiddenSize", "intermediateSize", "numHiddenLayers", "numAttentionHeads", "numKeyValueHeads")), T)
    weights = list(model.parameters())
    groups = [
        {"params": [w for w in weights if w.dim() > 1], "weight_decay": job["weightDecay"]},
        {"params": [w for w in weights if w.dim() == 1], "weight_decay": 0.0},
    ]
    optimizer = torch.optim.AdamW(groups, lr=1.0, betas=(job["beta1"], job["beta2"]), eps=job["eps"], fused=True)

    def bits_per_byte():
        with torch.inference_mode():
            nats = sum(model(part[:, :-1], part[:, 1:], "sum").item() for part in held_out.split(B))
        return nats / math.log(2) / job["heldOutBytes"]

    seconds, curve = 0.0, []
    for step in range(1, steps + 1):
        start = time.perf_counter()
        tokens = batches[step - 1]
        loss = model(tokens[:, :-1].contiguous(), tokens[:, 1:].contiguous())
        loss.backward()
        nn.utils.clip_grad_norm_(weights, job["gradClip"])
        for group in optimizer.param_groups:
            group["lr"] = learning_rate(job, step)
        optimizer.step()
        optimizer.zero_grad(set_to_none=True)
        loss.item()
        seconds += time.perf_counter() - start
        if step in job["validateAt"]:
            curve.append((step, seconds, bits_per_byte()))
    print(json.dumps({"curve": curve, "parameters": sum(w.numel() for w in weights), "torch": torch.__version__}))


main()
