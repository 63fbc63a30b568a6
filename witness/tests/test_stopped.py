"""Runs that are stopped, killed, or whose disk fills up go on to the same bits; what does not fit is refused, and nothing is lost."""

import contextlib
import json
import os
import resource
import subprocess
import sys

import pytest
import tiny
import torch
from helpers import HERE, PYTHON, environment, lines_of, root_from_files, write_tokens

from jikji_witness import WitnessError
from jikji_witness.canonical import canonical_json
from jikji_witness.environment import as_begun
from jikji_witness.files import FolderLock


@pytest.fixture(scope="module")
def whole(tmp_path_factory):
    """A run that nothing stopped, with the key that signed it: its transcript is what the others must come to."""
    place = tmp_path_factory.mktemp("whole")
    write_tokens(place)
    before = os.getcwd()
    os.chdir(place)
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("XDG_CONFIG_HOME", str(place / "config"))
        patch.setattr(os, "fsync", lambda _: None)
        torch.set_num_threads(1)
        tiny.make(place / "run", tiny.RECIPE)
    os.chdir(before)
    return place


@pytest.fixture
def place(whole, own_keys, monkeypatch):
    """The same folder and key for each test, and a run's folder that is not there yet."""
    monkeypatch.chdir(whole)
    monkeypatch.setenv("XDG_CONFIG_HOME", str(whole / "config"))
    torch.set_num_threads(1)
    return whole


def same(run, other):
    """All records but for what depends on link_0, and all states; link_0 differs by no more than nothing: same key, same commitment."""
    assert lines_of(run) == lines_of(other)
    states = {folder.name for folder in (run / "states").iterdir()}
    assert states == {folder.name for folder in (other / "states").iterdir()}
    for name in states:
        assert root_from_files(run / "states" / name) == json.loads((other / "states" / name / "state.json").read_text())["stateRoot"]


def test_killed_and_gone_on(place, tmp_path):
    run = tmp_path / "run"
    command = [PYTHON, str(HERE / "tiny.py"), str(run), "none", "0", "1", "unused", "7"]
    killed = subprocess.run(command, env=environment(), capture_output=True, cwd=place)
    assert killed.returncode == -9
    with open(run / "transcript.jsonl", "a") as file:
        file.write('{"batch":"00')
    half = run / "states" / "step-000009"
    half.mkdir()
    (half / "part-0000-of-0001.safetensors").write_bytes(b"half a state")
    tiny.make(run, tiny.RECIPE)
    same(run, place / "run")


@pytest.mark.parametrize("until", [1, 4, 5, 9])
def test_stopped_and_gone_on(place, tmp_path, until):
    run = tmp_path / "run"
    with pytest.raises(KeyboardInterrupt):
        tiny.make(run, tiny.RECIPE, until=until)
    assert not (run / "seal.json").exists() and len(lines_of(run)) == until
    model, _ = tiny.make(run, tiny.RECIPE)
    same(run, place / "run")
    before = (run / "seal.json").read_bytes()
    again, _ = tiny.make(run, tiny.RECIPE)  # finished: nothing is trained or signed again, and the last state is there
    assert (run / "seal.json").read_bytes() == before
    assert all(torch.equal(a, b) for a, b in zip(model.state_dict().values(), again.state_dict().values(), strict=True))


def test_left_in_the_middle_without_an_error(place, tmp_path):
    from jikji_witness import Witness

    run = tmp_path / "run"
    recipe = tiny.RECIPE
    model, optimizer = tiny.build(recipe, 7)
    with Witness(run, model, optimizer, recipe=recipe, seed=7, steps=12, code=[tiny.__file__], data=["tokens.bin"], pair_every=4, keep_every=5) as witness:
        for step in witness.steps():
            inputs = tiny.batch(recipe, step)
            loss, norm, rate = tiny.train_step(model, optimizer, recipe, step, inputs)
            witness.record(step, batch=inputs, loss=loss, grad_norm=norm, learning_rate=rate)
            if step == 3:
                break
    assert len(lines_of(run)) == 3 and not (run / "seal.json").exists()
    tiny.make(run, recipe)
    same(run, place / "run")


