"""Trains segments of a finished run again with PyTorch, in float32 and in float64, from the states that the run kept: replay.py RUN FOLDER

Compared with the transcript: each batch's digest, learning rate, loss and gradient norm; with the next kept state: weights and moments.
A distance is good where it is below 1e-5, or below three times that of PyTorch's own float32 from its float64 in the same segment. Then
mistakes are planted here, one at a time; each must be found. Exit code 1 where a check fails.
"""

import hashlib
import json
import os
import struct
import sys

import torch
import torch.nn.functional as F
from check import Muon, far, forward, learning_rate, read

BOUND = 1e-5
MISTAKES = ("rotary-sign", "activation", "decay-on-norms", "muon-coefficient", "second-moment", "adam-epsilon", "learning rate", "no moments")


def records(run):
    with open(os.path.join(run, "transcript.jsonl"), encoding="ascii") as file:
        return {record["step"]: record for record in map(json.loads, file)}


def state_at(run, step):
    return read(os.path.join(run, f"checkpoints/step-{step:06d}/state.safetensors"))


class Played:
    """A segment trained again, in a number format, with a mistake or without."""

    def __init__(self, said, state, batches, segment, kind, planted=None):
        s, (first, last) = said["train"], segment
        weights = {n: w.to(kind, copy=True).requires_grad_() for n, w in state.items() if not n.startswith(("adamw.", "muon."))}
        by_muon = {n: w for n, w in weights.items() if f"muon.momentum_buffer.{n}" in state}
        muon = Muon(s, by_muon, planted)
        wrongly = "norm.weight" if planted == "decay-on-norms" else "nothing"
        others = {n: w for n, w in weights.items() if n not in by_muon}
        groups = [
            {"params": [w for n, w in others.items() if w.dim() > 1 or n.endswith(wrongly)], "weight_decay": s["weightDecay"]},
            {"params": [w for n, w in others.items() if not (w.dim() > 1 or n.endswith(wrongly))], "weight_decay": 0.0},
        ]
        betas = (s["beta1"], s["beta2"] + (0.001 if planted == "second-moment" else 0))
        eps = s["eps"] * (1.1 if planted == "adam-epsilon" else 1)
        optimizer = torch.optim.AdamW([g for g in groups if g["params"]], lr=1.0, betas=betas, eps=eps)
        if planted != "no moments":
            for n in by_muon:
                muon.moments[n] = state[f"muon.momentum_buffer.{n}"].to(kind, copy=True)
            for n, w in others.items():
                optimizer.state[w] = {
                    "step": torch.tensor(float(first)),
                    "exp_avg": state[f"adamw.exp_avg.{n}"].to(kind, copy=True),
                    "exp_avg_sq": state[f"adamw.exp_avg_sq.{n}"].to(kind, copy=True),
                }
        self.losses, self.norms, self.rates = [], [], []
        for step in range(first + 1, last + 1):
            tokens, targets = (batches[f"{part}.{step}"].long() for part in ("tokens", "targets"))
            positions = torch.arange(tokens.shape[1]).expand(tokens.shape)
            loss = F.cross_entropy(forward(said["model"], weights, tokens, positions, planted).flatten(0, 1), targets.flatten())
            for w in weights.values():
                w.grad = None
            loss.backward()
            norm = torch.nn.utils.clip_grad_norm_(weights.values(), s["gradClip"] if s["gradClip"] > 0 else float("inf"))
            rate = learning_rate(s, step) * (1.01 if planted == "learning rate" else 1)
            for group in optimizer.param_groups:
                group["lr"] = rate
            optimizer.step()
            muon.step(rate)
            self.losses.append(loss.item())
            self.norms.append(norm.item())
            self.rates.append(rate)
        self.end = {n: w.detach() for n, w in weights.items()}
        self.end |= {f"muon.momentum_buffer.{n}": m for n, m in muon.moments.items()}
        for n, w in others.items():
            self.end |= {f"adamw.{key}.{n}": optimizer.state[w][key] for key in ("exp_avg", "exp_avg_sq")}


def double(text):
    return struct.unpack(">d", bytes.fromhex(text))[0]


