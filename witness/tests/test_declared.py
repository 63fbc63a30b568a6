"""Buffers that training changes, and averages of weights that are in no state dict: declared, recorded, put back, trained again."""

import importlib.util
import json

import pytest
import tiny
import torch
from helpers import HERE, lines_of, replay

import jikji_witness
from jikji_witness.errors import WitnessError
from jikji_witness.statements import unverified_predicate

RECIPE = tiny.RECIPE | {"steps": 6}
OPTIONAL = '''
def build(recipe, seed, plain=build):
    model, optimizer = plain(recipe, seed)
    model.__dict__["average"] = {name: weight.detach().clone() for name, weight in model.named_parameters()}
    return model, optimizer


def buffers(model):
    return ["seen"]


def averages(model):
    return model.__dict__["average"]


def train_step(model, optimizer, recipe, step, batch, plain=train_step):
    found = plain(model, optimizer, recipe, step, batch)
    with torch.no_grad():
        model.seen.add_(1)
        for name, weight in model.named_parameters():
            model.__dict__["average"][name].lerp_(weight, 0.1)
    return found


def make('''


def code(place):
    path = place / "own.py"
    path.write_text((HERE / "tiny.py").read_text().replace("def make(", OPTIONAL))
    return path


def make(place, folder, **options):
    path = code(place)
    spec = importlib.util.spec_from_file_location("own", path)
    own = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(own)
    given = {"code": [str(path)], "keep_every": 2, "pair_every": 0, "buffers": own.buffers, "averages": own.averages}
    own.make(place / folder, RECIPE, **given | options)
    return path


def test_an_average_is_recorded_and_trained_again_to_the_bit(place):
    path = make(place, "run")
    predicate = unverified_predicate((place / "run/genesis.json").read_text())
    assert predicate["formatVersion"] == 2
    assert predicate["commitment"]["buffers"] == ["seen"]
    assert "average.embedding.weight" in predicate["commitment"]["averages"]
    state = json.loads((place / "run/states/step-000002/state.json").read_text())
    assert {"average.block.0.weight", "seen"} <= {tensor["name"] for tensor in state["tensors"]}
    # From a state on the average goes on from what was recorded of it.
    requests = [{"do": "train", "from": first, "to": first + 2} for first in (0, 2, 4)]
    records = lines_of(place / "run")
    for answer in replay(place / "run", place, requests, path):
        *lines, done = answer
        assert done == {"done": "train"}
        assert lines[-1]["stateRoot"] == records[lines[-1]["step"] - 1]["stateRoot"]


def test_a_run_that_goes_on_has_its_average_back(place):
    make(place, "whole")
    with pytest.raises(KeyboardInterrupt):
        make(place, "stopped", until=5)
    make(place, "stopped")
    assert [line["stateRoot"] for line in lines_of(place / "whole") if "stateRoot" in line] == [line["stateRoot"] for line in lines_of(place / "stopped") if "stateRoot" in line]


def test_without_them_genesis_is_of_version_1_and_a_run_that_has_them_goes_on_with_them_only(place):
    tiny.make(place / "plain", RECIPE)
    assert unverified_predicate((place / "plain/genesis.json").read_text())["formatVersion"] == 1
    with pytest.raises(KeyboardInterrupt):
        make(place, "run", until=3)
    with pytest.raises(WitnessError, match="was begun with averages declared"):
        make(place, "run", buffers=None, averages=None)


@pytest.mark.parametrize("wrong", ["no such", "scratch", 3])
def test_buffers_that_the_state_has_not_are_refused(place, wrong):
    with pytest.raises(WitnessError, match="is no buffer that the model's state dict has"):
        make(place, "run", buffers=lambda _: [wrong])


@pytest.mark.parametrize("wrong", [[1], {"a": 1}, {"a\nb": torch.zeros(1)}, {"a": torch.zeros(1, dtype=torch.int64)}])
def test_averages_that_are_none_are_refused(place, wrong):
    with pytest.raises(WitnessError, match="does not give tensors of floating point by name"):
        make(place, "run", averages=lambda _: wrong)


def test_a_dry_run_takes_them_from_the_code(place):
    assert jikji_witness.check(code(place), recipe=RECIPE, data=["tokens.bin"], steps=3) == []
