"""The adapters, against stubs of the trainers' documented interfaces: the same evidence as the plain loop's, also after a stop."""

import os
import types

import causal
import pytest
import stub_hugging_face
import torch
from adapter_runs import HuggingFace, same, train_torchtitan
from helpers import lines_of, replay

from jikji_witness import WitnessError
from jikji_witness.adapters.own_draws import OwnDraws
from jikji_witness.state_files import StateReader


@pytest.fixture(scope="module")
def plain(tmp_path_factory):
    """The run of the plain loop, with the key that signed it."""
    place = tmp_path_factory.mktemp("plain")
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("XDG_CONFIG_HOME", str(place / "config"))
        patch.setattr(os, "fsync", lambda _: None)
        patch.chdir(place)
        torch.set_num_threads(1)
        causal.plain_loop(place / "run")
    return place


@pytest.fixture
def place(plain, own_keys, monkeypatch, tmp_path):
    monkeypatch.setenv("XDG_CONFIG_HOME", str(plain / "config"))
    monkeypatch.chdir(tmp_path)
    torch.set_num_threads(1)
    return tmp_path


def test_hugging_face_leaves_what_the_plain_loop_leaves(place, plain):
    HuggingFace().train()
    same(place / "run", plain / "run")
    (again,) = replay(place / "run", place, [{"do": "train", "from": 5, "to": 12}], code=causal.__file__)
    assert [line.get("stateRoot") for line in again[:-1]] == [line.get("stateRoot") for line in lines_of(place / "run")[5:]]


def test_torchtitan_leaves_what_the_plain_loop_leaves(place, plain):
    train_torchtitan()
    same(place / "run", plain / "run")


def test_the_comparison_can_fail(place, plain):
    run = HuggingFace()
    run.args.max_grad_norm = 0.4
    run.train()
    assert (place / "run/transcript.jsonl").read_bytes() != (plain / "run/transcript.jsonl").read_bytes()


def fails(step, name):
    def act(trainer):
        def event(args, state, control, **_):
            if state.global_step == step:
                raise KeyboardInterrupt

        callback = types.SimpleNamespace(**{other: lambda *_, **__: None for other in stub_hugging_face.EVENTS})
        setattr(callback, name, event)
        trainer.callback_handler.callbacks.append(callback)

    return act


@pytest.mark.parametrize("step, name", [(7, "on_step_end"), (8, "on_substep_end"), (10, "on_save"), (9, "on_optimizer_step")])
def test_stopped_and_gone_on_from_a_checkpoint(place, plain, step, name):
    with pytest.raises(KeyboardInterrupt):
        HuggingFace().train(spoil=fails(step, name))
    last = max(int(path.name[11:]) for path in place.glob("checkpoint-*"))
    HuggingFace(after=last).train(f"checkpoint-{last}")
    same(place / "run", plain / "run")


def test_torchtitan_stopped_and_gone_on_from_a_checkpoint(place, plain):
    def stops(trainer):
        def validate():
            if trainer.step == 7:
                raise KeyboardInterrupt

        trainer.validate = validate

    with pytest.raises(KeyboardInterrupt):
        train_torchtitan(stops)
    train_torchtitan(checkpoint="step-5", after=5)
    same(place / "run", plain / "run")
    with pytest.raises(WitnessError, match="is sealed"):
        train_torchtitan(checkpoint="step-7", after=5)


def test_stopped_and_begun_again(place, plain):
    with pytest.raises(KeyboardInterrupt):
        HuggingFace().train(spoil=fails(3, "on_step_end"))
    HuggingFace(after=0).train()
    same(place / "run", plain / "run")


def test_a_checkpoint_that_does_not_fit(place):
    with pytest.raises(KeyboardInterrupt):
        HuggingFace().train(spoil=fails(10, "on_save"))
    with pytest.raises(WitnessError, match="trainer goes on after step 5, the run after step 10"):
        HuggingFace(after=10).train("checkpoint-5")
    states = {int(path.name[5:]) for path in (place / "run/states").iterdir()}
    none = next(step for step in range(2, 10) if step not in states)  # the maker's key, which is new, draws the pairs
    with pytest.raises(WitnessError, match=rf"has no state of step {none}, but of \[0, 1, "):
        HuggingFace(after=none).train()
    saved = torch.load("checkpoint-10", weights_only=False)
    saved["model"]["head.weight"][0, 0] += 1e-6
    torch.save(saved, "other")
    with pytest.raises(WitnessError, match="not in the state of step 10"):
        HuggingFace(after=10).train("other")
    lines = lines_of(place / "run")
    assert len(lines) == 10


def test_a_batch_that_the_loss_takes_apart(place, plain):
    """compute_loss may take labels out of the inputs, or write into them: what is recorded is what training_step was given."""

    class Trainer(HuggingFace.Trainer):
        def compute_loss(self, model, inputs, return_outputs=False, num_items_in_batch=None):
            labels = inputs.pop("labels")
            loss = causal.sum_of_losses(model(inputs["input_ids"]), labels) / num_items_in_batch
            inputs["input_ids"] = labels  # and then something else
            labels.data = torch.zeros_like(labels)
            return loss

    HuggingFace(Trainer).train()
    same(place / "run", plain / "run")


def test_a_checkpoint_without_a_state_is_warned_of(place, capfd):
    run = HuggingFace(pair_every=0)  # pairs are drawn, and may lie at all the checkpoints
    run.args.save_steps = 3
    run.train()
    assert capfd.readouterr().err.count("keeps no state of step") == 1


def test_a_trainer_that_stops_early_leaves_no_seal(place, plain):
    def stop(trainer):
        trainer.callback_handler.callbacks.append(types.SimpleNamespace(**{name: lambda *_, **__: None for name in stub_hugging_face.EVENTS} | {"on_save": leave}))

    def leave(args, state, control, **_):
        control.should_training_stop = True

    HuggingFace().train(spoil=stop)
    assert len(lines_of(place / "run")) == 5 and not (place / "run/seal.json").exists()
    HuggingFace(after=5).train("checkpoint-5")
    same(place / "run", plain / "run")
    with pytest.raises(WitnessError, match="is sealed: nothing more is trained in it"):
        HuggingFace(after=5).train("checkpoint-5")


def test_a_training_that_diverges(place):
    class Trainer(HuggingFace.Trainer):
        def compute_loss(self, *rest, **named):
            return super().compute_loss(*rest, **named) * (float("nan") if self.state.global_step == 3 else 1)

    with pytest.raises(WitnessError, match="step 4: the loss is nan"):
        HuggingFace(Trainer).train()
    assert len(lines_of(place / "run")) == 3


def test_draws_outside_the_training_go_on(plain):
    """An order of data that is drawn outside must not repeat, as it would if the training's generators were put in their place."""
    draws = OwnDraws(plain / "run", 5, 0)
    torch.manual_seed(3)
    wanted = torch.rand(4)
    torch.manual_seed(3)
    outside = []
    inside = []
    for _ in range(4):
        outside.append(torch.rand(1))
        with draws:
            inside.append(torch.rand(1))
    assert torch.equal(torch.cat(outside), wanted)
    torch.set_rng_state(StateReader(plain / "run", 5).read("rng.cpu.0"))
    assert torch.equal(torch.cat(inside), torch.rand(4))


def test_no_trainer_is_imported():
    import subprocess
    import sys

    from helpers import environment

    code = "import sys, jikji_witness.adapters.hugging_face, jikji_witness.adapters.torchtitan; assert not {'transformers', 'torchtitan', 'accelerate'} & {*sys.modules}"
    subprocess.run([sys.executable, "-c", code], check=True, env=environment())
