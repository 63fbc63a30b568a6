"""Hugging Face's Trainer, by a callback for the events and a mixin for the batches, which callbacks do not get. Imports no transformers.

    class WitnessedTrainer(WitnessTraining, Trainer):
        pass

    model, optimizer = build(recipe, seed=7)
    with Witness("runs/mine", model, optimizer, recipe=recipe, seed=7, steps=args.max_steps, code=[..], data=[..]) as witness:
        trainer = WitnessedTrainer(model, args, optimizers=(optimizer, scheduler), callbacks=[WitnessCallback(witness)], ..)
        trainer.train()

Tried against stubs of the documented interface, not against the library itself; not tried on a GPU.
"""

from collections.abc import Callable, Mapping
from typing import Any

import torch

from ..errors import WitnessError
from ..run_folder import note
from ..witness import Witness
from .step_watch import StepWatch


class WitnessCallback:
    """The events of a TrainerCallback. `witness` is entered, with the very model and optimizer that the Trainer gets."""

    def __init__(self, witness: Witness) -> None:
        self.watch = StepWatch(witness)
        self._has_warned = False

    def on_train_begin(self, args: Any, state: Any, control: Any, model: Any = None, optimizer: Any = None, **_: Any) -> None:
        """The Trainer has put its own checkpoint back, if it goes on from one."""
        witness = self.watch.witness
        # Accelerate wraps the optimizer, and the model elsewhere.
        if model is not witness.model or getattr(optimizer, "optimizer", optimizer) is not witness.optimizer:
            raise WitnessError("trains another model or optimizer than the witness has", "the Trainer", "give it model=.. and optimizers=(optimizer, scheduler); FSDP and DeepSpeed, which put others in their place, are not supported")
        self.watch.begin(state.global_step, state.max_steps)

    def on_step_end(self, args: Any, state: Any, control: Any, **_: Any) -> None:
        """After the optimizer's step and the scheduler's; the rate that counts was noted between them."""
        self.watch.record(state.global_step)

    def on_save(self, args: Any, state: Any, control: Any, **_: Any) -> None:
        if not self._has_warned and not self.watch.witness.has_state(state.global_step):
            self._has_warned = True
            note(f"the run keeps no state of step {state.global_step}: training cannot go on from this checkpoint. Let save_steps be a multiple of keep_every.")

    def on_train_end(self, args: Any, state: Any, control: Any, **_: Any) -> None:
        self.watch.end()

    def __getattr__(self, name: str) -> Callable[..., None]:
        if name.startswith("on_"):
            return lambda *_, **__: None  # all other events, also those of later versions
        raise AttributeError(name)


class WitnessTraining:
    """Before Trainer among the bases: shows each part of a batch to the WitnessCallback."""

    def training_step(self, model: torch.nn.Module, inputs: Any, *rest: Any, **named: Any) -> torch.Tensor:
        callback = next((one for one in self.callback_handler.callbacks if isinstance(one, WitnessCallback)), None)
        if callback is None or not callback.watch.has_begun:
            raise WitnessError("has no WitnessCallback, or trains before on_train_begin", "the Trainer", "callbacks=[WitnessCallback(witness)]")
        if self.accelerator.scaler is not None:
            raise WitnessError("scales the loss, and the scale is in no state", "the Trainer", "use bf16, not fp16")
        train = super().training_step
        return callback.watch.part(batch_of(inputs), lambda: train(model, inputs, *rest, **named), self.accelerator.sync_gradients)


def batch_of(inputs: Any) -> tuple[torch.Tensor, ...]:
    """The tensors of a part in the order of their names: `batch` of the training code gives them so. Raises WitnessError."""
    if not isinstance(inputs, Mapping) or not all(isinstance(value, torch.Tensor) for value in inputs.values()):
        raise WitnessError("is not a mapping from names to tensors", "the batch", "collate to tensors alone; remove other columns")
    return tuple(inputs[name] for name in sorted(inputs))
