"""What a state has: parameters, buffers, the optimizer's tensors and the generators, as this rank holds them; its leaves and its root.

A tensor that ranks share lies on each of them as a piece of its flat form. Knows no files.
"""

import ctypes
import re
from collections.abc import Mapping
from dataclasses import dataclass, replace

import torch

from .canonical import canonical_json, utf16
from .errors import WitnessError
from .merkle import MerkleTree, leaf_hash

LEAF_BYTES = 1 << 20

DTYPES = {
    "F64": torch.float64, "F32": torch.float32, "F16": torch.float16, "BF16": torch.bfloat16,
    "I64": torch.int64, "I32": torch.int32, "I16": torch.int16, "I8": torch.int8, "U8": torch.uint8, "BOOL": torch.bool,
    "F8_E4M3": torch.float8_e4m3fn, "F8_E5M2": torch.float8_e5m2,
}  # fmt: skip
DTYPE_NAMES = {dtype: name for name, dtype in DTYPES.items()}


@dataclass(frozen=True)
class Held:
    """A tensor as this rank holds it. `first`: the place of a piece in the flat tensor; None where the rank has the whole."""

    name: str
    dtype: str
    shape: tuple[int, ...]
    first: int | None
    count: int
    tensor: torch.Tensor

    @property
    def size(self) -> int:
        return self.count * DTYPES[self.dtype].itemsize

    @property
    def description(self) -> tuple:
        return (self.name, self.dtype, self.shape, self.first, self.count)


def bytes_of(tensor: torch.Tensor):
    """The bytes of a contiguous tensor on the CPU, without a copy; they live as long as the tensor."""
    assert tensor.is_contiguous() and tensor.device.type == "cpu"
    size = tensor.numel() * tensor.element_size()
    return memoryview((ctypes.c_ubyte * size).from_address(tensor.data_ptr())).cast("B") if size else memoryview(b"")


def clean_name(name: str) -> str:
    """The name without what wrappers (FSDP, activation checkpoints, torch.compile) put into it."""
    for part in ("_fsdp_wrapped_module.", "_checkpoint_wrapped_module.", "_orig_mod."):
        name = name.replace(part, "")
    return name


def named_parameters(model: torch.nn.Module) -> dict[str, torch.nn.Parameter]:
    """By name, in the model's order; tied ones once."""
    return {clean_name(name): parameter for name, parameter in unwrapped(model).named_parameters()}


def unwrapped(model: torch.nn.Module) -> torch.nn.Module:
    return model.module if isinstance(model, torch.nn.parallel.DistributedDataParallel) else model


def _buffers(model: torch.nn.Module) -> dict[str, torch.Tensor]:
    """Those that a state dict has; one that is also under another name once."""
    found, seen = {}, set()
    for prefix, module in unwrapped(model).named_modules():
        for name, buffer in module.named_buffers(recurse=False):
            if name not in module._non_persistent_buffers_set and id(buffer) not in seen:
                seen.add(id(buffer))
                found[clean_name(f"{prefix}.{name}" if prefix else name)] = buffer
    return found


def _pieces_of(model: torch.nn.Module) -> dict[int, tuple[tuple[int, ...], int]]:
    """Of FSDP1's parameters, by id: the shape of the whole, and where this rank's piece begins."""
    if not torch.distributed.is_available():
        return {}
    from torch.distributed.fsdp import FullyShardedDataParallel

    pieces = {}
    for module in FullyShardedDataParallel.fsdp_modules(model):
        handle = module._handle
        if handle is None:
            continue
        flat = handle.flat_param
        if getattr(flat, "_params", None) is None:
            raise WitnessError("FSDP flattens its parameters", "the model", "wrap it with use_orig_params=True")
        if not handle.uses_sharded_strategy:
            continue
        for parameter, shape, info in zip(flat._params, flat._shapes, flat._shard_param_infos, strict=True):
            pieces[id(parameter)] = (tuple(shape), info.intra_param_start_idx or 0)
    return pieces


