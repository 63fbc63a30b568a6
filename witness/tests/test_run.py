"""A tiny run on one process: what it leaves, and that replay trains it again to the bit."""

import base64
import hashlib
import json
import math
import struct

import pytest
import tiny
import torch
from helpers import PACKAGE, PYTHON, environment, lines_of, replay, root_from_files

from jikji_witness import WitnessError, run_folder
from jikji_witness.canonical import canonical_json
from jikji_witness.description import FixedOptions
from jikji_witness.gradient import splitmix64
from jikji_witness.pairs import draw_pair
from jikji_witness.statements import parse_statement

KEY = "ab" * 32


def test_a_clock_that_is_set_back_dates_no_seal_before_genesis(place, monkeypatch):
    times = iter(f"20{year}-01-01T00:00:00.000Z" for year in range(30, 0, -1))
    monkeypatch.setattr(run_folder, "now", lambda: next(times))
    tiny.make("run", tiny.RECIPE)
    begun, sealed = (parse_statement((place / "run" / f"{kind}.json").read_text(), f"witness-{kind}", where, kind).predicate for kind, where in [("genesis", "commitment.makerKey"), ("seal", "makerKey")])
    assert (begun["time"], sealed["time"]) == ("2030-01-01T00:00:00.000Z",) * 2 and next(times) < "2029"


def drawn(run, every, steps):
    """Steps with a state, from the transcript alone."""
    lines = lines_of(run)
    genesis = parse_statement((run / "genesis.json").read_text(), "witness-genesis", "commitment.makerKey", run)
    commitment = genesis.predicate["commitment"]
    found = {1, *commitment["kept"]}
    for h in range(0, steps, every):
        link = lines[h - 1]["link"] if h else hashlib.sha256(json.dumps(commitment, sort_keys=True, separators=(",", ":")).encode()).hexdigest()
        room = min(every, steps - h - 1)
        if room >= 1:
            n = int(hashlib.sha256(bytes.fromhex(link)).hexdigest()[:16], 16)
            assert draw_pair(link, "", h, every, steps) == h + 2 + n % room
            found |= {h + 1 + n % room, h + 2 + n % room}
    return found


def test_what_a_run_leaves(place):
    run = place / "run"
    model, optimizer = tiny.make(run, tiny.RECIPE)
    lines = lines_of(run)
    assert [line["step"] for line in lines] == list(range(1, 13))
    roots = {line["step"]: line["stateRoot"] for line in lines if "stateRoot" in line}
    assert set(roots) == drawn(run, 4, 12)
    genesis_text = (run / "genesis.json").read_text()
    genesis = parse_statement(genesis_text, "witness-genesis", "commitment.makerKey", run)
    roots[0] = genesis.subjects["state-0"]
    folders = sorted((run / "states").iterdir())
    assert {folder.name for folder in folders} == {f"step-{step:06d}" for step in roots}
    for folder in folders:
        assert root_from_files(folder) == roots[int(folder.name[5:])]
    for name in ("recipe", "data", "environment", "code"):
        text = (run / f"{name}.json").read_bytes()
        assert genesis.predicate["commitment"][name] == genesis.subjects[f"{name}.json"] == hashlib.sha256(text).hexdigest()
        assert text.decode() == canonical_json(json.loads(text)) + "\n"
    seal = parse_statement((run / "seal.json").read_text(), "witness-seal", "makerKey", run)
    assert seal.subjects == {"state": roots[12]} and seal.predicate["head"] == lines[-1]["link"] and seal.predicate["genesis"] == genesis.digest
    assert list(run.glob("**/*.tmp")) == []

    names = [tensor["name"] for tensor in json.loads((run / "states/step-000012/state.json").read_text())["tensors"]]
    weights = ["block.0.bias", "block.0.weight", "block.2.bias", "block.2.weight", "embedding.weight"]
    moments = [f"optimizer.{key}.{name}" for key in ("exp_avg", "exp_avg_sq", "step") for name in weights]
    assert names == weights + moments + ["rng.cpu.0", "seen", "unused"]  # tied once, no moments without a gradient, no scratch
    origin = [tensor["name"] for tensor in json.loads((run / "states/step-000000/state.json").read_text())["tensors"]]
    assert origin == [*weights, "rng.cpu.0", "seen", "unused"]
    options = json.loads((run / "recipe.json").read_text())["optimizer"]
    assert options["class"] == "AdamW" and options["groups"][0]["options"]["betas"] == [0.9, 0.99]
    assert options["groups"][0]["parameters"] == ["unused", "embedding.weight", "block.0.weight", "block.0.bias", "block.2.weight", "block.2.bias"]
    tokens, targets = tiny.batch(tiny.RECIPE, 3)
    data = b"".join(struct.pack("<i", x) for x in tokens.flatten().tolist() + targets.flatten().tolist())
    assert lines[2]["batch"] == hashlib.sha256(data).hexdigest()


