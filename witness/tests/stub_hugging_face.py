"""A stub of Hugging Face's Trainer, written for tests: the documented events, arguments and order of version 5, around a real training with torch.

What matters to an adapter is as in the library: Accelerate's wrapper around the optimizer, batches drawn before they are trained on, a scheduler
that steps between on_optimizer_step and on_step_end, generators seeded by the Trainer and moved by data loaders and evaluation.
"""

from dataclasses import dataclass, field
from types import SimpleNamespace

import torch

EVENTS = ("on_init_end", "on_train_begin", "on_train_end", "on_epoch_begin", "on_epoch_end", "on_step_begin", "on_substep_end", "on_pre_optimizer_step",
          "on_optimizer_step", "on_step_end", "on_evaluate", "on_save", "on_log")  # fmt: skip


@dataclass
class TrainingArguments:
    max_steps: int
    gradient_accumulation_steps: int
    max_grad_norm: float
    output_dir: str
    save_steps: int = 5
    eval_steps: int = 2
    seed: int = 42


@dataclass
class TrainerState:
    max_steps: int
    global_step: int = 0
    log_history: list = field(default_factory=list)


class AcceleratedOptimizer(torch.optim.Optimizer):
    """Does not call its base's constructor, as the library's does not."""

    def __init__(self, optimizer, scaler):
        self.optimizer, self.scaler = optimizer, scaler
        self.optimizer.load_state_dict(self.optimizer.state_dict())

    state = property(lambda self: self.optimizer.state)
    param_groups = property(lambda self: self.optimizer.param_groups)
    defaults = property(lambda self: self.optimizer.defaults)

    def step(self, closure=None):
        self.optimizer.step(closure)

    def zero_grad(self, set_to_none=None):
        self.optimizer.zero_grad()


class Trainer:
    def __init__(self, model, args, train_dataset, optimizers, callbacks):
        torch.manual_seed(args.seed)
        self.model, self.args, self.train_dataset = model, args, train_dataset
        self.optimizer, self.lr_scheduler = optimizers
        self.callback_handler = SimpleNamespace(callbacks=list(callbacks))
        self.accelerator = SimpleNamespace(sync_gradients=True, scaler=None)
        self.control = SimpleNamespace(should_training_stop=False)
        self.state = TrainerState(args.max_steps)
        self._event("on_init_end")

    def _event(self, name, **more):
        assert name in EVENTS
        named = {"model": self.model, "processing_class": None, "optimizer": self.optimizer, "lr_scheduler": self.lr_scheduler, "train_dataloader": None, "eval_dataloader": None}
        for callback in self.callback_handler.callbacks:
            self.control = getattr(callback, name)(self.args, self.state, self.control, **named, **more) or self.control

    def train(self, resume_from_checkpoint=None):
        saved = torch.load(resume_from_checkpoint, weights_only=False) if resume_from_checkpoint else None
        self.optimizer = AcceleratedOptimizer(self.optimizer, self.accelerator.scaler)
        if saved:
            self.model.load_state_dict(saved["model"])
            self.optimizer.optimizer.load_state_dict(saved["optimizer"])
            self.lr_scheduler.load_state_dict(saved["scheduler"])
            self.state.global_step = saved["step"]
            torch.set_rng_state(saved["rng"])
        self.model.train()
        self.model.zero_grad()
        self._event("on_train_begin")
        batches = iter(torch.utils.data.DataLoader(self.train_dataset, batch_size=None))  # draws from PyTorch's own generator
        for _ in range(self.state.global_step * self.args.gradient_accumulation_steps):
            next(batches)
        while self.state.global_step < self.args.max_steps and not self.control.should_training_stop:
            self._update(batches)
        self._event("on_train_end")

    def _update(self, batches):
        samples = [next(batches) for _ in range(self.args.gradient_accumulation_steps)]
        items = sum(inputs["labels"].numel() for inputs in samples)
        for i, inputs in enumerate(samples):
            self.accelerator.sync_gradients = i == len(samples) - 1
            if i == 0:
                self._event("on_step_begin")
            self.training_step(self.model, inputs, items)
            if not self.accelerator.sync_gradients:
                self._event("on_substep_end")
        torch.nn.utils.clip_grad_norm_(self.model.parameters(), self.args.max_grad_norm)
        self._event("on_pre_optimizer_step")
        self.optimizer.step()
        self._event("on_optimizer_step")
        self.lr_scheduler.step()
        self.model.zero_grad()
        self.state.global_step += 1
        self._event("on_step_end")
        if self.state.global_step % self.args.eval_steps == 0:
            self.evaluate()
        if self.state.global_step % self.args.save_steps == 0:
            self._save()

    def training_step(self, model, inputs, num_items_in_batch=None):
        model.train()
        loss = self.compute_loss(model, inputs, num_items_in_batch=num_items_in_batch)
        loss.backward()
        return loss.detach()

    def compute_loss(self, model, inputs, return_outputs=False, num_items_in_batch=None):
        return model(**inputs, num_items_in_batch=num_items_in_batch)["loss"]

    def evaluate(self):
        self.model.eval()
        with torch.no_grad():
            self.model(torch.randint(8, (1, 4)))
        self._event("on_evaluate", metrics={})

    def _save(self):
        states = {"model": self.model.state_dict(), "optimizer": self.optimizer.optimizer.state_dict(), "scheduler": self.lr_scheduler.state_dict()}
        torch.save(states | {"step": self.state.global_step, "rng": torch.get_rng_state()}, f"{self.args.output_dir}/checkpoint-{self.state.global_step}")
        self._event("on_save")