class Declared:
    """What the training code declares beside its parameters, by optional functions of the model: `buffers`, the names of those that training
    changes; `averages`, tensors that are in no state dict, by name, such as the average of its weights."""

    def __init__(self, buffers=None, averages=None):
        self._buffers, self._averages = buffers, averages

    def averages(self, model: torch.nn.Module) -> dict[str, torch.Tensor]:
        """By their names in a state. Raises WitnessError."""
        if self._averages is None:
            return {}
        found = self._averages(model)
        if not isinstance(found, Mapping) or not all(_is_name(name) and isinstance(one, torch.Tensor) and one.is_floating_point() for name, one in found.items()):
            raise WitnessError("does not give tensors of floating point by name", "averages(model)", "names have at most 400 characters, without line ends")
        return {f"average.{name}": one.detach() for name, one in found.items()}

    def names(self, model: torch.nn.Module) -> dict[str, list[str]]:
        """What a genesis says of them: nothing where nothing is declared. Raises WitnessError."""
        averages, buffers = list(self.averages(model)), list(self._buffers(model)) if self._buffers else []
        known = _buffers(model)
        for name in buffers:
            if not _is_name(name) or name not in known:
                raise WitnessError("is no buffer that the model's state dict has", f"buffers(model): {str(name)[:80]}")
        return {"averages": sorted(averages, key=utf16), "buffers": sorted(set(buffers), key=utf16)} if averages or buffers else {}


def _is_name(name: object) -> bool:
    return isinstance(name, str) and re.fullmatch(r"[^\n\r]{1,400}", name) is not None


def held_by(model: torch.nn.Module, optimizer: torch.optim.Optimizer, rank: int, declared: Declared | None = None) -> list[Held]:
    """The state's tensors that this rank has at least a piece of, by name. Copies nothing. Raises WitnessError."""
    parameters, buffers, pieces = named_parameters(model), _buffers(model), _pieces_of(model)
    _refuse_taken([*parameters, *buffers], parameters)
    tensors: list[Held] = []
    for name, parameter in parameters.items():
        if type(parameter.data).__name__ == "DTensor":
            raise WitnessError("is a DTensor (FSDP2, tensor parallel), whose pieces this version does not know", name, "use DDP or FSDP1")
        tensors += _held(name, parameter.data, pieces.get(id(parameter)), parameter)
        for key, value in optimizer.state.get(parameter, {}).items():
            if value is None:
                continue
            if isinstance(value, (bool, int, float)):
                value = torch.tensor(float(value), dtype=torch.float64)
            if not isinstance(value, torch.Tensor) or "." in key:
                raise WitnessError("cannot be recorded: neither a tensor nor a number", f"the optimizer's state {key!r} of {name}")
            if value.numel() > 1 and value.shape != parameter.shape and _has_ranks():
                raise WitnessError("has another shape than the parameter: one rank's slice cannot be told from the whole", f"the optimizer's state {key!r} of {name}", "use an optimizer that has all of it on each rank, FSDP1, or one process")
            tensors += _held(f"optimizer.{key}.{name}", value, pieces.get(id(parameter)), parameter)
    for name, buffer in buffers.items():
        tensors += _held(name, buffer, None, buffer)
    for name, average in (declared.averages(model) if declared else {}).items():
        tensors += _held(name, average, None, average)
    tensors += _held(f"rng.cpu.{rank}", torch.get_rng_state(), None, None)
    if any(parameter.is_cuda for parameter in parameters.values()):
        tensors += _held(f"rng.cuda.{rank}", torch.cuda.get_rng_state(), None, None)
    tensors.sort(key=lambda held: utf16(held.name))
    for one, other in zip(tensors, tensors[1:], strict=False):
        if one.name == other.name:
            raise WitnessError("two tensors of the state have this name", one.name, "rename one of them")
    return tensors


def _has_ranks() -> bool:
    distributed = torch.distributed
    return distributed.is_available() and distributed.is_initialized() and distributed.get_world_size() > 1


def _held(name: str, value: torch.Tensor, piece, parameter) -> list[Held]:
    dtype = DTYPE_NAMES.get(value.dtype)
    if dtype is None or value.layout != torch.strided:
        raise WitnessError(f"{value.dtype}, {value.layout}: no such tensor can be in a state", name)
    # What has the form of the parameter's piece is cut as the parameter is; a step count is not.
    if piece is not None and value.shape == parameter.shape:
        shape, first = piece
        whole = first == 0 and value.numel() == _count(shape)
        held = Held(name, dtype, shape, None if whole else first, value.numel(), value)
        return [held] if value.numel() or not _count(shape) else []
    return [Held(name, dtype, tuple(value.shape), None, value.numel(), value)]


