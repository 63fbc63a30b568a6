"""What a run is made from, as recipe.json, data.json and code.json say it."""

import hashlib
import math
import os
from pathlib import Path

import torch

from .errors import WitnessError
from .state import named_parameters


def recipe_file(recipe: object, model: torch.nn.Module, optimizer: torch.optim.Optimizer) -> dict:
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


def files_file(paths: list, what: str) -> dict:
    """Names, digests and sizes. A name is relative to the folder that the code runs in. Raises WitnessError."""
    files = []
    for path in paths:
        name = os.path.relpath(path) if os.path.isabs(path) else os.path.normpath(path)
        if name.startswith(".."):
            if what == "data":
                raise WitnessError("lies outside the folder that the code runs in", path, "an auditor could not put it there: start the code in a folder above it")
            name = os.path.basename(path)
        files.append({"name": name.replace(os.sep, "/"), "sha256": digest_of_file(path), "size": Path(path).stat().st_size})
    if len({file["name"] for file in files}) != len(files):
        raise WitnessError("two files have one name", what)
    return {"files": files, "formatVersion": 1}


def digest_of_file(path) -> str:
    try:
        with open(path, "rb") as file:
            return hashlib.file_digest(file, "sha256").hexdigest()
    except OSError as error:
        raise WitnessError(f"cannot be read: {error.strerror}", path) from error
