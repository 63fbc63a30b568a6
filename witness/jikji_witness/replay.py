"""Trains parts of a run again for an auditor: python3 -m jikji_witness.replay --code FILE.py --run DIR --data DIR --threads N

Requests and answers are lines of JSON over stdin and stdout (docs/witness.md, "Messages of replay"). stdout belongs to them alone: what the
training code prints goes to stderr. Nothing of the run's folder is imported, executed or unpickled. A run of several ranks is played by as
many processes, over gloo on this machine.
"""

import sys

# Before any other import: what lies in the folder that we were started in, or in the data, is not the auditor's to import.
if __name__ == "__main__":
    import os

    sys.path[:] = [place for place in sys.path if place not in ("", os.getcwd())]

import argparse
import contextlib
import json
import os
import subprocess
import tempfile
from pathlib import Path

from jikji_witness.errors import WitnessError
from jikji_witness.files import read_text
from jikji_witness.statements import unverified_predicate

MOST_RANKS = 64
PACKAGE = str(Path(__file__).resolve().parents[1])


def main() -> int:
    parser = argparse.ArgumentParser(prog="python3 -m jikji_witness.replay")
    for name in ("--code", "--run", "--data"):
        parser.add_argument(name, required=True, type=Path)
    parser.add_argument("--threads", required=True, type=int)
    parser.add_argument("--rank", type=int, help=argparse.SUPPRESS)
    parser.add_argument("--meet", help=argparse.SUPPRESS)
    options = parser.parse_args()
    options.code, options.run = options.code.resolve(), options.run.resolve()
    asked, answers = protocol_streams()
    try:
        ranks = ranks_of(options.run)
        os.chdir(options.data)
    except (WitnessError, OSError) as error:
        raise SystemExit(f"replay: {error}") from None
    if ranks == 1 or options.rank is not None:
        from jikji_witness.player import serve

        return serve(options, ranks, asked, answers)
    return launch(options, ranks, asked, answers)


def protocol_streams():
    """stdin and stdout for the protocol; the training code then reads nothing, and prints to stderr."""
    asked, answers = os.fdopen(os.dup(0), "r", encoding="utf-8"), os.fdopen(os.dup(1), "w", encoding="utf-8")
    with open(os.devnull) as nothing:
        os.dup2(nothing.fileno(), 0)
    os.dup2(2, 1)
    sys.stdout = sys.stderr
    return asked, answers


def ranks_of(run: Path) -> int:
    try:
        ranks = unverified_predicate(read_text(run / "genesis.json"))["commitment"]["ranks"]
    except (ValueError, KeyError, TypeError):
        raise WitnessError("is not a genesis", run / "genesis.json", "get it again from its maker") from None
    if not isinstance(ranks, int) or not 1 <= ranks <= MOST_RANKS:
        raise SystemExit(f"replay: this machine plays up to {MOST_RANKS} ranks, not {ranks}")
    return ranks


def launch(options, ranks: int, asked, answers) -> int:
    """One process for each rank, which all get each request; rank 0 answers."""
    with tempfile.TemporaryDirectory() as folder, contextlib.ExitStack() as stack:
        processes = []
        for rank in range(ranks):
            command = [sys.executable, "-m", "jikji_witness.replay", "--code", str(options.code), "--run", str(options.run), "--data", "."]
            command += ["--threads", str(options.threads), "--rank", str(rank), "--meet", os.path.join(folder, "meet")]
            path = os.pathsep.join([PACKAGE, *filter(None, [os.environ.get("PYTHONPATH")])])
            local = {"RANK": str(rank), "LOCAL_RANK": str(rank), "WORLD_SIZE": str(ranks), "GLOO_SOCKET_IFNAME": "lo", "USE_LIBUV": "0"}
            process = subprocess.Popen(
                command, env=os.environ | local | {"PYTHONPATH": path, "PYTHONSAFEPATH": "1"}, text=True, encoding="utf-8",
                stdin=subprocess.PIPE, stdout=subprocess.PIPE if rank == 0 else subprocess.DEVNULL,
            )  # fmt: skip
            stack.callback(stop, process)
            processes.append(process)
        for line in asked:
            if not forward(line, processes, answers):
                return 1
        for process in processes:
            process.stdin.close()
        return max(process.wait() for process in processes)


def forward(line: str, processes: list, answers) -> bool:
    """Sends a request to all ranks, and rank 0's answer back; False where rank 0 is gone."""
    try:
        for process in processes:
            process.stdin.write(line)
            process.stdin.flush()
    except BrokenPipeError:
        pass  # the missing answer says it
    for answer in processes[0].stdout:
        answers.write(answer)
        answers.flush()
        if any(end in json.loads(answer) for end in ("done", "failed")):
            return True
    answers.write('{"failed":"a rank ended without an answer; stderr says why"}\n')
    answers.flush()
    return False


def stop(process) -> None:
    if process.poll() is None:
        process.terminate()
        try:
            process.wait(10)
        except subprocess.TimeoutExpired:
            process.kill()
            process.wait()


if __name__ == "__main__":
    sys.exit(main())
