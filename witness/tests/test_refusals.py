"""What a user meets when something is wrong: the last line says what, where and how to mend it."""

import json
import os
import shutil
import subprocess
import sys

import pytest
import tiny
import torch
from helpers import PACKAGE, PYTHON, environment, lines_of, replay, write_tokens

from jikji_witness import Witness, WitnessError


@pytest.fixture
def place(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    write_tokens(tmp_path)
    (tmp_path / "train.py").write_text(open(tiny.__file__).read())
    torch.set_num_threads(1)
    return tmp_path


def stopped(place, until=9, **options):
    with pytest.raises(KeyboardInterrupt):
        tiny.make(place / "run", tiny.RECIPE, until=until, code=["train.py"], **options)


def test_changed_code_on_going_on(place):
    stopped(place)
    with open("train.py", "a") as file:
        file.write("# a comment\n")
    with pytest.raises(WitnessError) as caught:
        tiny.make(place / "run", tiny.RECIPE, code=["train.py"])
    said = str(caught.value)
    assert "code.json: is of another run: it was committed when the run began, and since then train.py has changed" in said
    assert "the very same files" in said and "\n" not in said
    (place / "more.py").write_text("")
    with pytest.raises(WitnessError, match="train.py has changed, more.py is new"):
        tiny.make(place / "run", tiny.RECIPE, code=["train.py", "more.py"])


def test_changed_code_before_a_run_began(place):
    (place / "run").mkdir()
    model, optimizer = tiny.build(tiny.RECIPE, 7)
    run = Witness(place / "run", model, optimizer, recipe=tiny.RECIPE, seed=7, steps=12, code=["train.py"], data=["tokens.bin"], after=3)
    with pytest.raises(WitnessError, match="has no state of step 3"):
        run.__enter__()
    (place / "run/genesis.json").unlink()
    (place / "train.py").write_text("")
    with pytest.raises(WitnessError, match="did not begin.*remove it"):
        tiny.make(place / "run", tiny.RECIPE, code=["train.py"])


def test_the_note_of_going_on(place, capsys):
    stopped(place, until=9, keep_every=100)
    last = max(int(folder.name[5:]) for folder in (place / "run/states").iterdir())
    if last == len(lines_of(place / "run")):  # the pair lies so
        shutil.rmtree(place / "run/states" / f"step-{last:06d}")
        last = max(int(folder.name[5:]) for folder in (place / "run/states").iterdir())
    tiny.make(place / "run", tiny.RECIPE, code=["train.py"], keep_every=100)
    assert f"goes on after step {last} of 12; steps {last + 1} to 9, which were recorded before it stopped, are trained again and must come out the same" in capsys.readouterr().err


@pytest.mark.parametrize("options, said", [
    ({"seed": "7"}, "seed='7': is not a whole number"), ({"steps": 12.0}, "steps=12.0: is not a whole number"), ({"pair_every": 2.5}, "pair_every=2.5: is not"),
    ({"data": "tokens.bin"}, "data is a list of files"), ({"code": "train.py"}, "code is a list of files"), ({"code": ["none.py"]}, "none.py: cannot be read"),
    ({"recipe": {"a": float("nan")}}, "recipe: not a JSON number: nan"),
])  # fmt: skip
def test_arguments(place, options, said):
    model, optimizer = tiny.build(tiny.RECIPE, 7)
    with pytest.raises(WitnessError) as caught:
        with Witness("run", model, optimizer, **{"recipe": {}, "seed": 7, "steps": 12, "code": ["train.py"], "data": []} | options):
            pass
    assert said in str(caught.value) and "\n" not in str(caught.value)


@pytest.mark.parametrize("numbers", [{"loss": None}, {"loss": torch.ones(2)}, {"grad_norm": "much"}])
def test_numbers_of_a_record(place, numbers):
    model, optimizer = tiny.build(tiny.RECIPE, 7)
    with pytest.raises(WitnessError, match=f"the {next(iter(numbers))} is not a number"):
        with Witness("run", model, optimizer, recipe={}, seed=7, steps=3, code=["train.py"], data=[]) as witness:
            witness.record(1, batch=torch.zeros(1), **{"loss": 1.0, "grad_norm": 1.0, "learning_rate": 1.0} | numbers)


def test_a_state_file_that_says_too_little(place):
    stopped(place)
    last = max((place / "run/states").iterdir())
    (last / "state.json").write_text(json.dumps({"step": int(last.name[5:])}))
    tiny.make(place / "run", tiny.RECIPE, code=["train.py"])  # from the state before
    assert len(lines_of(place / "run")) == 12


def test_replay_without_a_run(place):
    (place / "run").mkdir()
    for text, said in ((None, "genesis.json: cannot be read"), ("{}", "genesis.json: is not a genesis")):
        if text:
            (place / "run/genesis.json").write_text(text)
        command = [PYTHON, "-m", "jikji_witness.replay", "--code", "train.py", "--run", "run", "--data", ".", "--threads", "1"]
        done = subprocess.run(command, input="", capture_output=True, text=True, env=environment())
        assert done.returncode == 1 and said in done.stderr and "Traceback" not in done.stderr


def test_code_that_ends_the_process(place):
    stopped(place)
    (place / "train.py").write_text((place / "train.py").read_text().replace("def learning_rate(recipe, step):", "def learning_rate(recipe, step):\n    sys.exit(0)"))
    schedule, opened = replay(place / "run", place, [{"do": "schedule", "from": 1, "to": 1}, {"do": "open"}], code=place / "train.py")
    assert schedule == [{"failed": "SystemExit: 0"}] and opened[0]["done"] == "open"


def test_the_example_without_arguments(place):
    done = subprocess.run([sys.executable, PACKAGE / "examples/small_llama.py"], capture_output=True, text=True, env=environment())
    assert done.stderr == "usage: python3 small_llama.py RUN TOKENS.bin\n"


def test_keys_that_cannot_be_written(place, monkeypatch):
    monkeypatch.setenv("XDG_CONFIG_HOME", os.fspath(place / "config"))
    (place / "config/jikji").mkdir(parents=True)
    (place / "config/jikji/keys").write_text("")
    with pytest.raises(WitnessError, match="keys: cannot be written"):
        tiny.make(place / "run", tiny.RECIPE, code=["train.py"])
