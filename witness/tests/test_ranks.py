"""Two ranks over gloo: DDP and FSDP1. Each hashes and writes its own; killed and gone on; replay plays both ranks to the same bits."""

import json
import struct
import subprocess

import pytest
import torch
from helpers import HERE, PYTHON, environment, lines_of, replay, root_from_files, write_tokens
from jikji_witness import WitnessError, state

KEY = "cd" * 32


def train(place, parallel, run="run", dies=()):
    """Runs the two ranks; gives their exit codes and what they wrote to stderr."""
    meet = place / f"meet-{run}-{len(dies)}"
    ranks = [
        subprocess.Popen([PYTHON, HERE / "tiny.py", run, parallel, str(rank), "2", meet, *dies], cwd=place, env=environment(), stderr=subprocess.PIPE, text=True)
        for rank in range(2)
    ]
    texts = [process.communicate(timeout=120)[1] for process in ranks]
    return [process.returncode for process in ranks], "".join(texts)


@pytest.mark.parametrize("parallel", ["ddp", "fsdp1"])
def test_two_ranks(tmp_path, monkeypatch, parallel):
    write_tokens(tmp_path)
    monkeypatch.chdir(tmp_path)
    codes, text = train(tmp_path, parallel, dies=("7",))
    assert 0 not in codes, text
    codes, text = train(tmp_path, parallel)
    assert codes == [0, 0] and "goes on after step" in text, text
    lines, run = lines_of(tmp_path / "run"), tmp_path / "run"
    roots = {line["step"]: line["stateRoot"] for line in lines if "stateRoot" in line}
    assert len(lines) == 12 and 12 in roots and (run / "seal.json").exists()
    for step, root in roots.items():
        assert root_from_files(run / "states" / f"step-{step:06d}") == root
    said = json.loads((run / "states/step-000012/state.json").read_text())
    names = {tensor["name"]: tensor for tensor in said["tensors"]}
    assert said["parts"] == 2 and {"rng.cpu.0", "rng.cpu.1", "embedding.weight", "optimizer.exp_avg.block.0.weight"} <= names.keys()
    assert not any("module" in name for name in names)
    sizes = [path.stat().st_size for path in sorted((run / "states/step-000012").glob("*.safetensors"))]
    assert max(sizes) < 1.3 * min(sizes)
    assert any("pieces" in tensor for tensor in said["tensors"]) == (parallel == "fsdp1")
    recorded = json.loads((run / "environment.json").read_text())
    assert (recorded["ranks"], recorded["parallel"]) == (2, parallel)

    pair = next(step for step in range(2, 13) if step in roots and step - 1 in roots)
    requests = [{"do": "origin"}, {"do": "train", "from": 0, "to": 2}, {"do": "train", "from": pair - 1, "to": min(12, pair + 2)}]
    origin, first, later, gradient = replay(run, tmp_path, [*requests, {"do": "gradient", "step": pair, "key": KEY}])
    assert origin[0]["furthest"] == "0" * 16
    for answer, start in ((first, 0), (later, pair - 1)):
        assert answer.pop() == {"done": "train"}
        for line, wanted in zip(answer, lines[start:], strict=False):
            assert {name: line[name] for name in ("batch", "loss", "gradNorm")} == {name: wanted[name] for name in ("batch", "loss", "gradNorm")}
            assert line.get("stateRoot") == wanted.get("stateRoot")
    own, difference = (number(gradient[0][name]) for name in ("own", "difference"))
    assert 0.1 < own <= 1.00001 and difference < 1e-5 * own


def number(bits):


    return struct.unpack(">d", bytes.fromhex(bits))[0]




def test_a_slice_of_moments_is_not_taken_for_the_whole(monkeypatch):
    model = torch.nn.Linear(4, 4)
    optimizer = torch.optim.AdamW(model.parameters())
    model(torch.ones(2, 4)).sum().backward()
    optimizer.step()
    optimizer.state[model.weight]["exp_avg"] = optimizer.state[model.weight]["exp_avg"][:2]  # as ZeRO keeps it
    assert any(held.name == "optimizer.exp_avg.weight" for held in state.held_by(model, optimizer, 0))
    monkeypatch.setattr(state, "_has_ranks", lambda: True)
    with pytest.raises(WitnessError, match="another shape than the parameter"):
        state.held_by(model, optimizer, 0)
