"""How far a recorded S_0 lies from the one that is built again: what must not pass for rounding is infinitely far."""

import math
import struct

import pytest
import torch

from jikji_witness.furthest import furthest_apart
from jikji_witness.ranks import Ranks
from jikji_witness.recorder import hash_state, write_state
from jikji_witness.restore import move_by
from jikji_witness.state import copied, held_by
from jikji_witness.state_files import StateReader

INF = math.inf


class Model(torch.nn.Module):
    def __init__(self):
        super().__init__()
        self.w = torch.nn.Parameter(torch.tensor([[3.0, -4.0], [0.0, 0.0]]))
        self.zeros = torch.nn.Parameter(torch.zeros(2))
        self.register_buffer("count", torch.tensor([5, 6]))
        self.register_buffer("mask", torch.tensor([0.0, -INF]))


def test_whole_numbers_stay_where_weights_are_moved():
    """2^60 + 1 is no number of a binary64."""
    model = Model()
    model.table = torch.nn.Parameter(torch.tensor([2**60 + 1, -5]), requires_grad=False)
    move_by(64, model, 0)
    assert model.table.tolist() == [2**60 + 1, -5] and model.w[0, 0] != 3.0


def apart(tmp_path, spoil):
    """The distance of a model whose recorded state `spoil` has changed."""
    torch.manual_seed(3)
    recorded, own = Model(), Model()
    with torch.no_grad():
        spoil(recorded)
    held = copied(held_by(recorded, torch.optim.SGD(recorded.parameters()), 0))
    ranks = Ranks()
    write_state(tmp_path, 0, held, ranks, hash_state(0, held, ranks))
    torch.manual_seed(3)
    furthest, typical = furthest_apart(held_by(own, torch.optim.SGD(own.parameters()), 0), StateReader(tmp_path, 0), ranks)
    assert typical == furthest  # but where few elements are huge
    return furthest


def put(name, place, value):
    def spoil(model):
        getattr(model, name)[place] = value

    return spoil


def test_distances(tmp_path):
    assert apart(tmp_path / "same", lambda model: None) == 0.0  # also where both are infinite
    assert apart(tmp_path / "element", put("w", (0, 1), -4.5)) == 0.5 / 4
    assert apart(tmp_path / "scale", put("w", (1, 0), 1.0)) == 1 / 2.5  # the root mean square of 3, 4, 0, 0
    # A recorded number of any size does not raise the scale.
    assert apart(tmp_path / "huge", put("w", (0, 0), 3e30)) == pytest.approx(1e30)


def set_all(model):
    model.w[0, 0] = INF
    model.w[1] = torch.randn(2)


@pytest.mark.parametrize("spoil", [
    set_all, put("w", (0, 0), math.nan), put("w", (1, 1), -INF), put("mask", 1, INF), put("mask", 1, 0.0), put("mask", 0, -INF),
    put("zeros", 0, 1e-30), put("count", 0, 4),
    lambda model: setattr(model, "w", torch.nn.Parameter(model.w.double())), lambda model: setattr(model, "w", torch.nn.Parameter(model.w.flatten())),
    lambda model: delattr(model, "zeros"), lambda model: setattr(model, "more", torch.nn.Parameter(torch.zeros(1))),
    lambda model: torch.rand(1),
], ids=["infinite", "nan", "minus-inf", "other-sign", "no-mask", "more-mask", "from-nothing", "integer", "type", "shape", "lacks", "more", "draws"])  # fmt: skip
def test_infinitely_far(tmp_path, spoil):
    assert apart(tmp_path, spoil) == INF


def test_nan_on_both_sides(tmp_path, monkeypatch):
    """As a mask or a weight that is filled later: a NaN is as far from a NaN as an infinity from itself."""
    monkeypatch.setattr(Model, "__init__", lambda self, init=Model.__init__: (init(self), self.w.data[0].fill_(math.nan), None)[-1])
    assert apart(tmp_path / "same", lambda model: None) == 0.0
    assert apart(tmp_path / "beside", put("w", (1, 0), -1.0)) == INF  # what is left of it is 0
    for name, spoil in {"number": put("w", (0, 0), 3.0), "nan": put("w", (1, 0), math.nan)}.items():
        assert apart(tmp_path / name, spoil) == INF
    assert struct.pack(">d", INF).hex() == "7ff0000000000000"


@pytest.mark.parametrize("flipped, by, distance", [(4, 1, 0.0), (5, 1, 2**-7 / 1.5), (1, 2, 2**-6 / 1.5), (0, 0, 0.0)], ids=["few", "many", "two units", "same"])
def test_numbers_of_16_bits_may_flip_by_a_unit_seldom(tmp_path, monkeypatch, flipped, by, distance):
    # 1,024 numbers of 1.5: a unit is 2^-7, and at most four of them may lie one away.
    monkeypatch.setattr(Model, "__init__", lambda self: (torch.nn.Module.__init__(self), setattr(self, "w", torch.nn.Parameter(torch.full((1024,), 1.5).bfloat16())), None)[-1])

    def spoil(model):
        model.w[:flipped] = 1.5 - by * 2**-7

    assert apart(tmp_path, spoil) == distance


def test_few_huge_elements_hide_nothing(tmp_path):
    """A padding row of 1e8: by the root mean square of the tensor the other rows may be anything."""
    model, built = torch.nn.Linear(256, 64, bias=False), torch.nn.Linear(256, 64, bias=False)
    with torch.no_grad():
        model.weight.normal_(generator=torch.Generator().manual_seed(1))
        built.weight.copy_(model.weight)
        for one in (model, built):
            one.weight[3] = 1e8
        model.weight[7] = -model.weight[7]
    held = copied(held_by(model, torch.optim.SGD(model.parameters()), 0))
    ranks = Ranks()
    write_state(tmp_path, 0, held, ranks, hash_state(0, held, ranks))
    furthest, typical = furthest_apart(held_by(built, torch.optim.SGD(built.parameters()), 0), StateReader(tmp_path, 0), ranks)
    assert furthest < 4e-6 < 1 < typical < 8
