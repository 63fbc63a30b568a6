"""The gradient that enters the optimizer's first moments in a step, against the one that follows from the moments of the states around it."""

import base64
import hashlib
import struct

import torch

from .errors import WitnessError
from .ranks import Ranks
from .state import held_by, named_parameters
from .state_files import StateReader

PLACES = 4096
CHUNK = 1 << 20
# Optimizers that add the decayed weight to the gradient, unless their group says that it is decoupled. (AdamW may be an Adam.)
COUPLED = (torch.optim.Adam, torch.optim.NAdam, torch.optim.RAdam, torch.optim.Adamax)


class CaughtGradients:
    """While it is entered, keeps of each parameter what enters the first moments, as the optimizer's step begins: the gradient, clipped, of
    all parts and ranks; negated where the optimizer maximizes; with the weight's decay where that is not apart from the gradient."""

    def __init__(self, model, optimizer):
        self._parameters, self._optimizer = named_parameters(model), optimizer
        self.gradients: dict[str, torch.Tensor] = {}

    def __enter__(self) -> "CaughtGradients":
        self._handle = self._optimizer.register_step_pre_hook(self._keep)
        return self

    @torch.no_grad()
    def _keep(self, *_):
        groups = {id(parameter): group for group in self._optimizer.param_groups for parameter in group["params"]}
        for name, parameter in self._parameters.items():
            if parameter.grad is not None:
                self.gradients[name] = self._entering(parameter, groups.get(id(parameter), {})).cpu().clone()

    def _entering(self, parameter, group: dict) -> torch.Tensor:
        gradient = -parameter.grad if group.get("maximize") else parameter.grad.detach()
        decay = group.get("weight_decay", 0)
        is_coupled = isinstance(self._optimizer, COUPLED) and not isinstance(self._optimizer, torch.optim.AdamW) and not group.get("decoupled_weight_decay")
        return gradient.add(parameter, alpha=float(decay)) if is_coupled and decay else gradient

    def __exit__(self, *_) -> None:
        self._handle.remove()


def compare_gradients(caught, before: StateReader | None, after: StateReader, model, optimizer, ranks: Ranks, key: bytes) -> dict:
    """The answer of `gradient`. `before` is None where the moments before are zero: at S_0. Raises WitnessError."""
    betas = {id(parameter): group.get("betas") for group in optimizer.param_groups for parameter in group["params"]}
    parameters = named_parameters(model)
    tensors, total_sketch = [], torch.zeros(PLACES, dtype=torch.float64)
    for held in held_by(model, optimizer, ranks.rank):
        parameter = parameters.get(held.name)
        name = f"optimizer.exp_avg.{held.name}"
        if parameter is None or held.name not in caught:
            continue
        if betas.get(id(parameter)) is None or name not in after.tensors:
            raise WitnessError("the optimizer has no first moments exp_avg with betas: its gradient does not follow from states", held.name)
        if held.first is None and ranks.rank > 0:
            continue  # rank 0 has it as well
        b1, own = betas[id(parameter)][0], caught[held.name].flatten()
        moment = after.read(name, held.first or 0, held.count)
        earlier = before.read(name, held.first or 0, held.count) if before and name in before.tensors else torch.zeros_like(moment)
        squares = [0.0, 0.0]
        for at in range(0, held.count, CHUNK):
            part = slice(at, at + CHUNK)
            g = own[part].double()
            difference = g - (moment[part].double() - b1 * earlier[part].double()) / (1 - b1)
            squares[0] += g.square().sum().item()
            squares[1] += difference.square().sum().item()
            add_to_sketch(total_sketch, difference, key, held.name, (held.first or 0) + at)
        tensors.append((held.name, *squares))
    gathered = ranks.gather((tensors, total_sketch))
    return _answer([entry for part, _ in gathered for entry in part], sum(sketch for _, sketch in gathered))


def _answer(tensors: list[tuple], sketch: torch.Tensor) -> dict:
    by_name: dict[str, list[float]] = {}
    for name, own, difference in tensors:
        sums = by_name.setdefault(name, [0.0, 0.0])
        sums[0] += own
        sums[1] += difference
    own, difference = (sum(sums[i] for sums in by_name.values()) ** 0.5 for i in (0, 1))
    scaled = (sketch / own if own > 0 else sketch).float()
    return {
        "tensors": [{"name": name, "own": sums[0] ** 0.5, "difference": sums[1] ** 0.5} for name, sums in by_name.items()],
        "own": own,
        "difference": difference,
        "sketch": base64.b64encode(struct.pack(f"<{PLACES}f", *scaled.tolist())).decode(),
    }


def add_to_sketch(sketch: torch.Tensor, values: torch.Tensor, key: bytes, name: str, first: int) -> None:
    """Adds each value to one place, or takes it away there, as splitmix64 of its number says."""
    k = int.from_bytes(hashlib.sha256(key + name.encode()).digest()[:8], "little")
    z = splitmix64(torch.arange(first, first + len(values)) + _signed(k))
    sketch.index_add_(0, z & (PLACES - 1), torch.where(z < 0, -values, values))


def splitmix64(x: torch.Tensor) -> torch.Tensor:
    """Of each 64-bit number, as two's complement."""
    z = x + _signed(0x9E3779B97F4A7C15)
    z = (z ^ _shifted(z, 30)) * _signed(0xBF58476D1CE4E5B9)
    z = (z ^ _shifted(z, 27)) * _signed(0x94D049BB133111EB)
    return z ^ _shifted(z, 31)


def _signed(x: int) -> int:
    return x - (1 << 64) if x & (1 << 63) else x


def _shifted(z: torch.Tensor, n: int) -> torch.Tensor:
    """To the right, with zeros from the left."""
    return (z >> n) & ((1 << (64 - n)) - 1)
