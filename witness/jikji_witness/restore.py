"""Puts a state of the run's folder back into model, optimizer and generators, so that training goes on with the same bits."""

import torch

from .errors import WitnessError
from .state import DTYPES, Declared, Held, held_by, is_generator, named_parameters, optimizer_key
from .state_files import StateReader


@torch.no_grad()
def restore(reader: StateReader, model: torch.nn.Module, optimizer: torch.optim.Optimizer, rank: int, declared: Declared | None = None) -> None:
    """Raises WitnessError where the state is not one of this model."""
    optimizer.zero_grad(set_to_none=True)
    optimizer.state.clear()
    tensors = held_by(model, optimizer, rank, declared)
    for held in tensors:
        said = reader.tensors.get(held.name)
        if said is None or tuple(said["shape"]) != held.shape or said["dtype"] != held.dtype:
            raise WitnessError(f"the state has no {held.name} of shape {list(held.shape)} and type {held.dtype}", "", "is it the state of this code?")
        if not is_generator(held.name):
            held.tensor.copy_(_read(reader, held).reshape(held.tensor.shape))
    _restore_optimizer(reader, model, optimizer, {held.name: held for held in tensors})
    restore_generators(reader, rank)  # last: nothing after this may draw


def restore_generators(reader: StateReader, rank: int) -> None:
    on_cuda = f"rng.cuda.{rank}" in reader.tensors and torch.cuda.is_available()
    put_back([reader.read(f"rng.cpu.{rank}"), *([reader.read(f"rng.cuda.{rank}")] if on_cuda else [])])


def generators(model: torch.nn.Module) -> list[torch.Tensor]:
    """Of PyTorch's own generators the state of the CPU's and, where the model lies on CUDA, of that device's."""
    on_cuda = next((parameter.is_cuda for parameter in model.parameters()), False)
    return [torch.get_rng_state(), *([torch.cuda.get_rng_state()] if on_cuda else [])]


def put_back(states: list[torch.Tensor]) -> None:
    """Those that `generators` gave."""
    torch.set_rng_state(states[0])
    if len(states) > 1:
        torch.cuda.set_rng_state(states[1])


@torch.no_grad()
def move_by(units: int, model: torch.nn.Module, rank: int) -> None:
    """Moves weights by so many units in their last place, up or down by draws of its own: one unit is what another machine's rounding of
    the last step could do, more what that of many steps could. Of types of 16 bits, in which most weights come out the same there, so many
    in 256 by one unit."""
    draws = torch.Generator().manual_seed(1000 * units + rank)
    for parameter in filter(torch.is_floating_point, named_parameters(model).values()):
        unit = 0.75 * torch.finfo(parameter.dtype).eps
        up = torch.randint(0, 2, parameter.shape, generator=draws)
        if parameter.element_size() == 2:
            up = torch.where(torch.randint(0, 256, parameter.shape, generator=draws) < units, up, 0.5)
        else:
            unit *= units
        factors = 1 + unit * (2 * up.double() - 1).to(parameter.device)
        parameter.copy_((parameter.double() * factors).to(parameter.dtype))


def _read(reader: StateReader, held: Held, name: str | None = None) -> torch.Tensor:
    return reader.read(name or held.name, held.first or 0, held.count)


def _restore_optimizer(reader: StateReader, model, optimizer, own: dict[str, Held]) -> None:
    groups = {id(parameter): group for group in optimizer.param_groups for parameter in group["params"]}
    parameters = named_parameters(model)
    for name, said in reader.tensors.items():
        if name in own or name in parameters or is_generator(name):
            continue
        key, of = optimizer_key(name, parameters) or (None, None)
        if key is None or id(parameters[of]) not in groups:
            raise WitnessError(f"the state has {name}, which this model and optimizer do not have", "", "is it the state of this code?")
        parameter, held = parameters[of], own.get(of)
        if held is None:
            continue  # no piece of it lies on this rank
        dtype = DTYPES[said["dtype"]]
        if dtype is torch.float64 and said["shape"] == []:
            number = reader.read(name).item()
            value = int(number) if number.is_integer() else number
        elif tuple(said["shape"]) == held.shape:
            value = torch.empty_like(parameter, dtype=dtype).copy_(_read(reader, held, name).reshape(parameter.shape))
        else:
            value = reader.read(name)
            # As PyTorch's own loading of optimizers does: a step count stays on the CPU, unless the kernels on the device read it.
            if key != "step" or groups[id(parameter)].get("capturable") or groups[id(parameter)].get("fused"):
                value = value.to(parameter.device)
        optimizer.state[parameter][key] = value
