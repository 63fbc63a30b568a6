"""The adapters, against stubs of the trainers' documented interfaces: the same evidence as the plain loop's, and mistakes that are seen."""

import os
import types

import causal
import pytest
import stub_hugging_face
import stub_torchtitan
import torch
from causal import RECIPE, witness_of
from helpers import lines_of, replay, root_from_files

from jikji_witness import WitnessError
from jikji_witness.adapters.hugging_face import WitnessCallback, WitnessTraining
from jikji_witness.adapters.torchtitan import witnessed


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


class Parts(torch.utils.data.IterableDataset):
    """The parts of all steps, as the training code gives them, in the form that a trainer wants."""

    def __init__(self, form):
        self.form = form

    def __iter__(self):
        return (self.form(*part) for step in range(1, RECIPE["steps"] + 1) for part in causal.batch(RECIPE, step))


class HuggingFace:
    """A run of the stub; a test spoils what it is about before `train`. It draws a lot around the training, as trainers do."""

    class Trainer(WitnessTraining, stub_hugging_face.Trainer):
        pass

    def __init__(self, trainer=Trainer, **witness_options):
        self.model, self.optimizer = causal.build(RECIPE, 7)
        self.witness = witness_of("run", self.model, self.optimizer, **witness_options)
        self.trainer_class = trainer
        self.args = stub_hugging_face.TrainingArguments(RECIPE["steps"], RECIPE["parts"], RECIPE["clip"], ".")
        self.callbacks = lambda witness: [WitnessCallback(witness)]

    def train(self, checkpoint=None, spoil=lambda trainer: None):
        with self.witness as witness:
            torch.rand(3)
            scheduler = torch.optim.lr_scheduler.LambdaLR(self.optimizer, lambda done: causal.factor(RECIPE, done))
            data = Parts(lambda input_ids, labels: {"labels": labels, "input_ids": input_ids})
            trainer = self.trainer_class(self.model, self.args, data, (self.optimizer, scheduler), self.callbacks(witness))
            spoil(trainer)
            trainer.train(resume_from_checkpoint=checkpoint)


def train_torchtitan(spoil=lambda trainer: None):
    model, optimizer = causal.build(RECIPE, 7)
    with witness_of("run", model, optimizer) as witness:
        torch.rand(3)
        scheduler = torch.optim.lr_scheduler.LambdaLR(optimizer, lambda done: causal.factor(RECIPE, done))
        trainer = stub_torchtitan.Trainer(model, optimizer, scheduler, Parts(lambda inputs, labels: ({"input": inputs}, labels)), RECIPE)
        with witnessed(trainer, witness):
            spoil(trainer)
            trainer.train()


def same(run, other):
    """All of the transcript, byte for byte, and all states."""
    assert (run / "transcript.jsonl").read_bytes() == (other / "transcript.jsonl").read_bytes()
    names = {folder.name for folder in (run / "states").iterdir()}
    assert names == {folder.name for folder in (other / "states").iterdir()}
    for name in names:
        assert root_from_files(run / "states" / name) == root_from_files(other / "states" / name)
    assert (run / "seal.json").exists() and [line["step"] for line in lines_of(run)] == list(range(1, 13))


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
    with pytest.raises(WitnessError, match=r"has no state of step 9, but of \[0, 1, "):
        HuggingFace(after=9).train()
    saved = torch.load("checkpoint-10", weights_only=False)
    saved["model"]["head.weight"][0, 0] += 1e-6
    torch.save(saved, "other")
    with pytest.raises(WitnessError, match="not in the state of step 10"):
        HuggingFace(after=10).train("other")
    lines = lines_of(place / "run")
    assert len(lines) == 10


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
    run = HuggingFace()
    run.args.save_steps = 3
    run.train()
    assert capfd.readouterr().err.count("keeps no state of step") == 1


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


def test_several_optimizers_of_torchtitan_are_refused(place):
    model, optimizer = causal.build(RECIPE, 7)
    trainer = stub_torchtitan.Trainer(model, optimizer, None, None, RECIPE)
    trainer.optimizers.optimizers.append(optimizer)
    with witness_of("run", model, optimizer) as witness, pytest.raises(WitnessError, match="takes one model part and one optimizer"), witnessed(trainer, witness):
        pass


def test_no_trainer_is_imported():
    import subprocess
    import sys

    from helpers import environment

    code = "import sys, jikji_witness.adapters.hugging_face, jikji_witness.adapters.torchtitan; assert not {'transformers', 'torchtitan', 'accelerate'} & {*sys.modules}"
    subprocess.run([sys.executable, "-c", code], check=True, env=environment())
