"""What enters the first moments, for the optimizers and options that PyTorch has: the answer of `gradient` on an honest step is rounding."""

import base64
import struct

import pytest
import torch

from jikji_witness.gradient import CaughtGradients, compare_gradients
from jikji_witness.ranks import Ranks
from jikji_witness.recorder import hash_state, write_state
from jikji_witness.state import copied, held_by
from jikji_witness.state_files import StateReader

OPTIMIZERS = [
    (torch.optim.Adam, {}), (torch.optim.Adam, {"weight_decay": 0.3}), (torch.optim.Adam, {"maximize": True}),
    (torch.optim.Adam, {"weight_decay": 0.3, "maximize": True, "foreach": True}), (torch.optim.Adam, {"weight_decay": 0.3, "maximize": True, "foreach": False}),
    (torch.optim.AdamW, {"weight_decay": 0.3}), (torch.optim.AdamW, {"weight_decay": 0.3, "maximize": True}),
    (torch.optim.NAdam, {"weight_decay": 0.3}), (torch.optim.NAdam, {"weight_decay": 0.3, "decoupled_weight_decay": True}),
    (torch.optim.RAdam, {"weight_decay": 0.3}), (torch.optim.Adamax, {"weight_decay": 0.3}),
]  # fmt: skip


def compared(folder, kind, options, spoil=lambda model: None):
    """The answer of `gradient` for the second of two steps; `spoil` changes gradients that are not the training code's."""
    torch.manual_seed(5)
    model, ranks = torch.nn.Linear(30, 20), Ranks()
    optimizer = kind(model.parameters(), lr=0.01, **options)
    inputs = torch.randn(8, 30)
    for step in (1, 2):
        optimizer.zero_grad()
        model(inputs).square().mean().backward()
        with CaughtGradients(model, optimizer) as caught:
            handle = optimizer.register_step_pre_hook(lambda *_: (spoil(model), None)[1])  # after ours
            optimizer.step()
            handle.remove()
        held = copied(held_by(model, optimizer, 0))
        write_state(folder, step, held, ranks, hash_state(step, held, ranks))
    return compare_gradients(caught.gradients, StateReader(folder, 1), StateReader(folder, 2), model, optimizer, ranks, b"k")


@pytest.mark.parametrize("kind, options", OPTIMIZERS, ids=lambda one: getattr(one, "__name__", ",".join(one) if isinstance(one, dict) else ""))
def test_an_honest_step_is_rounding(tmp_path, kind, options):
    answer = compared(tmp_path, kind, options)
    assert 0 < answer["own"] and answer["difference"] < 2e-6 * answer["own"]
    assert max(map(abs, struct.unpack("<4096f", base64.b64decode(answer["sketch"])))) < 2e-6


@pytest.mark.parametrize("kind, options", OPTIMIZERS[1:5:3])
def test_a_steered_step_is_not(tmp_path, kind, options):
    answer = compared(tmp_path, kind, options, lambda model: model.weight.grad.mul_(1.01))
    assert answer["difference"] > 1e-3 * answer["own"]
