"""Runs of the stub trainers with their adapters, for tests: each draws random numbers around the training, as trainers do."""

import causal
import stub_hugging_face
import stub_torchtitan
import torch
from causal import RECIPE, witness_of
from helpers import lines_of, root_from_files

from jikji_witness.adapters.hugging_face import WitnessCallback, WitnessTraining
from jikji_witness.adapters.torchtitan import witnessed


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


def train_torchtitan(spoil=lambda trainer: None, checkpoint=None, **witness_options):
    model, optimizer = causal.build(RECIPE, 7)
    with witness_of("run", model, optimizer, **witness_options) as witness:
        torch.rand(3)
        scheduler = torch.optim.lr_scheduler.LambdaLR(optimizer, lambda done: causal.factor(RECIPE, done))
        trainer = stub_torchtitan.Trainer(model, optimizer, scheduler, Parts(lambda inputs, labels: ({"input": inputs}, labels)), RECIPE)
        with witnessed(trainer, witness):
            spoil(trainer)
            trainer.train(checkpoint)


def same(run, other):
    """All of the transcript, byte for byte, and all states."""
    assert (run / "transcript.jsonl").read_bytes() == (other / "transcript.jsonl").read_bytes()
    names = {folder.name for folder in (run / "states").iterdir()}
    assert names == {folder.name for folder in (other / "states").iterdir()}
    for name in names:
        assert root_from_files(run / "states" / name) == root_from_files(other / "states" / name)
    assert (run / "seal.json").exists() and [line["step"] for line in lines_of(run)] == list(range(1, 13))
