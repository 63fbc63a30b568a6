"""What the adapters share: gathers a step from its parts, and records it; mistakes that hooks can see are errors. Knows no trainer.

A part is one forward and backward: of a step with gradient accumulation there are several. A forward with gradients outside a part, a step
of the optimizer too many or too few, a state that is not the recorded one: none of these is recorded.
"""

from collections.abc import Callable

import torch

from ..errors import WitnessError
from .own_draws import OwnDraws


class StepWatch:
    """`witness` is entered. Its hooks are on the model and on the optimizer until `end`."""

    def __init__(self, witness):
        self.witness = witness
        self._draws: OwnDraws | None = None
        self._is_inside = False
        self._clear()
        self._hooks = [witness.model.register_forward_pre_hook(self._before_forward), witness.optimizer.register_step_post_hook(self._after_step)]

    def _clear(self) -> None:
        self._parts: list[tuple[torch.Tensor, ...]] = []
        self._losses: list[torch.Tensor] = []
        self._rates: list[float] = []
        self._norm: torch.Tensor | None = None

    @property
    def parts(self) -> int:
        return len(self._parts)

    @property
    def has_begun(self) -> bool:
        return self._draws is not None

    def begin(self, after: int, steps: int) -> None:
        """Before the first step of this session: the trainer goes on after step `after`, of `steps` in all. Raises WitnessError."""
        witness = self.witness
        if steps != witness.planned_steps:
            raise WitnessError(f"the trainer is to train {steps} steps, the run has {witness.planned_steps}", witness.folder, "give both the same number")
        if after != witness.opened_at:
            raise WitnessError(f"the trainer goes on after step {after}, the run after step {witness.opened_at}", witness.folder, "Witness(.., after=..) takes the step of the trainer's checkpoint, 0 without one")
        self._draws = OwnDraws(witness.folder, after, witness.rank)
        with self._draws:
            if not witness.is_as_opened():
                raise WitnessError(f"model and optimizer are not in the state of step {after}", witness.folder, "nothing may change them after `with Witness(..)`; a checkpoint must be of this run; build() puts the model on its device")

    def part(self, batch: tuple, train: Callable[[], torch.Tensor], is_last: bool) -> torch.Tensor:
        """Runs a forward and backward, `train`, and gives the loss that it returns. The step's loss is the sum of its parts'."""
        if self._rates or self._norm is not None:
            raise WitnessError("a step was trained that was not recorded", "the trainer", "let the adapter see each step of the optimizer")
        copies = tuple(tensor.detach().to("cpu", copy=True) for tensor in batch)  # the trainer may change them
        self._is_inside = True
        try:
            with self._draws:
                loss = train()
        finally:
            self._is_inside = False
        self._parts.append(copies)
        self._losses.append(loss.detach().clone())
        if is_last:  # before clipping
            self._norm = torch.nn.utils.get_total_norm([parameter.grad for parameter in self.witness.model.parameters() if parameter.grad is not None])
        return loss

    def record(self, step: int) -> None:
        """After the one step of the optimizer that follows the last part. Raises WitnessError."""
        place = f"step {step}"
        if self._norm is None:
            raise WitnessError(f"the optimizer's step does not follow the last of the parts ({self.parts} were seen)", place, "train each part within the adapter")
        if len(self._rates) != 1:
            raise WitnessError(f"the optimizer took {len(self._rates)} steps", place, "one step of the optimizer is one step of the run; with a GradScaler, which skips some, use bfloat16")
        with self._draws:
            self.witness.record(step, batch=self._parts, loss=sum(loss.item() for loss in self._losses), grad_norm=self._norm, learning_rate=self._rates[0])
        self._clear()

    def end(self) -> None:
        for hook in self._hooks:
            hook.remove()

    def _before_forward(self, *_) -> None:
        if torch.is_grad_enabled() and not self._is_inside:
            raise WitnessError("the model was run with gradients outside a part that the adapter saw", "the trainer", "evaluate under torch.no_grad(), and let the adapter see each part")

    def _after_step(self, optimizer, *_) -> None:
        self._rates.append(float(optimizer.param_groups[0]["lr"]))