def test_a_promise_that_comes_out_different(place, tmp_path, monkeypatch):
    run = tmp_path / "run"
    with pytest.raises(KeyboardInterrupt):
        tiny.make(run, tiny.RECIPE, until=9)
    before = (run / "transcript.jsonl").read_bytes()
    honest = tiny.train_step

    def other(model, optimizer, recipe, step, batch):
        loss, norm, rate = honest(model, optimizer, recipe, step, batch)
        return loss + (step == 9) * 1e-12, norm, rate

    last = max(line["step"] for line in lines_of(run) if "stateRoot" in line)
    if last == 9:  # the pair lies so: go on from an earlier state
        import shutil

        shutil.rmtree(run / "states" / "step-000009")
    monkeypatch.setattr(tiny, "train_step", other)
    with pytest.raises(WitnessError, match="step 9 came out different from what the transcript says: loss"):
        tiny.make(run, tiny.RECIPE)
    assert (run / "transcript.jsonl").read_bytes() == before
    monkeypatch.setattr(tiny, "train_step", honest)
    tiny.make(run, tiny.RECIPE)
    same(run, place / "run")


@contextlib.contextmanager
def no_file_beyond(size):
    soft, hard = resource.getrlimit(resource.RLIMIT_FSIZE)
    resource.setrlimit(resource.RLIMIT_FSIZE, (size, hard))
    try:
        yield
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, (soft, hard))


def test_a_disk_that_fills_up(place, tmp_path):
    run = tmp_path / "run"

    def fill(step):
        if step == 3:
            soft, hard = resource.getrlimit(resource.RLIMIT_FSIZE)
            resource.setrlimit(resource.RLIMIT_FSIZE, (9000, hard))  # less than a state, more than the transcript

    with no_file_beyond(resource.RLIM_INFINITY), pytest.raises(WitnessError, match="step-0.*cannot be written: .*make room"):
        tiny.make(run, tiny.RECIPE, each=fill)
    assert list(run.glob("**/*.tmp")) == []
    for folder in (run / "states").iterdir():
        assert (folder / "state.json").exists() == (folder / "part-0000-of-0001.safetensors").exists()
    tiny.make(run, tiny.RECIPE)
    same(run, place / "run")


def test_a_disk_that_fills_up_in_the_transcript(place, tmp_path):
    run = tmp_path / "run"
    with pytest.raises(KeyboardInterrupt):
        tiny.make(run, tiny.RECIPE, until=2)
    size = (run / "transcript.jsonl").stat().st_size
    from jikji_witness.transcript import Transcript, read_transcript

    path = tmp_path / "transcript.jsonl"
    path.write_bytes((run / "transcript.jsonl").read_bytes())
    origin = _origin(run)
    transcript = Transcript(path, origin, 2)
    with no_file_beyond(size + 100), pytest.raises(WitnessError, match="cannot be written"):
        transcript.append({"batch": "0" * 64, "gradNorm": "0" * 16, "learningRate": "0" * 8, "loss": "0" * 16, "step": 3})
    assert path.stat().st_size == size and len(read_transcript(path, origin)[0]) == 2


def _origin(run):
    from jikji_witness.canonical import digest_of_json
    from jikji_witness.statements import unverified_predicate

    return digest_of_json(unverified_predicate((run / "genesis.json").read_text())["commitment"])


def everything(folder):
    return {path: path.read_bytes() for path in folder.rglob("*") if path.is_file()}


@pytest.mark.parametrize("recipe, options, message", [
    ({"lr": 0.02}, {}, "options.lr is 0.01, not 0.02"),
    ({}, {"seed": 8}, "another seed: 0000000000000007, not 0000000000000008"),
    ({}, {"pair_every": 3}, "another pairEvery: 4, not 3"),
    ({}, {"keep_every": 4}, "another kept"),
    ({}, {"key": "other"}, "no such key"),
])  # fmt: skip
def test_a_folder_of_another_run(place, recipe, options, message):
    before = everything(place / "run")
    with pytest.raises(WitnessError, match=message):
        tiny.make(place / "run", tiny.RECIPE | recipe, **options)
    assert everything(place / "run") == before


