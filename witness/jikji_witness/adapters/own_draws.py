"""Random numbers of the training apart from all others: what a data loader or an evaluation draws does not move the training's generators.

Without it a state would depend on who drew between two steps, and an auditor, who trains without that, would come to other bits.
"""

import torch

from ..state_files import StateReader


class OwnDraws:
    """While it is entered, PyTorch's generators are the training's own; outside they go on as if those had never been used."""

    def __init__(self, folder, step: int, rank: int):
        """They begin as the recorded state of `step` has them."""
        state = StateReader(folder, step)
        self._own = {kind: state.read(f"rng.{kind}.{rank}") for kind in ("cpu", "cuda") if f"rng.{kind}.{rank}" in state.tensors}

    def __enter__(self) -> None:
        self._others = self._now()
        self._put(self._own)

    def __exit__(self, *_) -> None:
        self._own = self._now()
        self._put(self._others)

    def _now(self) -> dict[str, torch.Tensor]:
        return {kind: (torch.cuda if kind == "cuda" else torch).get_rng_state() for kind in self._own}

    def _put(self, states: dict[str, torch.Tensor]) -> None:
        for kind, state in states.items():
            (torch.cuda if kind == "cuda" else torch).set_rng_state(state)
