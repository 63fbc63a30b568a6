"""torchtitan's Trainer, by a hook after its optimizers' step and a wrapper around forward_backward_step. Imports no torchtitan.

    trainer = config.build()
    with Witness("runs/mine", trainer.model_parts[0], trainer.optimizers.optimizers[0], recipe=.., seed=.., steps=config.training.steps,
                 code=[..], data=[..]) as witness, witnessed(trainer, witness):
        trainer.train()

One process, one model part, one optimizer; not the FSDP2 that torchtitan's own models come in, whose tensors Witness refuses.
Tried against stubs of the documented interface, not against the library itself; not tried on a GPU.
"""

import contextlib
from collections.abc import Iterator, Mapping
from typing import Any

import torch

from ..errors import WitnessError
from ..witness import Witness
from .step_watch import StepWatch


@contextlib.contextmanager
def witnessed(trainer: Any, witness: Witness) -> Iterator[None]:
    """While it is entered, each step of `trainer.train()` is recorded. Raises WitnessError."""
    if [*trainer.model_parts] != [witness.model] or [*trainer.optimizers.optimizers] != [witness.optimizer]:
        raise WitnessError("has other model parts or optimizers than the witness, or several", "the Trainer", "this adapter takes one model part and one optimizer")
    watch, train = StepWatch(witness), trainer.forward_backward_step

    def forward_backward_step(*, input_dict, labels, global_valid_tokens):
        if not watch.has_begun:  # train() has put its checkpoint back by now
            watch.begin(trainer.step - 1, trainer.config.training.steps)
        is_last = watch.parts + 1 == trainer.gradient_accumulation_steps
        return watch.part(
            batch_of(input_dict, labels), lambda: train(input_dict=input_dict, labels=labels, global_valid_tokens=global_valid_tokens), is_last
        )  # fmt: skip

    hook = trainer.optimizers.register_step_post_hook(lambda *_: watch.record(trainer.step))
    trainer.forward_backward_step = forward_backward_step
    try:
        yield
    finally:
        del trainer.forward_backward_step
        hook.remove()
        watch.end()


def batch_of(input_dict: Mapping[str, Any], labels: Any) -> tuple[torch.Tensor, ...]:
    """The inputs in the order of their names, then the labels: `batch` of the training code gives them so. Raises WitnessError."""
    values = [*(input_dict[name] for name in sorted(input_dict)), labels]
    if not all(isinstance(value, torch.Tensor) for value in values):
        raise WitnessError("holds something else than tensors", "the batch", "pipeline parallel is not supported")
    return tuple(values)
