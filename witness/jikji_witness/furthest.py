"""How far a recorded state lies from the one that was built here: the largest difference of a number, or infinity where the two cannot be told to be one."""

import math

import torch

from .ranks import Ranks
from .state import Held, copied, is_generator
from .state_files import StateReader


# Of types of 16 bits one number in so many may lie a unit away.
FLIPPED = 256


def furthest_apart(own: list[Held], reader: StateReader, ranks: Ranks) -> float:
    """On every rank the same. Differences are parts of the element built here or, if that is more, of its tensor's root mean square; the
    recorded tensor has no say in the scale."""
    scales = _scales(own, ranks)
    furthest = max([0.0, *(_apart(held, reader, scales.get(held.name, 0.0)) for held in own)])
    names = set().union(*ranks.gather([held.name for held in own]))
    # The generator of a device that this machine does not have decides nothing here.
    if any(name not in names and not (is_generator(name) and name.startswith("rng.cuda.")) for name in reader.tensors):
        furthest = math.inf
    return max(ranks.gather(furthest))


def _scales(own: list[Held], ranks: Ranks) -> dict[str, float]:
    """The root mean square of each tensor's finite elements, over the pieces of all ranks."""
    mine = {}
    for held in own:
        if held.tensor.is_floating_point() and held.count:
            values = held.tensor.detach().cpu().double()
            values = values[values.isfinite()]
            mine[held.name] = (values.square().sum().item(), values.numel(), values.abs().max().item() if len(values) else 0.0)
    joined: dict[str, list] = {}
    for part in ranks.gather(mine):
        for name, (squares, count, most) in part.items():
            sums = joined.setdefault(name, [0.0, 0, 0.0])
            joined[name] = [sums[0] + squares, sums[1] + count, max(sums[2], most)]
    # Squares of binary64 may overflow; a mean is never above the largest.
    return {name: min(math.sqrt(squares / max(1, count)), most) for name, (squares, count, most) in joined.items()}


def _apart(held: Held, reader: StateReader, scale: float) -> float:
    said = reader.tensors.get(held.name)
    if said is None or said["dtype"] != held.dtype or tuple(said["shape"]) != held.shape:
        return math.inf
    (held,) = copied([held])
    ours, theirs = held.tensor.flatten(), reader.read(held.name, held.first or 0, held.count)
    if not held.tensor.is_floating_point():
        return 0.0 if torch.equal(ours, theirs) else math.inf
    ours, theirs = ours.double(), theirs.double()
    if ours.isnan().any() or theirs.isnan().any():
        return math.inf
    differ = ours != theirs
    if held.tensor.element_size() == 2:
        # A number drawn in float32 and rounded is another one where it lay near the middle of two: by one unit, and seldom.
        unit = torch.finfo(held.tensor.dtype).eps * torch.maximum(ours.abs(), theirs.abs())
        flipped = differ & ((ours - theirs).abs() <= unit)
        if flipped.sum() <= max(2, flipped.numel() // FLIPPED):
            differ &= ~flipped
    ours, theirs = ours[differ], theirs[differ]
    if not len(ours):
        return 0.0
    if not (ours.isfinite() & theirs.isfinite()).all():
        return math.inf
    return ((ours - theirs).abs() / ours.abs().clamp(min=scale)).max().item()