@pytest.mark.parametrize("more", [{}, {"bfloat16": True}])
def test_replay_to_the_bit(place, more):
    run, recipe = place / "run", tiny.RECIPE | more
    tiny.make(run, recipe)
    lines = lines_of(run)
    evil = place / "numpy.py"  # nothing of the data's folder is imported
    evil.write_text("raise SystemExit('imported')")
    requests = [{"do": "open"}, {"do": "origin"}, {"do": "schedule", "from": 2, "to": 4}, {"do": "train", "from": 0, "to": 12}]
    requests += [{"do": "train", "from": 5, "to": 7}, {"do": "gradient", "step": 1, "key": KEY}, {"do": "nothing"}, {"do": "train", "from": 3}]
    pair = next(step for step in range(3, 13) if {"stateRoot"} <= lines[step - 1].keys() & lines[step - 2].keys())
    requests += [{"do": "gradient", "step": pair, "key": KEY}, {"do": "train", "from": 6 if "stateRoot" not in lines[5] else 9999, "to": 10_000}]
    opened, origin, schedule, whole, part, first, none, unfit, paired, missing = replay(run, place, requests)
    said = json.loads((run / "environment.json").read_text())
    assert opened == [{"environment": said, "done": "open"}]
    genesis = parse_statement((run / "genesis.json").read_text(), "witness-genesis", "commitment.makerKey", run)
    assert origin[0]["root"] == genesis.subjects["state-0"] and origin[0]["furthest"] == "0" * 16
    assert origin[0]["optimizer"] == json.loads((run / "recipe.json").read_text())["optimizer"]
    assert whole.pop() == {"done": "train"} and [comparable(line) for line in whole] == [recorded(line) for line in lines]
    assert part.pop() == {"done": "train"} and [comparable(line) for line in part] == [recorded(line) for line in lines[5:7]]
    assert [line["batch"] for line in schedule[:-1]] == [line["batch"] for line in lines[1:4]]
    for answer, at in ((first[0], 1), (paired[0], pair)):
        check_gradient(answer, lines[at - 1])
        assert {name: answer[name] for name in ("loss", "gradNorm")} == {name: lines[at - 1][name] for name in ("loss", "gradNorm")}
    assert all("failed" in answer[-1] and len(answer) == 1 for answer in (none, unfit, missing))


def comparable(line):
    """A line of replay in the forms of a transcript."""
    rate = struct.pack(">f", struct.unpack(">d", bytes.fromhex(line["learningRate"]))[0]).hex()
    return line | {"learningRate": rate}


def recorded(line):
    return {name: value for name, value in line.items() if name != "link"}


def number(bits):
    return struct.unpack(">d", bytes.fromhex(bits))[0]


def check_gradient(answer, line):
    own, difference = number(answer["own"]), number(answer["difference"])
    # Clipped to a norm of 1 (or below it by itself), and the moments are binary32.
    assert own == pytest.approx(min(1.0, number(line["gradNorm"])), rel=1e-5)
    assert 0 < difference < 1e-5 * own
    assert len(answer["tensors"]) == 5
    assert math.hypot(*(number(one["difference"]) for one in answer["tensors"])) == pytest.approx(difference)
    sketch = struct.unpack("<4096f", base64.b64decode(answer["sketch"]))
    assert math.hypot(*sketch) == pytest.approx(difference / own, rel=0.3)