def _count(shape: tuple[int, ...]) -> int:
    count = 1
    for length in shape:
        count *= length
    return count


def is_sharded(model: torch.nn.Module) -> bool:
    return bool(_pieces_of(model))


def is_generator(name: str) -> bool:
    """Whether a tensor of a state is a generator's. No tensor of a model may have such a name."""
    return re.fullmatch(r"rng\.(cpu|cuda)\.\d+", name) is not None


def optimizer_key(name: str, parameters) -> tuple[str, str] | None:
    """Of a tensor of the optimizer its key and its parameter. No tensor of a model may have such a name."""
    first, _, rest = name.partition(".")
    key, _, of = rest.partition(".")
    return (key, of) if first == "optimizer" and of in parameters else None


def _refuse_taken(names, parameters) -> None:
    for name in names:
        if is_generator(name) or optimizer_key(name, parameters) or name == "__metadata__":
            raise WitnessError("the model calls a tensor as a state calls one of the optimizer or of a generator, or a file its notes", name, "rename the module that has it")


def assigned(tensors: list[Held], rank: int, ranks: int, sharded: bool) -> list[Held]:
    """Those that this rank hashes and writes. What all have whole is shared out by bytes, the same way on each of them. In a sharded model
    all stays with who has it: a whole tensor is then found more than once, and the first rank's is taken (`join_leaves`)."""
    if sharded or ranks == 1:
        return tensors
    own, loads = [], [0] * ranks
    for held in sorted(tensors, key=lambda one: (-one.size, utf16(one.name))):
        if is_generator(held.name):
            own.append(held)
            continue
        least = loads.index(min(loads))
        loads[least] += max(held.size, 1)
        if least == rank:
            own.append(held)
    return sorted(own, key=lambda one: utf16(one.name))


def copied(tensors: list[Held]) -> list[Held]:
    """Copies on the CPU, contiguous, which training does not change."""
    copies = []
    for held in tensors:
        copy = torch.empty(held.tensor.shape, dtype=held.tensor.dtype)
        copies.append(replace(held, tensor=copy.copy_(held.tensor.detach())))
    return copies


def leaves_of(held: Held) -> bytes:
    """The hashes of a tensor's or piece's leaves, one after the other."""
    data = bytes_of(held.tensor)
    return b"".join(leaf_hash(data[at : at + LEAF_BYTES]) for at in range(0, len(data), LEAF_BYTES))


def join_leaves(step: int, parts: list[list[tuple[tuple, bytes]]]) -> tuple[str, list[dict], list[set]]:
    """The root from what each rank described and hashed; the tensors as the first leaf names them; and of each rank the names of those
    whole tensors that another one has too and writes. Raises WitnessError where pieces do not make a whole."""
    found: dict[str, list] = {}
    left_out: list[set] = [set() for _ in parts]
    for rank, part in enumerate(parts):
        for (name, dtype, shape, first, count), leaves in part:
            entries = found.setdefault(name, [])
            if first is None and entries:
                left_out[rank].add(name)
                if entries[0][3] != leaves and not is_generator(name):
                    raise WitnessError("differs between ranks, which each have the whole of it", name, "let only one of them own it, or keep them equal")
                continue
            entries.append((first, dtype, tuple(shape), leaves, count))
    tensors, tree, digests = [], MerkleTree(), []
    for name in sorted(found, key=utf16):
        entries = sorted(found[name], key=lambda entry: entry[0] or 0)
        described = {"dtype": entries[0][1], "name": name, "shape": list(entries[0][2])}
        if len(entries) > 1:
            described["pieces"] = [entry[4] for entry in entries]
        at = 0
        for first, _, shape, leaves, count in entries:
            if (first or 0) != at:
                raise WitnessError("the ranks' pieces leave a gap or overlap", name)
            at += count
            digests += [leaves[i : i + 32] for i in range(0, len(leaves), 32)]
        if at != _count(entries[0][2]):
            raise WitnessError("the ranks' pieces are not the whole of it", name)
        tensors.append(described)
    tree.add(canonical_json({"step": step, "tensors": tensors}).encode())
    for digest in digests:
        tree.add_hash(digest)
    return tree.root().hex(), tensors, left_out


def state_root(step: int, tensors: list[Held]) -> str:
    """The root of a state that one rank holds whole; for tensors on the CPU."""
    return join_leaves(step, [[(held.description, leaves_of(held)) for held in copied(tensors)]])[0]