def test_threads_of_products_are_recorded_and_a_run_of_before_goes_on(place, monkeypatch):
    """torch.set_num_threads does not change how many threads share a product, and with some kernels bits depend on it."""
    said = json.loads((place / "run/environment.json").read_text())
    ask = "from jikji_witness.environment import flags; print(flags().get('OPENBLAS_NUM_THREADS'))"
    for threads in ("1", "2"):
        told = subprocess.run([sys.executable, "-c", "import torch; torch.set_num_threads(1); " + ask], capture_output=True, text=True, check=True, env=environment(OMP_NUM_THREADS=threads, OPENBLAS_NUM_THREADS=threads))
        assert told.stdout.strip() in (threads, "None")  # None: this PyTorch has another library
    old = {name: value for name, value in said.items() if name != "flags"} | {"flags": {name: value for name, value in said["flags"].items() if name != "OPENBLAS_NUM_THREADS"}}
    monkeypatch.delenv("OPENBLAS_NUM_THREADS", raising=False)
    texts = {"environment.json": canonical_json(said) + "\n"}
    folder = place / "before"
    folder.mkdir()
    (folder / "environment.json").write_text(canonical_json(old) + "\n")
    assert as_begun(folder, texts)["environment.json"] == canonical_json(old) + "\n"
    (folder / "environment.json").write_text(canonical_json(said) + "\n")
    assert as_begun(folder, texts) == texts


def test_other_data_or_environment(place, tmp_path, monkeypatch):
    before = everything(place / "run")
    tokens = (place / "tokens.bin").read_bytes()
    try:
        (place / "tokens.bin").write_bytes(tokens[:-2] + b"\0\0")
        with pytest.raises(WitnessError, match="data.json: is of another run"):
            tiny.make(place / "run", tiny.RECIPE)
    finally:
        (place / "tokens.bin").write_bytes(tokens)
    monkeypatch.setenv("MKL_CBWR", "COMPATIBLE")
    with pytest.raises(WitnessError, match="flags.MKL_CBWR is only in this call"):
        tiny.make(place / "run", tiny.RECIPE)
    assert everything(place / "run") == before


def test_changed_evidence_is_not_gone_on_with(place, tmp_path):
    run = tmp_path / "run"
    with pytest.raises(KeyboardInterrupt):
        tiny.make(run, tiny.RECIPE, until=6)
    good = (run / "transcript.jsonl").read_bytes()
    (run / "transcript.jsonl").write_bytes(good.replace(b'"step":2', b'"step":3'))
    with pytest.raises(WitnessError, match="line 2 is not the record that follows"):
        tiny.make(run, tiny.RECIPE)
    (run / "transcript.jsonl").write_bytes(good)
    last = max((run / "states").iterdir())
    part = last / "part-0000-of-0001.safetensors"
    data = bytearray(part.read_bytes())
    data[-9000] ^= 1
    part.write_bytes(data)
    with pytest.raises(WitnessError, match="does not have the root of its record"):
        tiny.make(run, tiny.RECIPE)


def test_two_processes_in_one_folder(place, tmp_path):
    run = tmp_path / "run"
    run.mkdir()
    holder = FolderLock(run)
    holder.take()
    with pytest.raises(WitnessError, match="another process trains in this folder"):
        tiny.make(run, tiny.RECIPE)
    assert list(run.iterdir()) == []
    holder.release()
    tiny.make(run, tiny.RECIPE)


@pytest.mark.parametrize("spoil, message", [
    (lambda loss, norm: (float("nan"), norm), "loss is nan.*diverged"), (lambda loss, norm: (loss, float("inf")), "grad_norm is inf"),
])  # fmt: skip
def test_a_training_that_diverges(place, tmp_path, monkeypatch, spoil, message):
    run, honest = tmp_path / "run", tiny.train_step

    def other(model, optimizer, recipe, step, batch):
        loss, norm, rate = honest(model, optimizer, recipe, step, batch)
        return (*(spoil(loss, norm) if step == 3 else (loss, norm)), rate)

    monkeypatch.setattr(tiny, "train_step", other)
    with pytest.raises(WitnessError, match=message):
        tiny.make(run, tiny.RECIPE)
    assert len(lines_of(run)) == 2


def test_a_loop_that_forgets(place, tmp_path):
    from jikji_witness import Witness

    model, optimizer = tiny.build(tiny.RECIPE, 7)
    with pytest.raises(WitnessError, match="step 1 was not recorded"):
        with Witness(tmp_path / "run", model, optimizer, recipe={}, seed=7, steps=3, code=[tiny.__file__], data=[]) as witness:
            for _ in witness.steps():
                pass
    with pytest.raises(WitnessError, match="inside the with block"):
        witness.record(2, batch=torch.zeros(1), loss=0, grad_norm=0, learning_rate=0)
    with pytest.raises(WitnessError, match="what JSON holds"):
        with Witness(tmp_path / "other", model, optimizer, recipe={"a": {1}}, seed=7, steps=3, code=[tiny.__file__], data=[]):
            pass
