"""Files of states: safetensors, written whole or not at all, with state.json last; read with bounds. No pickle, no foreign reader.

A piece of a tensor is called NAME@FIRST. Header: 8 bytes little-endian with its length, JSON, then the tensors' bytes.
"""

import json
import math
import os
import re
import shutil
from pathlib import Path

import torch

from .canonical import canonical_json, utf16
from .errors import WitnessError
from .files import make_folder, open_plain, read_text, sync_folder, write_json, written_whole
from .state import DTYPES, Held, bytes_of

MAX_HEADER = 100 << 20
WRITE_BYTES = 64 << 20


def state_folder(run: Path, step: int) -> Path:
    return run / "states" / f"step-{step:06d}"


def part_name(rank: int, ranks: int) -> str:
    return f"part-{rank:04d}-of-{ranks:04d}.safetensors"


def write_part(folder: Path, rank: int, ranks: int, tensors: list[Held]) -> None:
    """Writes what this rank holds (on the CPU). Raises WitnessError; then no file of this name is left."""
    header, at = {}, 0
    for held in sorted(tensors, key=lambda one: utf16(one.name)):
        name = held.name if held.first is None else f"{held.name}@{held.first}"
        shape = list(held.shape) if held.first is None else [held.count]
        header[name] = {"data_offsets": [at, at + held.size], "dtype": held.dtype, "shape": shape}
        at += held.size
    text = canonical_json(header).encode()
    text += b" " * (-len(text) % 8)
    make_folder(folder)
    with written_whole(folder / part_name(rank, ranks)) as file:
        file.write(len(text).to_bytes(8, "little") + text)
        for held in sorted(tensors, key=lambda one: utf16(one.name)):
            data = bytes_of(held.tensor)
            for start in range(0, len(data), WRITE_BYTES):
                file.write(data[start : start + WRITE_BYTES])


def finish_state(folder: Path, step: int, parts: int, root: str, tensors: list[dict]) -> None:
    """Writes state.json, without which a state does not count. All parts are on disk."""
    write_json(folder / "state.json", {"formatVersion": 1, "parts": parts, "stateRoot": root, "step": step, "tensors": tensors})
    sync_folder(folder.parent)


def finished_states(run: Path) -> dict[int, dict]:
    """state.json of each state that counts, by step."""
    steps = (re.fullmatch(r"step-(\d{6,15})", path.name) for path in (run / "states").glob("step-*"))
    states = ((int(name[1]), _finished_state(run, int(name[1]))) for name in steps if name)
    return {step: said for step, said in sorted(states, key=lambda one: one[0]) if said is not None}


def is_finished(run: Path, step: int) -> bool:
    """Whether the state of this step counts. Reads no other one: a run's folder may hold any number of them."""
    return _finished_state(run, step) is not None


def _finished_state(run: Path, step: int) -> dict | None:
    folder = state_folder(run, step)
    try:
        if folder.is_symlink():
            return None
        said = json.loads(read_text(folder / "state.json"))
        return said if said["step"] == step and {"parts", "stateRoot", "tensors"} <= said.keys() else None
    except (ValueError, KeyError, TypeError, AttributeError, RecursionError, WitnessError):
        return None


def remove_unfinished(run: Path) -> None:
    """Removes what a stopped run left half written."""
    for folder in (run / "states").glob("step-*"):
        if not (folder / "state.json").exists():
            shutil.rmtree(folder, ignore_errors=True)


def read_header(path: Path) -> tuple[dict, int]:
    """The header, checked against the file's size, and where the data begins. Raises WitnessError."""
    try:
        with open_plain(path) as file:
            size = os.fstat(file.fileno()).st_size
            length = int.from_bytes(file.read(8), "little")
            if size < 8 or length > min(size - 8, MAX_HEADER):
                raise ValueError("its header is longer than the file")
            header = json.loads(file.read(length).decode())
        header.pop("__metadata__", None)
        for name, entry in header.items():
            first, end = entry["data_offsets"]
            count = math.prod(entry["shape"])
            if not (0 <= first <= end <= size - 8 - length and end - first == count * DTYPES[entry["dtype"]].itemsize and count >= 0):
                raise ValueError(f"the entry {name!r} does not fit")
        return header, 8 + length
    except (OSError, ValueError, KeyError, TypeError, AttributeError) as error:
        raise WitnessError(f"is not a readable safetensors file: {error}", path, "get the state again from a copy") from error


class StateReader:
    """The tensors of a state's parts, whole or by pieces, whichever rank wrote them."""

    def __init__(self, run: Path, step: int):
        self._folder = state_folder(run, step)
        self.said = json.loads(read_text(self._folder / "state.json"))
        self.tensors = {one["name"]: one for one in self.said["tensors"]}
        self._places: dict[str, list[tuple[int, int, Path, int, str]]] = {}
        parts = self.said["parts"]
        for rank in range(parts):
            path = self._folder / part_name(rank, parts)
            header, begin = read_header(path)
            for key, entry in header.items():
                piece = re.fullmatch(r"(.*)@(\d+)", key) if key not in self.tensors else None
                name, first = (piece[1], int(piece[2])) if piece else (key, 0)
                place = (first, math.prod(entry["shape"]), path, begin + entry["data_offsets"][0], entry["dtype"])
                self._places.setdefault(name, []).append(place)

    def read(self, name: str, first: int = 0, count: int | None = None) -> torch.Tensor:
        """`count` elements of the flat tensor from `first` on; the whole, in its shape, without `count`. Raises WitnessError."""
        said = self.tensors.get(name)
        if said is None:
            raise WitnessError(f"has no tensor {name}", self._folder, "is it the state of this code?")
        whole = math.prod(said["shape"])
        wanted = whole if count is None else count
        tensor = torch.empty(wanted, dtype=DTYPES[said["dtype"]])
        data, width, got = bytes_of(tensor), tensor.element_size(), 0
        for at, length, path, offset, dtype in sorted(self._places.get(name, [])):
            low, high = max(at, first), min(at + length, first + wanted)
            if low >= high or dtype != said["dtype"]:
                continue
            with open_plain(path) as file:
                file.seek(offset + (low - at) * width)
                got += file.readinto(data[(low - first) * width : (high - first) * width]) // width
        if got != wanted:
            raise WitnessError(f"does not have the whole of {name}", self._folder, "get the state again from a copy")
        return tensor if count is not None else tensor.reshape(said["shape"])
