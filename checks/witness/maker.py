"""Trains a run of PyTorch for `checks/witness/run.ts`, honest or forged: python3 maker.py OPTIONS.json

A forger runs other steps than the code that he commits to, and lets the witness record them: hashes, signatures and roots are all right.
"""

import copy
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


# The step whose moments are planted later.
MOMENTS_OF = 5


class Forger:
    """Trains steps as the forgery has it. What is recorded are honest batches and learning rates."""

    def __init__(self, code, model, optimizer, options):
        self.code, self.model, self.optimizer = code, model, optimizer
        self.recipe, self.forgery = options["recipe"], options["forgery"]
        self.step_at, self.moments, self.last, self.rate = None, None, (1.0, 1.0), code.learning_rate

    def is_mine(self, step, witness):
        """Whether this step is forged: all are, or those named, or one in mid-run that lies in a pair that was drawn after its head was lodged."""
        at = self.forgery.get("steps")
        if at != "pair":
            return at is None or step in at
        lies_in_pair = step > self.recipe["steps"] // 3 and witness.has_state(step - 1) and witness.has_state(step)
        if self.step_at is None and lies_in_pair:
            self.step_at = step
            print(f"forged: step {step}", flush=True)
        return step == self.step_at

    def step(self, step, witness):
        code, model, optimizer, recipe, kind = self.code, self.model, self.optimizer, self.recipe, self.forgery["kind"]
        inputs, rate = code.batch(recipe, step), self.rate(recipe, step)
        if not self.is_mine(step, witness):
            loss, norm, _ = code.train_step(model, optimizer, recipe, step, inputs)
            self.last = (loss, norm)
            if step == MOMENTS_OF:
                self.moments = [(state["exp_avg"].clone(), state["exp_avg_sq"].clone()) for state in optimizer.state.values()]
            return inputs, self.last, rate
        if kind == "left-out":
            return inputs, self.last, rate
        used, hook = inputs, None
        if kind == "frozen":  # figures of weights that are not trained
            kept = copy.deepcopy((model.state_dict(), optimizer.state_dict()))
            loss, norm, _ = code.train_step(model, optimizer, recipe, step, inputs)
            model.load_state_dict(kept[0])
            optimizer.load_state_dict(kept[1])
            self.last = (loss, norm)
            return inputs, self.last, rate
        if kind == "other-data":
            used = code.batch(recipe, step + 1000)
        if kind == "rate":
            code.learning_rate = lambda r, s: self.rate(r, s) * 1.01
        if kind == "sequence":  # one sequence of the batch is another one
            tokens, targets = (part.clone() for part in inputs)
            other_tokens, other_targets = code.batch(recipe, step + 1000)
            tokens[0], targets[0] = other_tokens[0], other_targets[0]
            used = (tokens, targets)
        if kind == "merged":  # the work of two steps in one
            code.train_step(model, optimizer, recipe, step, used)
        if kind == "steered":
            hook = optimizer.register_step_pre_hook(lambda *_: steer(model, self.forgery["by"]))
        loss, norm, _ = code.train_step(model, optimizer, recipe, step, used)
        if hook:
            hook.remove()
        code.learning_rate = self.rate
        with torch.no_grad():
            self.change(kind, step)
        if kind == "figures":  # a curve that looks better than it was
            loss, norm = loss * 0.97, norm * 1.05
        self.last = (loss, norm)
        return inputs, self.last, rate

    def change(self, kind, step):
        """What is put into the state after its step."""
        if kind == "planted":  # the weights of another run, after as many steps
            with torch.random.fork_rng(), torch.enable_grad():
                other, its_optimizer = self.code.build(self.recipe, 99)
                for before in range(1, step + 1):
                    self.code.train_step(other, its_optimizer, self.recipe, before, self.code.batch(self.recipe, before))
            for mine, theirs in zip(self.model.parameters(), other.parameters()):
                mine.copy_(theirs)
        if kind == "moments":
            for state, (first, second) in zip(self.optimizer.state.values(), self.moments):
                state["exp_avg"].copy_(first)
                state["exp_avg_sq"].copy_(second)
        if kind == "noise":  # weights that no training made
            for weight in self.model.parameters():
                weight.add_(torch.randn_like(weight), alpha=1e-3)


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
    forger = forgery and Forger(code, model, optimizer, options)
    with Witness(options["run"], model, optimizer, recipe=recipe, seed=seed, steps=recipe["steps"], code=[options["code"]],
                 data=[recipe["tokens"]], pair_every=options["pairEvery"], keep_every=options["keepEvery"],
                 office=options.get("office"), buffers=getattr(code, "buffers", None), averages=getattr(code, "averages", None)) as witness:  # fmt: skip
        for step in witness.steps():
            if step == options.get("dieAt"):
                os._exit(9)
            if forger:
                inputs, (loss, norm), rate = forger.step(step, witness)
            else:
                inputs = code.batch(recipe, step)
                loss, norm, rate = code.train_step(model, optimizer, recipe, step, inputs)
            witness.record(step, batch=inputs, loss=loss, grad_norm=norm, learning_rate=rate)
    if ranks > 1:
        torch.distributed.destroy_process_group()


if __name__ == "__main__":
    with open(sys.argv[1]) as file:
        main(json.load(file))