def relative(a, b):
    return abs(a - b) / abs(b) if b else float(a != b)


def scale_of(name, value, start):
    """Weights are measured against their movement, moments against themselves."""
    return value if name.startswith(("adamw.", "muon.")) else value - start[name].double()


class Bounds:
    """What float32 may lose in a segment: three times what PyTorch's own float32 loses."""

    def __init__(self, start, theirs, single):
        three = lambda distance: max(BOUND, 3 * distance)
        self.losses, self.norms = ([three(relative(a, b)) for a, b in zip(getattr(single, of), getattr(theirs, of))] for of in ("losses", "norms"))
        self.end = {n: three(far(single.end[n], value, scale_of(n, value, start))) for n, value in theirs.end.items()}


def distances(run, wanted, segment, played, bounds):
    """Rows (what, distance, bound)."""
    first, last = segment
    start, end = state_at(run, first), state_at(run, last)
    for i, step in enumerate(range(first + 1, last + 1)):
        record = wanted[step]
        rate = struct.unpack(">f", bytes.fromhex(record["learningRate"]))[0]
        yield "learning rate", relative(rate, played.rates[i]), 1e-7
        yield "loss", relative(double(record["loss"]), played.losses[i]), bounds.losses[i]
        yield "gradient norm", relative(double(record["gradNorm"]), played.norms[i]), bounds.norms[i]
    if set(end) != set(played.end):
        yield "names of tensors", 1.0, 0.0
        return
    for name, value in played.end.items():
        part = "moments" if name.startswith(("adamw.", "muon.")) else "weights"
        yield part, far(end[name], value, scale_of(name, value, start)), bounds.end[name]


def worst_of(rows):
    """For each kind the row that is nearest to its bound, or furthest beyond it."""
    worst = {}
    for what, distance, bound in rows:
        if what not in worst or distance * worst[what][1] > worst[what][0] * bound:
            worst[what] = (distance, bound)
    return worst


def check_digests(batches, wanted, segment):
    for step in range(segment[0] + 1, segment[1] + 1):
        data = b"".join(batches[f"{part}.{step}"].numpy().astype("<i4").tobytes() for part in ("tokens", "targets"))
        if hashlib.sha256(data).hexdigest() != wanted[step]["batch"]:
            sys.exit(f"step {step}: the batch is not the one of the transcript")


def main(run, folder):
    with open(os.path.join(folder, "run.json"), encoding="utf-8") as file:
        said = json.load(file)
    batches, wanted = read(os.path.join(folder, "batches.safetensors")), records(run)
    failed = steps = 0
    for segment in said["segments"]:
        check_digests(batches, wanted, segment)
        state = state_at(run, segment[0])
        theirs, single = (Played(said, state, batches, segment, kind) for kind in (torch.float64, torch.float32))
        bounds = Bounds(state, theirs, single)
        worst = worst_of(distances(run, wanted, segment, theirs, bounds))
        bad = [what for what, (distance, bound) in worst.items() if not distance <= bound]
        failed += bool(bad)
        steps += segment[1] - segment[0]
        numbers = ", ".join(f"{what} {distance:.1e} (to {bound:.1e})" for what, (distance, bound) in worst.items())
        print(f"steps {segment[0] + 1} to {segment[1]}: {numbers}" + (f"  NOT THE SAME: {', '.join(bad)}" if bad else ""), flush=True)
    print(f"{len(said['segments'])} segments, {steps} steps: " + (f"{failed} differ" if failed else "PyTorch comes to the same within float32"))
    for mistake in MISTAKES:  # in the last segment
        if mistake.startswith("muon") and said["train"].get("optimizer") != "muon":
            continue
        worst = worst_of(distances(run, wanted, segment, Played(said, state, batches, segment, torch.float64, mistake), bounds))
        found = ", ".join(what for what, (distance, bound) in worst.items() if not distance <= bound)
        print(f"planted: {mistake:18}{'found: ' + found if found else 'NOT FOUND'}", flush=True)
        failed += not found
    return 1 if failed else 0


if __name__ == "__main__":
    sys.exit(main(*sys.argv[1:]))
