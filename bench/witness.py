"""`npm run bench:witness`: what witnessing costs of a step. A Llama of 30 M parameters trains without and with a witness, A B A B.

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

INTERVAL, LEGS, LIMIT = 20, 4, 0.02
RECIPE = small_llama.RECIPE | {
    "width": 512, "layers": 8, "heads": 8, "hidden": 1408, "batchSize": 8, "sequenceLength": 256, "steps": INTERVAL * LEGS,
}  # fmt: skip


def train(model, optimizer, steps, record=None):
    """Seconds of a leg."""
    started = time.perf_counter()
    for step in steps:
        inputs = small_llama.batch(RECIPE, step)
        loss, grad_norm, rate = small_llama.train_step(model, optimizer, RECIPE, step, inputs)
        if record:
            record(step, batch=inputs, loss=loss, grad_norm=grad_norm, learning_rate=rate)
    return time.perf_counter() - started


def main():
    with tempfile.TemporaryDirectory(dir=HOUSE) as work:
        os.environ |= {"XDG_CONFIG_HOME": f"{work}/config", "XDG_STATE_HOME": f"{work}/state"}  # a key and a list of its own
        tokens = Path(work) / "tokens.bin"
        tokens.write_bytes(torch.randint(RECIPE["vocabSize"], (1 << 20,), generator=torch.Generator().manual_seed(1)).to(torch.uint16).numpy().tobytes())
        os.chdir(work)
        RECIPE["tokens"] = tokens.name
        plain, witnessed = small_llama.build(RECIPE, 7), small_llama.build(RECIPE, 7)
        parameters = sum(weight.numel() for weight in plain[0].parameters())
        print(f"{parameters / 1e6:.1f} M parameters, {RECIPE['batchSize'] * RECIPE['sequenceLength']} tokens a step, {torch.get_num_threads()} threads, a pair every {INTERVAL} steps")
        train(*small_llama.build(RECIPE, 7), [1])  # warms up
        ratios, states = [], []
        with Witness(Path(work) / "run", *witnessed, recipe=RECIPE, seed=7, steps=RECIPE["steps"], code=[small_llama.__file__], data=[tokens.name],
                     pair_every=INTERVAL, keep_every=RECIPE["steps"]) as witness:  # fmt: skip
            left = witness.steps()
            for leg in range(LEGS):
                steps = range(leg * INTERVAL + 1, (leg + 1) * INTERVAL + 1)
                without = train(*plain, steps)
                started = time.perf_counter()
                train(*witnessed, (next(left) for _ in steps), witness.record)
                witness._recorder.wait_for_states()
                with_witness = time.perf_counter() - started
                count = sum(1 for _ in (Path(work) / "run/states").iterdir()) - 1 - sum(states)
                states.append(count)
                ratios.append(with_witness / without)
                print(f"{without / INTERVAL:.2f} s a step without, {with_witness / INTERVAL:.2f} s with a witness: {ratios[-1]:.4f}; {count} states")
        if not all(map(torch.equal, plain[0].parameters(), witnessed[0].parameters())):
            sys.exit("the witness changed the training")
        cost = statistics.median(ratios) - 1
        print(f"a witness costs {100 * cost:.1f}% of a step (median of {LEGS})")
        sys.exit(cost > LIMIT)


if __name__ == "__main__":
    main()