def test_the_sketch_by_its_definition():
    mask = (1 << 64) - 1

    def reference(x):
        z = (x + 0x9E3779B97F4A7C15) & mask
        z = ((z ^ (z >> 30)) * 0xBF58476D1CE4E5B9) & mask
        z = ((z ^ (z >> 27)) * 0x94D049BB133111EB) & mask
        return z ^ (z >> 31)

    assert reference(0) == 0xE220A8397B1DCDAF  # published: the first output of splitmix64 with seed 0
    numbers = [0, 1, mask, 1 << 63, 12345678901234567890]
    got = splitmix64(torch.tensor([x - (1 << 64) if x >> 63 else x for x in numbers]))
    assert [x & mask for x in got.tolist()] == [reference(x) for x in numbers]

    from jikji_witness.gradient import add_to_sketch

    k = int.from_bytes(hashlib.sha256(bytes.fromhex(KEY) + b"w").digest()[:8], "little")
    wanted = [0.0] * 4096
    for i in range(1000):
        z = reference((k + 70 + i) & mask)
        wanted[z % 4096] += -(i + 1.0) if z >> 63 else i + 1.0
    sketch = torch.zeros(4096, dtype=torch.float64)
    add_to_sketch(sketch, torch.arange(1.0, 1001.0, dtype=torch.float64), bytes.fromhex(KEY), "w", 70)
    assert sketch.tolist() == wanted


def test_one_and_two_threads(place):
    """Of this size: the same bits, so a replay with other threads than the maker's is no refutation here."""
    tiny.make(place / "run", tiny.RECIPE)
    (one,), (two,) = (replay(place / "run", place, [{"do": "train", "from": 0, "to": 12}], threads=n) for n in (1, 2))
    assert one == two


def test_another_training_is_seen(place):
    """A replay that could not differ would prove nothing."""
    tiny.make(place / "run", tiny.RECIPE)
    code = place / "other.py"
    code.write_text(open(tiny.__file__).read().replace("betas=(0.9, 0.99)", "betas=(0.9, 0.95)"))
    (answer,) = replay(place / "run", place, [{"do": "train", "from": 0, "to": 3}], code=code)
    lines = lines_of(place / "run")
    assert answer[0]["loss"] == lines[0]["loss"]
    # Of a single gradient AdamW's first step takes no notice of beta2, its state does.
    assert answer[0]["stateRoot"] != lines[0]["stateRoot"] and answer[2]["loss"] != lines[2]["loss"]


def test_the_example(place):
    import subprocess

    code = "import small_llama as s; s.RECIPE |= dict(steps=6, warmupSteps=2, vocabSize=40, width=16, layers=1, heads=2, hidden=24, bfloat16=True, sequenceLength=16)\ns.main('run', 'tokens.bin')"
    subprocess.run([PYTHON, "-c", code], check=True, env=environment(), cwd=place)
    train, gradient = replay(place / "run", place, [{"do": "train", "from": 0, "to": 6}, {"do": "gradient", "step": 1, "key": KEY}], code=PACKAGE / "examples/small_llama.py", threads=2)
    assert [comparable(line) for line in train[:-1]] == [recorded(line) for line in lines_of(place / "run")]
    assert number(gradient[0]["difference"]) < 1e-5 * number(gradient[0]["own"])


@pytest.mark.parametrize(("name", "value"), [("betas", (0.8, 0.95)), ("weight_decay", 0.2)])
def test_options_that_an_audit_follows_stay(place, monkeypatch, name, value):
    honest = tiny.train_step

    def changed(model, optimizer, recipe, step, inputs):
        done = honest(model, optimizer, recipe, step, inputs)
        if step == 3:
            optimizer.param_groups[0][name] = value
        return done

    monkeypatch.setattr(tiny, "train_step", changed)
    with pytest.raises(WitnessError, match="changed after the run began"):
        tiny.make(place / "run", tiny.RECIPE)


def test_groups_keep_one_learning_rate():
    one, other = (torch.nn.Parameter(torch.ones(2)) for _ in range(2))
    for kind, refused in ((torch.optim.AdamW, True), (torch.optim.SGD, False)):  # no audit follows SGD
        optimizer = kind([{"params": [one]}, {"params": [other]}], lr=0.1)
        fixed = FixedOptions(optimizer)
        for group in optimizer.param_groups:
            group["lr"] = 0.01
        fixed.check(1)
        optimizer.param_groups[1]["lr"] = 0.02
        if refused:
            with pytest.raises(WitnessError, match="one learning rate for all groups"):
                fixed.check(2)
        else:
            fixed.check(2)
