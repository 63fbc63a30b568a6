"""Talk between ranks, over a gloo group of its own: with one process there is none. Knows nothing of what is said."""

import os

import torch
import torch.distributed as dist

from .errors import WitnessError


class Ranks:
    """`gather` and `first` are collective: every rank calls them in the same order, from one thread."""

    def __init__(self):
        self.rank, self.size, self._group = 0, 1, None
        if dist.is_available() and dist.is_initialized() and dist.get_world_size() > 1:
            self.rank, self.size = dist.get_rank(), dist.get_world_size()
            # Debian's gloo has no libuv; a group for this alone does not mix with what the training says.
            os.environ.setdefault("USE_LIBUV", "0")
            self._group = dist.new_group(backend="gloo")

    def gather(self, value: object) -> list:
        """Every rank's value, on every rank."""
        if self.size == 1:
            return [value]
        values: list = [None] * self.size
        dist.all_gather_object(values, value, group=self._group)
        return values

    def first(self, act):
        """What `act` gives on rank 0, on every rank; its WitnessError too."""
        if self.size == 1:
            return act()
        answer = [None, None]
        if self.rank == 0:
            try:
                answer[0] = act()
            except WitnessError as error:
                answer[1] = str(error)
        dist.broadcast_object_list(answer, src=0, group=self._group)
        if answer[1] is not None:
            raise WitnessError(answer[1])
        return answer[0]


def parallel_of(model: torch.nn.Module, size: int) -> str:
    """How the ranks share the work, as environment.json names it."""
    if isinstance(model, torch.nn.parallel.DistributedDataParallel):
        return "ddp"
    if dist.is_available():
        from torch.distributed.fsdp import FullyShardedDataParallel

        if FullyShardedDataParallel.fsdp_modules(model):
            return "fsdp1"
    if any(type(parameter.data).__name__ == "DTensor" for parameter in model.parameters()):
        return "fsdp2"
    return "other" if size > 1 else "none"
