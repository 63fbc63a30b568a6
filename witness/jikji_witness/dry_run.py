"""Before a long run: records a few steps of the training code, trains them again in another process, and says what came out different.

    python3 -m jikji_witness.dry_run --code train.py --recipe recipe.json --data tokens.bin --steps 3

Each step is trained again twice: from step 0 on, and from the recorded state before it, as an audit and a stopped run do; then learning rates
and batches are asked for by themselves, as an audit does. What only the process knows (a module's variable, a loader's place, Python's own
generator) is not there then. A loop of your own is not tried: what it draws between the steps, `Witness.steps()` notices while it trains.
"""

import argparse
import json
import os
import struct
import subprocess
import sys
import tempfile
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from .errors import WitnessError
from .files import read_text
from .transcript import bits32

PACKAGE = str(Path(__file__).resolve().parents[1])
FIGURES = ("batch", "learningRate", "loss", "gradNorm")


def check(code: str | os.PathLike[str], *, recipe: Any, data: Sequence[str | os.PathLike[str]] = (), seed: int = 0, steps: int = 3) -> list[str]:
    """What came out different, a line each; nothing where all repeats. `code` is the file with the four functions; data is named as the code
    opens it. Raises WitnessError where the code cannot be recorded or played."""
    if not isinstance(steps, int) or not 1 <= steps <= 1000:
        raise WitnessError("is not a whole number from 1 to 1000", f"steps={steps!r}")
    code = Path(code).resolve()
    with tempfile.TemporaryDirectory() as folder:
        run = Path(folder) / "run"
        given = json.dumps({"code": str(code), "data": [os.fspath(one) for one in data], "recipe": recipe, "run": str(run), "seed": seed, "steps": steps})
        own = {"XDG_CONFIG_HOME": f"{folder}/config", "XDG_STATE_HOME": f"{folder}/state", "PYTHONPATH": os.pathsep.join([PACKAGE, *filter(None, [os.environ.get("PYTHONPATH")])])}
        if failed := _run([sys.executable, "-c", "import jikji_witness.dry_run as d; d._record()"], given, own):
            raise WitnessError(failed)
        spans = [(0, steps), *((step, step + 1) for step in range(1, steps))]
        asked = [{"do": "train", "from": first, "to": last} for first, last in spans] + [{"do": "schedule", "from": 1, "to": steps}]
        requests = "".join(json.dumps(one) + "\n" for one in asked)
        threads = str(json.loads(read_text(run / "environment.json"))["threads"])
        command = [sys.executable, "-m", "jikji_witness.replay", "--code", str(code), "--run", str(run), "--data", ".", "--threads", threads]
        answers = [json.loads(line) for line in _run(command, requests, own).splitlines()]
        if failed := next((answer["failed"] for answer in answers if "failed" in answer), None):
            raise WitnessError(failed, code)
        records = [json.loads(line) for line in read_text(run / "transcript.jsonl").splitlines()]
        found: list[str] = []
        lines = iter(answers)
        for first, last in spans:
            for step in range(first + 1, last + 1):
                found += _differences(records[step - 1], next(lines), first)
            next(lines)
        for record in records:
            found += _differences(record, next(lines), None)
        return found


def _differences(record: dict, line: dict, first: int | None) -> list[str]:
    """`first`: the step after whose state it was trained again; None for an answer of the schedule."""
    how = "asked for by itself" if first is None else f"trained again from {'step 0 on' if first == 0 else f'the state of step {first}'}"
    place = f"step {record['step']}, {how}"
    (rate,) = struct.unpack(">d", bytes.fromhex(line["learningRate"]))
    own = line | {"learningRate": bits32(rate)}
    found = [name for name in FIGURES if name in own and own[name] != record[name]]
    if first is not None and line.get("stateRoot") != record.get("stateRoot"):
        tensor = line.get("tensor")
        found.append("the state" + (f", first in {tensor}" if tensor else ""))
    return [f"{place}: {', '.join(found)} came out different"] if found else []


def _run(command: list[str], given: str, more: dict[str, str]) -> str:
    done = subprocess.run(command, input=given, env=os.environ | more, text=True, stdout=subprocess.PIPE)
    if done.returncode != 0:
        raise WitnessError("ended with an error, which is printed above", "the dry run")
    return done.stdout


def _record() -> None:
    """In a process of its own: records the steps that stdin names; prints what went wrong."""
    output, sys.stdout = sys.stdout, sys.stderr
    try:
        _record_given(json.loads(sys.stdin.read()))
    except WitnessError as error:
        output.write(str(error))


def _record_given(given: dict) -> None:
    from .player import load_code
    from .witness import Witness

    code, recipe = load_code(Path(given["code"])), given["recipe"]
    model, optimizer = code.build(recipe, given["seed"])
    options = {"seed": given["seed"], "steps": given["steps"], "code": [given["code"]], "data": given["data"], "keep_every": 1, "pair_every": 0}
    declared = {name: getattr(code, name, None) for name in ("buffers", "averages")}
    with Witness(given["run"], model, optimizer, recipe=recipe, **options, **declared) as witness:
        for step in witness.steps():
            batch = code.batch(recipe, step)
            loss, grad_norm, learning_rate = code.train_step(model, optimizer, recipe, step, batch)
            witness.record(step, batch=batch, loss=loss, grad_norm=grad_norm, learning_rate=learning_rate)


def main() -> int:
    parser = argparse.ArgumentParser(prog="python3 -m jikji_witness.dry_run", description="Records a few steps, trains them again, and says what came out different.")
    parser.add_argument("--code", required=True, help="the file with build, batch, learning_rate and train_step")
    parser.add_argument("--recipe", type=Path, help="a file of JSON; {} without it")
    parser.add_argument("--data", nargs="*", default=[], help="the files that the code opens, as it opens them")
    parser.add_argument("--seed", type=int, default=0)
    parser.add_argument("--steps", type=int, default=3)
    options = parser.parse_args()
    try:
        recipe = json.loads(options.recipe.read_text()) if options.recipe else {}
        found = check(options.code, recipe=recipe, data=options.data, seed=options.seed, steps=options.steps)
    except (WitnessError, OSError, ValueError) as error:
        print(f"error: {error}", file=sys.stderr)
        return 2
    print("\n".join(found) if found else f"{options.steps} steps came out the same, bit for bit, from step 0 on and from each state")
    return 1 if found else 0


if __name__ == "__main__":
    sys.exit(main())
