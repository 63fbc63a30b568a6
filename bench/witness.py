"""`npm run bench:witness`: what witnessing costs of a step. A Llama of 30 M parameters trains without and with a witness in turn,
for some ten minutes.

Each leg is one interval of pairs: the legs with a witness count hashing, copying, writing and every wait. Exit code 1 above 2% of a step.
"""

import os
import statistics
import sys
import tempfile
import time
from pathlib import Path

import torch

HOUSE = Path(__file__).resolve().parent.parent
sys.path[:0] = [str(HOUSE / "witness"), str(HOUSE / "witness/examples")]

import small_llama  # noqa: E402
from jikji_witness import Witness  # noqa: E402

INTERVAL, LEGS, LIMIT = 20, 3, 0.02
# Cost is given for pairs every so many steps; legs are shorter, so that the machine does not change between them.
STATED = 50
RECIPE = small_llama.RECIPE | {
    "width": 512, "layers": 8, "heads": 8, "hidden": 1408, "batchSize": 8, "sequenceLength": 256, "steps": INTERVAL * LEGS,
}  # fmt: skip


def train(model, optimizer, steps, record=None):
    """Seconds of each step, with its record."""
    seconds = []
    for step in steps:
        started = time.perf_counter()
        inputs = small_llama.batch(RECIPE, step)
        loss, grad_norm, rate = small_llama.train_step(model, optimizer, RECIPE, step, inputs)
        if record:
            record(step, batch=inputs, loss=loss, grad_norm=grad_norm, learning_rate=rate)
        seconds.append(time.perf_counter() - started)
    return seconds


def states_in(run):
    return {int(path.name[5:]) for path in (run / "states").iterdir()}


def main():
    with tempfile.TemporaryDirectory() as work:
        os.environ |= {"XDG_CONFIG_HOME": f"{work}/config", "XDG_STATE_HOME": f"{work}/state"}  # a key and a list of its own
        os.chdir(work)
        tokens = torch.randint(RECIPE["vocabSize"], (1 << 20,), generator=torch.Generator().manual_seed(1))
        Path("tokens.bin").write_bytes(tokens.to(torch.uint16).numpy().tobytes())
        RECIPE["tokens"] = "tokens.bin"
        plain, witnessed = small_llama.build(RECIPE, 7), small_llama.build(RECIPE, 7)
        parameters = sum(weight.numel() for weight in plain[0].parameters())
        print(f"{parameters / 1e6:.1f} M parameters, {RECIPE['batchSize'] * RECIPE['sequenceLength']} tokens a step, {torch.get_num_threads()} threads", flush=True)
        train(*small_llama.build(RECIPE, 7), [1])  # warms up
        without, beside, extra, states = [], [], 0.0, 0
        with Witness("run", *witnessed, recipe=RECIPE, seed=7, steps=RECIPE["steps"], code=[small_llama.__file__], data=["tokens.bin"],
                     pair_every=INTERVAL, keep_every=RECIPE["steps"]) as witness:  # fmt: skip
            left = witness.steps()
            for leg in range(LEGS):
                steps = range(leg * INTERVAL + 1, (leg + 1) * INTERVAL + 1)
                without += train(*plain, steps)
                seconds = train(*witnessed, (next(left) for _ in steps), witness.record)
                started = time.perf_counter()
                witness._recorder.wait_for_states()
                seconds[-1] += time.perf_counter() - started
                recorded = states_in(Path("run")) & set(steps)
                # A state is copied in its step, and hashed and written beside the next ones.
                busy = {step + later for step in recorded for later in (0, 1, 2)}
                usual = statistics.median(second for step, second in zip(steps, seconds) if step not in busy)
                beside += [second for step, second in zip(steps, seconds) if step not in busy]
                extra += sum(second - usual for step, second in zip(steps, seconds) if step in busy)
                states += len(recorded)
                print(f"{statistics.median(without):.2f} s a step without, {usual:.2f} s with a witness and no state; {states} states took {extra:.1f} s more", flush=True)
        if not all(map(torch.equal, plain[0].parameters(), witnessed[0].parameters())):
            sys.exit("the witness changed the training")
        step = statistics.median(without)
        record, state = statistics.median(beside) / step - 1, 2 * extra / states / STATED / step
        print(f"records cost {100 * record:.1f}% of a step, two states every {STATED} steps {100 * state:.1f}%")
        sys.exit(record + state > LIMIT)


if __name__ == "__main__":
    main()
