"""A stub of torchtitan's Trainer, written for tests: its container of optimizers, its train_step and the order in it, around a real training with torch.

As in torchtitan: all parts of a step are fetched first, the number of their tokens scales each loss, and the container runs the hooks that
are registered on it after its optimizers' steps.
"""

from types import SimpleNamespace

import torch
from causal import sum_of_losses


class OptimizersContainer(torch.optim.Optimizer):
    def __init__(self, optimizers, parameters):
        self.optimizers = optimizers
        torch.optim.Optimizer.__init__(self, parameters, {})

    def step(self, closure=None):
        for optimizer in self.optimizers:
            optimizer.step()

    def zero_grad(self, set_to_none=True):
        for optimizer in self.optimizers:
            optimizer.zero_grad(set_to_none=set_to_none)


class Trainer:
    def __init__(self, model, optimizer, scheduler, dataloader, training):
        self.config = SimpleNamespace(training=SimpleNamespace(steps=training["steps"], max_norm=training["clip"]))
        self.model_parts, self.dataloader = [model], dataloader
        self.optimizers = OptimizersContainer([optimizer], [*model.parameters()])
        self.lr_schedulers = scheduler
        self.gradient_accumulation_steps = training["parts"]
        self.step = 0

    def forward_backward_step(self, *, input_dict, labels, global_valid_tokens):
        loss = sum_of_losses(self.model_parts[0](input_dict["input"]), labels) / global_valid_tokens
        loss.backward()
        return loss

    def train_step(self, data_iterator):
        self.optimizers.zero_grad()
        parts = [next(data_iterator) for _ in range(self.gradient_accumulation_steps)]
        tokens = sum(labels.numel() for _, labels in parts)
        for input_dict, labels in parts:
            self.forward_backward_step(input_dict=input_dict, labels=labels, global_valid_tokens=torch.tensor(tokens))
        torch.nn.utils.clip_grad_norm_(self.model_parts[0].parameters(), self.config.training.max_norm, foreach=True)
        self.optimizers.step()
        self.lr_schedulers.step()

    def validate(self):
        with torch.no_grad():
            self.model_parts[0](torch.randint(8, (1, 4)))

    def save(self):
        states = {"model": self.model_parts[0].state_dict(), "optimizer": self.optimizers.optimizers[0].state_dict(), "scheduler": self.lr_schedulers.state_dict()}
        torch.save(states | {"step": self.step}, f"step-{self.step}")

    def load(self, path):
        saved = torch.load(path, weights_only=False)
        self.model_parts[0].load_state_dict(saved["model"])
        self.optimizers.optimizers[0].load_state_dict(saved["optimizer"])
        self.lr_schedulers.load_state_dict(saved["scheduler"])
        self.step = saved["step"]

    def train(self, checkpoint=None):
        if checkpoint:
            self.load(checkpoint)
        data_iterator = iter(torch.utils.data.DataLoader(self.dataloader, batch_size=None))
        for _ in range(self.step * self.gradient_accumulation_steps):
            next(data_iterator)
        while self.step < self.config.training.steps:
            self.step += 1
            self.train_step(data_iterator)
            self.save()
            self.validate()
