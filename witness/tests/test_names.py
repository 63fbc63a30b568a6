"""Models whose modules are called as parts of a state are, and parameters that the optimizer does not have."""

from pathlib import Path

import pytest
import torch
from torch import nn

from jikji_witness import Witness, WitnessError
from jikji_witness.restore import restore
from jikji_witness.state_files import StateReader


@pytest.fixture(autouse=True)
def place(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    (tmp_path / "train.py").write_text("")
    torch.set_num_threads(1)


def named(*names):
    """A model of 3 numbers in, 3 out, with its layers in modules of these names."""
    model = nn.Module()
    for name in names:
        at = model
        for part in name.split("."):
            if not hasattr(at, part):
                setattr(at, part, nn.Module())
            at = getattr(at, part)
        at.weight = nn.Parameter(torch.randn(3, 3))
    model.register_buffer("seen", torch.zeros(2))
    return model


def train(model, optimizer, until=6, steps=6):
    with Witness("run", model, optimizer, recipe={}, seed=7, steps=steps, code=["train.py"], data=[], keep_every=2) as witness:
        for step in witness.steps():
            optimizer.zero_grad()
            x = torch.randn(2, 3)
            for parameter in model.parameters():
                x = torch.tanh(x @ parameter)
            loss = x.square().sum()
            loss.backward()
            model.seen += 1
            optimizer.step()
            witness.record(step, batch=torch.zeros(1), loss=loss, grad_norm=0.0, learning_rate=0.0)
            if step == until:
                break
    return model


def new(*names):
    torch.manual_seed(1)
    model = named(*names)
    return model, torch.optim.AdamW(model.parameters())


@pytest.mark.parametrize("names", [("rng.0", "optimizer"), ("optimizer.exp_avg", "plain"), ("rng", "optimizer.a.b")])
def test_such_names_are_put_back(names):
    train(*new(*names), until=4)
    again = train(*new(*names))
    whole, optimizer = new(*names)
    for _ in range(6):
        optimizer.zero_grad()
        x = torch.randn(2, 3)
        for parameter in whole.parameters():
            x = torch.tanh(x @ parameter)
        x.square().sum().backward()
        optimizer.step()
    assert all(torch.equal(a, b) for a, b in zip(again.parameters(), whole.parameters(), strict=True)) and again.seen.tolist() == [6, 6]


@pytest.mark.parametrize("names", [("optimizer.exp_avg.w", "w"), ("optimizer.new", "optimizer.step.optimizer.new")])
def test_names_that_collide(names):
    with pytest.raises(WitnessError, match="optimizer.*weight: the model calls a tensor as a state calls one of the optimizer.*rename"):
        train(*new(*names))


def test_a_buffer_that_is_called_as_a_generator():
    model, optimizer = new("a")
    model.rng = nn.Module()
    holder = nn.Module()
    holder.register_buffer("0", torch.get_rng_state())
    model.rng.cpu = holder  # a module, though its name gives the method
    with pytest.raises(WitnessError, match="rng.cpu.0: the model calls"):
        train(model, optimizer)


def test_a_parameter_that_is_called_as_the_notes_of_a_file():
    model, _ = new("a")
    model.register_parameter("__metadata__", nn.Parameter(torch.randn(3, 3)))
    with pytest.raises(WitnessError, match="__metadata__: the model calls a tensor as .* a file its notes"):
        train(model, torch.optim.AdamW(model.parameters()))


def test_a_parameter_in_no_group():
    model, _ = new("a", "b")
    optimizer = torch.optim.AdamW(model.b.parameters())
    with pytest.raises(WitnessError, match=r"a.weight: requires a gradient, but is in no group.*requires_grad_\(False\)"):
        train(model, optimizer)
    model.a.requires_grad_(False)
    train(model, optimizer, until=3)
    model, _ = new("a", "b")
    model.a.requires_grad_(False)
    again = train(model, torch.optim.AdamW(model.b.parameters()))
    assert again.seen.tolist() == [6, 6]


def test_a_state_of_another_model():
    train(*new("a", "b"), until=2)
    model, optimizer = new("a")
    with pytest.raises(WitnessError, match="which this model and optimizer do not have"):
        restore(StateReader(Path("run"), 2), model, optimizer, 0)
