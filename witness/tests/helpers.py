"""What several tests need: a token file, a replay to talk to, a run's transcript, and a root computed another way."""

import hashlib
import json
import os
import random
import struct
import subprocess
import sys
from pathlib import Path

HERE = Path(__file__).parent
PACKAGE = HERE.parent
PYTHON = sys.executable  # what starts programs; conftest.py puts one there that has PyTorch already


def write_tokens(folder: Path, vocab: int = 40, count: int = 600) -> None:
    draw = random.Random(1)
    (folder / "tokens.bin").write_bytes(struct.pack(f"<{count}H", *[draw.randrange(vocab) for _ in range(count)]))


def lines_of(run: Path) -> list[dict]:
    return [json.loads(line) for line in (run / "transcript.jsonl").read_text().splitlines()]


def environment(**more) -> dict:
    return os.environ | {"PYTHONPATH": os.pathsep.join([str(PACKAGE), str(PACKAGE / "examples"), str(HERE)]), "GLOO_SOCKET_IFNAME": "lo", "USE_LIBUV": "0"} | more


def replay(run: Path, data: Path, requests: list[dict], code: Path = HERE / "tiny.py", threads: int = 1, python: str | None = None, **more) -> list[list[dict]]:
    """The lines of each request's answer."""
    command = [python or PYTHON, "-m", "jikji_witness.replay", "--code", code, "--run", run, "--data", data, "--threads", str(threads)]
    text = "".join(json.dumps(request) + "\n" for request in requests)
    done = subprocess.run(command, input=text, capture_output=True, text=True, env=environment(**more), cwd=data, timeout=120)
    answers: list[list[dict]] = [[]]
    for line in done.stdout.splitlines():
        answers[-1].append(json.loads(line))
        if "done" in answers[-1][-1] or "failed" in answers[-1][-1]:
            answers.append([])
    assert answers.pop() == [] and len(answers) == len(requests), done.stderr
    return answers


def root_from_files(folder: Path) -> str:
    """The root of a state's folder by the definition: all leaves at once, the tree by recursion."""
    said = json.loads((folder / "state.json").read_text())
    parts = {}
    for path in folder.glob("*.safetensors"):
        data = path.read_bytes()
        (length,) = struct.unpack_from("<Q", data)
        for name, entry in json.loads(data[8 : 8 + length]).items():
            assert name not in parts
            first, end = entry["data_offsets"]
            parts[name] = data[8 + length + first : 8 + length + end]
    leaves = [json.dumps({"step": said["step"], "tensors": said["tensors"]}, sort_keys=True, separators=(",", ":")).encode()]
    for tensor in said["tensors"]:
        names, at = [tensor["name"]], 0
        if "pieces" in tensor:
            names = []
            for count in tensor["pieces"]:
                names.append(f"{tensor['name']}@{at}")
                at += count
        for name in names:
            data = parts.pop(name)
            leaves += [data[i : i + (1 << 20)] for i in range(0, len(data), 1 << 20)]
    assert not parts, f"in no tensor: {list(parts)}"
    return tree(leaves).hex()


def tree(leaves: list[bytes]) -> bytes:
    if len(leaves) == 1:
        return hashlib.sha256(b"\0" + leaves[0]).digest()
    half = 1 << (len(leaves) - 1).bit_length() - 1
    return hashlib.sha256(b"\1" + tree(leaves[:half]) + tree(leaves[half:])).digest()
