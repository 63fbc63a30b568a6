"""`npm run bench:witness`: what witnessing costs of a step. A Llama of 30 M parameters trains without and with a witness in turn,
for some minutes.

Steps without and with a witness take turns. What the witness costs is timed by itself: two steps of seconds differ by more than it. It
counts copying, hashing, writing and every wait. Exit code 1 above 2% of a step.
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

STEPS, INTERVAL, LIMIT = 30, 6, 0.02
# Cost is given for pairs every so many steps. Here pairs are nearer, so that there are enough of them.
STATED = 50
RECIPE = small_llama.RECIPE | {
    "width": 512, "layers": 8, "heads": 8, "hidden": 1408, "batchSize": 8, "sequenceLength": 256, "steps": STEPS,
}  # fmt: skip


def train(model, optimizer, step):
    """What a step gives to its record, and its seconds."""
    started = time.perf_counter()
    inputs = small_llama.batch(RECIPE, step)
    loss, grad_norm, rate = small_llama.train_step(model, optimizer, RECIPE, step, inputs)
    return {"batch": inputs, "loss": loss, "grad_norm": grad_norm, "learning_rate": rate}, time.perf_counter() - started


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
        train(*small_llama.build(RECIPE, 7), 1)  # warms up
        without, cost = [], {"record": [], "state": []}
        with Witness("run", *witnessed, recipe=RECIPE, seed=7, steps=STEPS, code=[small_llama.__file__], data=["tokens.bin"],
                     pair_every=INTERVAL, keep_every=STEPS) as witness:  # fmt: skip
            known = states_in(Path("run"))
            for step in witness.steps():
                without.append(train(*plain, step)[1])
                said, _ = train(*witnessed, step)
                started = time.perf_counter()
                witness.record(step, **said)
                # Hashing and writing run beside the next steps; here the training waits for them, which costs more.
                witness._recorder.wait_for_states()
                seconds = time.perf_counter() - started
                new = states_in(Path("run")) - known
                known |= new
                cost["state" if new else "record"].append(seconds)
                if step % 10 == 0:
                    middle = {name: statistics.median(found) for name, found in cost.items() if found}
                    print(f"step {step}: {statistics.median(without):.2f} s without; "
                          + ", ".join(f"{1000 * more:.1f} ms for a {name}" for name, more in middle.items()), flush=True)  # fmt: skip
        if not all(map(torch.equal, plain[0].parameters(), witnessed[0].parameters())):
            sys.exit("the witness changed the training")
        step = statistics.median(without)
        record, state = (statistics.median(found) / step for found in cost.values())
        share = record + 2 * state / STATED
        print(f"{100 * share:.2f}% of a step with two states every {STATED} steps: a record {100 * record:.3f}%, a state {100 * state:.1f}%")
        sys.exit(share > LIMIT)


if __name__ == "__main__":
    main()
