"""What a run is made from, as recipe.json, data.json and code.json say it."""

import hashlib
import math
import os
import sys
from pathlib import Path

import torch

from .errors import WitnessError
from .state import named_parameters


def recipe_file(recipe: object, model: torch.nn.Module, optimizer: torch.optim.Optimizer) -> dict:
    """recipe.json. Raises WitnessError, also where a gradient would gather over the steps: it is in no state."""
    moved = {id(parameter) for group in optimizer.param_groups for parameter in group["params"]}
    for name, parameter in named_parameters(model).items():
        if parameter.requires_grad and id(parameter) not in moved:
            raise WitnessError("requires a gradient, but is in no group of the optimizer", name, "add it to a group, or call requires_grad_(False) on it")
    return {"formatVersion": 1, "optimizer": optimizer_of(model, optimizer), "recipe": recipe}


def optimizer_of(model: torch.nn.Module, optimizer: torch.optim.Optimizer) -> dict:
    """The optimizer's class, and of each group its options that JSON can hold and its parameters in the model's order. Raises WitnessError."""
    names = {id(parameter): name for name, parameter in named_parameters(model).items()}
    groups = []
    for number, group in enumerate(optimizer.param_groups):
        own = {id(parameter) for parameter in group["params"]}
        if not own <= names.keys():
            raise WitnessError("has parameters that the model does not have", f"group {number} of the optimizer", "make the optimizer of model.parameters()")
        options = {key: plain for key, value in group.items() if key != "params" and (plain := _plain(value)) is not _OTHER}
        groups.append({"options": options, "parameters": [name for id_, name in names.items() if id_ in own]})
    return {"class": type(optimizer).__name__, "groups": groups}


# Options by which an audit follows the steps of these classes: recipe.json has them as they are before step 1.
_FOLLOWED = ("AdamW", "Adam")
_FIXED = ("betas", "eps", "weight_decay", "amsgrad", "maximize", "foreach", "capturable", "differentiable", "fused", "decoupled_weight_decay")


class FixedOptions:
    """What must stay as it is while such an optimizer trains: with other options its steps would look forged."""

    def __init__(self, optimizer: torch.optim.Optimizer):
        self._optimizer = optimizer
        self._before = self._now() if type(optimizer).__name__ in _FOLLOWED else None

    def _now(self) -> list[dict]:
        groups = self._optimizer.param_groups
        # A rate that is a tensor may lie on a device, and reading it would wait for that.
        one_rate = len({id(rate) if isinstance(rate := group["lr"], torch.Tensor) else float(rate) for group in groups}) == 1
        return [{name: _plain(group.get(name)) for name in _FIXED} | {"one learning rate for all groups": one_rate} for group in groups]

    def check(self, step: int) -> None:
        """Raises WitnessError."""
        if self._before is None or (now := self._now()) == self._before:
            return
        changed = next((name for old, new in zip(self._before, now, strict=False) for name in old if old[name] != new[name]), "the number of groups")
        hint = "recipe.json has them as they were, and an audit follows each step by them: only the learning rate may change, that of all groups alike (with OneCycleLR: cycle_momentum=False)"
        raise WitnessError(f"changed after the run began: {changed}", f"the optimizer's options, step {step}", hint)


_OTHER = object()


def _plain(value: object) -> object:
    if value is None or isinstance(value, (bool, str)):
        return value
    if isinstance(value, (int, float)):
        return value if math.isfinite(value) and (isinstance(value, float) or abs(value) < 2**53) else _OTHER
    if isinstance(value, (list, tuple)):
        items = [_plain(item) for item in value]
        return _OTHER if any(item is _OTHER for item in items) else items
    return _OTHER


def code_file(paths: list) -> dict:
    """code.json. Names are relative to the working folder, or, where a file lies elsewhere, to the folder of the first one. Raises WitnessError."""
    places = [os.path.abspath(path) for path in _listed(paths, "code")]
    base = os.getcwd()
    if any(_name_in(base, place) is None for place in places):
        base = os.path.dirname(places[0])
    for place in places:
        if _name_in(base, place) is None:
            raise WitnessError("lies outside the folder of the first code file", place, "an auditor puts the code into a folder of its own: move this file into that folder, or below it")
        refuse_module_name(place, places[0])
    return _files_file({_name_in(base, place): place for place in places}, len(places), "code")


def data_file(paths: list) -> dict:
    """data.json. A name is the path that the code opens, relative to the working folder. Raises WitnessError."""
    names = {}
    for path in map(os.fspath, _listed(paths, "data")):
        name = os.path.normpath(path)
        if os.path.isabs(path) or name.split(os.sep)[0] == os.pardir:
            hint = "an auditor puts the data into another folder: start the code in a folder that has this file, or link it there, and open it by its path from there"
            raise WitnessError("is an absolute path" if os.path.isabs(path) else "lies outside the folder that the code runs in", path, hint)
        names[name] = path
    return _files_file(names, len(paths), "data")


def _listed(paths: list, what: str) -> list:
    if isinstance(paths, (str, bytes, os.PathLike)):
        raise WitnessError(f"{what} is a list of files", paths, f"write {what}=[..]")
    return list(paths)


def _name_in(folder: str, place: str) -> str | None:
    """The path from the folder to a place in it. Links to folders are followed where the spelling alone leads out."""
    real = os.path.join(os.path.realpath(os.path.dirname(place)), os.path.basename(place))
    for name in (os.path.relpath(place, folder), os.path.relpath(real, os.path.realpath(folder))):
        if name.split(os.sep)[0] != os.pardir and not os.path.isabs(name):
            return name
    return None


def refuse_module_name(path: str, first: str) -> None:
    """Refuses a file beside the first one that Python would import instead of a module of its own, or of PyTorch's. Raises WitnessError."""
    stem = os.path.splitext(os.path.basename(path))[0]
    if os.path.dirname(path) == os.path.dirname(first) and (stem in sys.stdlib_module_names or stem in ("torch", "numpy", "jikji_witness")):
        raise WitnessError(f"has the name of the module {stem}, which Python would then import from this file", path, "give the file another name")


def _files_file(names: dict[str, object], count: int, what: str) -> dict:
    if len(names) != count:
        raise WitnessError("two files have one name", what)
    files = [{"name": name.replace(os.sep, "/"), "sha256": digest_of_file(path), "size": Path(path).stat().st_size} for name, path in names.items()]
    return {"files": files, "formatVersion": 1}


def digest_of_file(path) -> str:
    try:
        with open(path, "rb") as file:
            return hashlib.file_digest(file, "sha256").hexdigest()
    except OSError as error:
        raise WitnessError(f"cannot be read: {error.strerror}", path, "name a file that is there") from None
