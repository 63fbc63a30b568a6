"""Mistakes of trainers, and of those who use the adapters: each is an error, and nothing of that step is recorded."""

import causal
import pytest
import stub_hugging_face
import stub_torchtitan
import torch
from adapter_runs import HuggingFace, train_torchtitan
from causal import RECIPE, witness_of
from helpers import lines_of

from jikji_witness import WitnessError
from jikji_witness.adapters.torchtitan import witnessed


@pytest.fixture(autouse=True)
def place(monkeypatch, tmp_path):
    monkeypatch.chdir(tmp_path)
    torch.set_num_threads(1)
    return tmp_path


def skips_a_part(trainer):
    """Trains the second part of each step without its training_step, as a trainer of one's own may."""
    honest, seen = trainer.training_step, []

    def training_step(model, inputs, items):
        seen.append(1)
        return honest(model, inputs, items) if len(seen) % 3 != 2 else stub_hugging_face.Trainer.training_step(trainer, model, inputs, items)

    trainer.training_step = training_step


def forgets_a_part(trainer):
    """Does not train on the last part at all."""
    honest = trainer.training_step
    trainer.training_step = lambda model, inputs, items: None if trainer.accelerator.sync_gradients else honest(model, inputs, items)


def steps_twice(trainer):
    trainer.optimizer.step = lambda closure=None, step=trainer.optimizer.step: (step(), step())


def skips_a_step(trainer):
    trainer.optimizer.step = lambda closure=None: None


def misses_an_event(trainer):
    (callback,) = trainer.callback_handler.callbacks
    callback.on_step_end = lambda *_, **__: None


def repeats_an_event(trainer):
    (callback,) = trainer.callback_handler.callbacks
    honest = callback.on_step_end
    callback.on_step_end = lambda *rest, **named: (honest(*rest, **named), honest(*rest, **named))[0]


def evaluates_with_gradients(trainer):
    trainer.evaluate = lambda: trainer.model(torch.zeros(1, 4, dtype=torch.int64))


def changes_the_weights(trainer):
    with torch.no_grad():
        trainer.model.head.weight.mul_(1.001)


def scales_the_loss(trainer):
    trainer.accelerator.scaler = object()


def trains_longer(trainer):
    trainer.args.max_steps = trainer.state.max_steps = 13


def replaces_the_model(trainer):
    trainer.model, _ = causal.build(RECIPE, 7)


def draws_text(trainer):
    honest = trainer.training_step
    trainer.training_step = lambda model, inputs, items: honest(model, inputs | {"text": ["a"]}, items)


@pytest.mark.filterwarnings("ignore:Seems like")
@pytest.mark.parametrize("spoil, message, recorded", [
    (skips_a_part, "run with gradients outside a part", 0),
    (forgets_a_part, r"step 1: the optimizer's step does not follow the last of the parts \(2 were seen\)", 0),
    (steps_twice, "step 1: the optimizer took 2 steps", 0),
    (skips_a_step, "step 1: the optimizer took 0 steps.*GradScaler", 0),
    (misses_an_event, "a step was trained that was not recorded", 0),
    (repeats_an_event, "does not follow the last of the parts .0 were seen", 1),
    (evaluates_with_gradients, "run with gradients outside a part", 2),
    (changes_the_weights, "not in the state of step 0", 0),
    (scales_the_loss, "use bf16, not fp16", 0),
    (trains_longer, "to train 13 steps, the run has 12", 0),
    (replaces_the_model, "trains another model or optimizer", 0),
    (draws_text, "not a mapping from names to tensors", 0),
])  # fmt: skip
def test_mistakes_of_a_hugging_face_trainer(place, spoil, message, recorded):
    with pytest.raises(WitnessError, match=message):
        HuggingFace().train(spoil=spoil)
    assert len(lines_of(place / "run")) == recorded and not (place / "run/seal.json").exists()


def test_a_callback_without_the_mixin_and_a_mixin_without_the_callback(place):
    with pytest.raises(WitnessError, match="run with gradients outside a part"):
        HuggingFace(stub_hugging_face.Trainer).train()
    run = HuggingFace()
    run.callbacks = lambda _: []
    with pytest.raises(WitnessError, match="has no WitnessCallback"):
        run.train()


def calls_the_optimizer_twice(trainer):
    trainer.optimizers.step = lambda step=trainer.optimizers.step: (step(), step())


def calls_one_of_them_twice(trainer):
    trainer.optimizers.optimizers[0].register_step_post_hook(lambda optimizer, *_: None if optimizer.again else (setattr(optimizer, "again", True), optimizer.step()))
    trainer.optimizers.optimizers[0].again = False


def goes_around_the_wrapper(trainer):
    trainer.forward_backward_step = lambda **named: stub_torchtitan.Trainer.forward_backward_step(trainer, **named)


def accumulates_more(trainer):
    trainer.gradient_accumulation_steps += 1
    trainer.forward_backward_step = lambda honest=trainer.forward_backward_step, **named: (setattr(trainer, "gradient_accumulation_steps", 3), honest(**named))[1]


def starts_later(trainer):
    trainer.step = 4


@pytest.mark.parametrize("spoil, message, recorded", [
    (calls_the_optimizer_twice, "step 1: the optimizer's step does not follow the last of the parts", 1),
    (calls_one_of_them_twice, "step 1: the optimizer took 2 steps", 0),
    (goes_around_the_wrapper, "run with gradients outside a part", 0),
    (accumulates_more, "a step was trained that was not recorded", 0),
    (starts_later, "goes on after step 4, the run after step 0", 0),
    (lambda trainer: trainer.model_parts[0].head.weight.data.mul_(2), "not in the state of step 0", 0),
])  # fmt: skip
def test_mistakes_of_a_torchtitan_trainer(place, spoil, message, recorded):
    with pytest.raises(WitnessError, match=message):
        train_torchtitan(spoil)
    assert len(lines_of(place / "run")) == recorded and not (place / "run/seal.json").exists()


@pytest.mark.parametrize("spoil", [lambda trainer, optimizer: trainer.optimizers.optimizers.append(optimizer), lambda trainer, _: trainer.model_parts.append(trainer.model_parts[0])])
def test_several_parts_of_torchtitan_are_refused(place, spoil):
    model, optimizer = causal.build(RECIPE, 7)
    trainer = stub_torchtitan.Trainer(model, optimizer, None, None, RECIPE)
    spoil(trainer, optimizer)
    with witness_of("run", model, optimizer) as witness, pytest.raises(WitnessError, match="takes one model part and one optimizer"), witnessed(trainer, witness):
        pass
