"""Talk between ranks, over a gloo group of its own: with one process there is none. Knows nothing of what is said."""

import os
import pickle

import torch
import torch.distributed as dist

from .errors import WitnessError


# Gloo's own threads drop the tensors of a talk a moment after it. Were these threads the last to hold them, they would wait for Python's
# lock while the group is ended (which then never ends) or while Python ends (which then aborts): so the last talk is held here for good.
_last_said: list[torch.Tensor] = []


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
        own = torch.frombuffer(bytearray(pickle.dumps(value)), dtype=torch.uint8)
        sizes = self._all(torch.tensor([len(own)]))
        padded = torch.zeros(int(max(sizes)), dtype=torch.uint8)
        padded[: len(own)] = own
        return [pickle.loads(part[: int(size)].numpy().tobytes()) for part, size in zip(self._all(padded), sizes, strict=True)]

    def _all(self, tensor: torch.Tensor) -> list[torch.Tensor]:
        parts = [torch.empty_like(tensor) for _ in range(self.size)]
        dist.all_gather(parts, tensor, group=self._group)
        _last_said[:] = [tensor, *parts]
        return parts

    def first(self, act):
        """What `act` gives on rank 0, on every rank; its WitnessError too."""
        if self.size == 1:
            return act()
        answer = None, None
        if self.rank == 0:
            try:
                answer = act(), None
            except WitnessError as error:
                answer = None, str(error)
        given, failed = self.gather(answer)[0]
        if failed is not None:
            raise WitnessError(failed)
        return given


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
