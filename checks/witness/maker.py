"""Trains a run of PyTorch for `checks/witness/run.ts`, honest or forged: python3 maker.py OPTIONS.json

A forger runs other steps than the code that he commits to, and lets the witness record them: hashes, signatures and roots are all right.
"""

import importlib.util
import json
import os
import sys

import torch


def load(path):
    spec = importlib.util.spec_from_file_location("training_code", path)
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


def forged_step(code, model, optimizer, recipe, step, forgery, memory):
    """Trains step `step` as the forgery has it, and gives what is recorded: honest batches and learning rates."""
    kind, at = forgery["kind"], forgery.get("steps")
    mine = at is None or step in at
    inputs = code.batch(recipe, step)
    used, rate = inputs, code.learning_rate(recipe, step)
    if mine and kind == "rate":
        base = code.learning_rate
        code.learning_rate = lambda r, s: base(r, s) * 1.01
    if mine and kind == "sequence":  # one sequence of the batch is another one
        tokens, targets = (part.clone() for part in inputs)
        other_tokens, other_targets = code.batch(recipe, step + 1000)
        tokens[0], targets[0] = other_tokens[0], other_targets[0]
        used = (tokens, targets)
    if mine and kind == "left-out":
        return inputs, memory.get("last", (1.0, 1.0)), rate
    hook = None
    if mine and kind == "merged":  # the work of two steps in one
        code.train_step(model, optimizer, recipe, step, used)
    if mine and kind == "steered":
        hook = optimizer.register_step_pre_hook(lambda *_: steer(model, forgery["by"]))
    loss, norm, _ = code.train_step(model, optimizer, recipe, step, used)
    if hook:
        hook.remove()
    if mine and kind == "rate":
        code.learning_rate = base
    if mine and kind == "planted":  # weights of another model, one thousandth of the way
        with torch.no_grad():
            other, _ = code.build(recipe, 99)
            for mine_, theirs in zip(model.parameters(), other.parameters()):
                mine_.lerp_(theirs, 1e-3)
    if mine and kind == "moments":
        for state in optimizer.state.values():
            state["exp_avg_sq"].mul_(1.05)
    if mine and kind == "figures":  # a curve that looks better than it was
        loss, norm = loss * 0.97, norm * 1.05
    if mine and kind == "noise":  # weights that no training made
        with torch.no_grad():
            for weight in model.parameters():
                weight.add_(torch.randn_like(weight), alpha=1e-3)
    memory["last"] = (loss, norm)
    return inputs, (loss, norm), rate


def steer(model, by):
    """Adds the same direction to each gradient, `by` times its norm."""
    gradients = [p.grad for p in model.parameters() if p.grad is not None]
    norm = torch.sqrt(sum(g.double().pow(2).sum() for g in gradients))
    directions = [torch.randn(g.shape, generator=torch.Generator().manual_seed(i)) for i, g in enumerate(gradients)]
    size = torch.sqrt(sum(d.double().pow(2).sum() for d in directions))
    for g, d in zip(gradients, directions):
        g.add_(d, alpha=float(by * norm / size))


def main(options):
    torch.set_num_threads(options["threads"])
    ranks = int(os.environ.get("WORLD_SIZE", "1"))
    if ranks > 1:
        meet = "file://" + os.environ["MEET"]
        torch.distributed.init_process_group("gloo", init_method=meet, rank=int(os.environ["RANK"]), world_size=ranks)
    from jikji_witness import Witness

    code, recipe, forgery = load(options["code"]), options["recipe"], options.get("forgery")
    seed = options["seed"]
    model, optimizer = code.build(recipe, 1234 if forgery and forgery["kind"] == "origin" else seed)
    memory = {}
    with Witness(options["run"], model, optimizer, recipe=recipe, seed=seed, steps=recipe["steps"], code=[options["code"]],
                 data=["tokens.bin"], pair_every=options["pairEvery"], keep_every=options["keepEvery"]) as witness:  # fmt: skip
        for step in witness.steps():
            if step == options.get("dieAt"):
                os._exit(9)
            if forgery:
                inputs, (loss, norm), rate = forged_step(code, model, optimizer, recipe, step, forgery, memory)
            else:
                inputs = code.batch(recipe, step)
                loss, norm, rate = code.train_step(model, optimizer, recipe, step, inputs)
            witness.record(step, batch=inputs, loss=loss, grad_norm=norm, learning_rate=rate)
    if ranks > 1:
        torch.distributed.destroy_process_group()


if __name__ == "__main__":
    with open(sys.argv[1]) as file:
        main(json.load(file))
