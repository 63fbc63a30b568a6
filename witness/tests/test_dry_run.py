"""A few steps before a long run, and what is drawn between the steps of one: both show code that nobody could train again."""

import json

import pytest
import tiny
import torch
from helpers import HERE, lines_of, replay

import jikji_witness
from jikji_witness import dry_run

RECIPE = tiny.RECIPE | {"steps": 12}


def code(place, change=lambda text: text):
    path = place / "own.py"
    path.write_text(change((HERE / "tiny.py").read_text()))
    return path


def found_in(place, change=lambda text: text, **more):
    return jikji_witness.check(code(place, change), recipe=RECIPE, data=["tokens.bin"], **more)


def test_code_that_repeats_is_silent_and_leaves_nothing(place):
    before = {path.name for path in place.rglob("*")}
    assert found_in(place) == []
    assert {path.name for path in place.rglob("*")} - before <= {"own.py", "__pycache__", "own.cpython-313.pyc"}


@pytest.mark.parametrize(
    "old, new, place_of_fault",
    [
        # Python's own generator, which no state has.
        ("    tokens, targets = batch\n", "    import random\n    tokens, targets = batch\n    tokens = tokens if random.random() < 0.5 else targets\n", "step"),
        # What only the process knows: the third step of a process is another one than the first.
        ("def train_step(", "COUNT = []\n\n\ndef train_step(", "from the state of step"),
    ],
)
def test_code_that_does_not_repeat_is_named_by_step_and_tensor(place, old, new, place_of_fault):
    def change(text):
        text = text.replace(old, new)
        return text.replace("    optimizer.zero_grad()\n", "    COUNT.append(1)\n    targets = targets.roll(len(COUNT), 0)\n    optimizer.zero_grad()\n") if "COUNT" in text else text

    found = found_in(place, change, steps=4)
    assert found and all(place_of_fault in line for line in found), found
    assert any("loss" in line and "the state, first in " in line for line in found)


def test_a_schedule_that_is_not_what_was_trained_with_is_named(place):
    """An audit asks for rates and batches of all steps by themselves."""

    def halve(text):
        return text.replace("= learning_rate(recipe, step)", "= 0.5 * learning_rate(recipe, step)").replace("norm.item(), learning_rate(recipe, step)", "norm.item(), group['lr']")

    assert found_in(place, halve, steps=2) == [f"step {step}, asked for by itself: learningRate came out different" for step in (1, 2)]


def test_what_cannot_be_tried_is_an_error(place):
    with pytest.raises(jikji_witness.WitnessError, match="no function train_step"):
        found_in(place, lambda text: text.replace("def train_step", "def other"))
    with pytest.raises(jikji_witness.WitnessError, match="steps=0"):
        found_in(place, steps=0)


def test_the_command_says_what_came_out(place, capsys, monkeypatch):
    (place / "recipe.json").write_text(json.dumps(RECIPE))
    arguments = ["dry_run", "--code", str(code(place)), "--recipe", "recipe.json", "--data", "tokens.bin"]
    monkeypatch.setattr("sys.argv", arguments)
    assert dry_run.main() == 0
    assert "3 steps came out the same" in capsys.readouterr().out
    monkeypatch.setattr("sys.argv", [*arguments, "--steps", "0"])
    assert dry_run.main() == 2


def draw(after):
    return lambda step: torch.rand(1) if step == after else None


def test_a_draw_between_the_first_steps_ends_the_run(place):
    with pytest.raises(jikji_witness.WitnessError, match="drew from PyTorch's own generator.*between the steps 2 and 3|between the steps 2 and 3.*generator"):
        tiny.make("run", RECIPE, each=draw(2))


def test_a_later_draw_is_put_back_and_the_run_is_the_same(place, capsys):
    tiny.make("plain", RECIPE)
    tiny.make("drawn", RECIPE, each=lambda step: torch.rand(7) if step in (6, 9) else None)
    said = capsys.readouterr().err
    assert said.count("drew from PyTorch's own generator between the steps 6 and 7") == 1 and said.count("drew from") == 1
    assert [line["stateRoot"] for line in lines_of(place / "drawn") if "stateRoot" in line] == [line["stateRoot"] for line in lines_of(place / "plain") if "stateRoot" in line]


def test_an_audit_names_the_tensor_that_differs(place, monkeypatch):
    # As it was recorded before the generators were put back.
    monkeypatch.setattr(jikji_witness.Witness, "_put_generators_back", lambda self, step: None)
    tiny.make("run", RECIPE, each=draw(6))
    (lines,) = replay(place / "run", place, [{"do": "train", "from": 5, "to": 10}])
    assert [line.get("tensor") for line in lines if "stateRoot" in line][-1] == "rng.cpu.0"
    (lines,) = replay(place / "run", place, [{"do": "train", "from": 0, "to": 5}])
    assert all("tensor" not in line for line in lines)
