"""The digest of what a step learned from, and how the parts of all ranks make one digest."""

import hashlib

import torch

from .errors import WitnessError
from .state import bytes_of

INTEGERS = (torch.int8, torch.uint8, torch.int16, torch.int32, torch.int64)


def digests_of(batch: object) -> list[bytes]:
    """The raw digest of each part of this rank's batch: one part is a tensor or a tuple of them, several parts a list of such tuples."""
    if isinstance(batch, torch.Tensor):
        return [_digest((batch,))]
    if isinstance(batch, list) and batch and all(isinstance(part, (tuple, list)) for part in batch):
        return [_digest(part) for part in batch]
    return [_digest(batch)]


def has_floats(batch: object) -> bool:
    """Whether it holds other numbers than whole ones: those may come out otherwise on another machine."""
    if isinstance(batch, torch.Tensor):
        return batch.is_floating_point() or batch.is_complex()
    return isinstance(batch, (tuple, list)) and any(has_floats(part) for part in batch)


def joined(parts: list[list[bytes]]) -> str:
    """The digest of a step's batch in hex, from those of all ranks' parts."""
    digests = [digest for part in parts for digest in part]
    return digests[0].hex() if len(digests) == 1 else hashlib.sha256(b"".join(digests)).hexdigest()


def _digest(part: object) -> bytes:
    if not isinstance(part, (tuple, list)) or not part or not all(isinstance(one, torch.Tensor) for one in part):
        raise WitnessError("is not a tuple of tensors, nor a list of such tuples", "batch", "give record() the tensors that the step learned from")
    state = hashlib.sha256()
    for tensor in part:
        tensor = tensor.detach().cpu()
        if tensor.dtype in INTEGERS:
            narrow = tensor.to(torch.int32)
            if tensor.dtype == torch.int64 and not torch.equal(narrow.to(torch.int64), tensor):
                raise WitnessError("holds a number beyond 32 bits", "batch")
            tensor = narrow
        state.update(bytes_of(tensor.contiguous()))
    return state.digest()
