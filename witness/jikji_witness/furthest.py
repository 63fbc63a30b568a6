"""How far a recorded state lies from the one that was built here: the largest difference of a number, or infinity where the two cannot be told to be one."""

import math
from collections import Counter

import torch

from .ranks import Ranks
from .state import Held, copied, is_generator
from .state_files import StateReader


# Of types of 16 bits one number in so many may lie a unit away.
FLIPPED = 256


def furthest_apart(own: list[Held], reader: StateReader, ranks: Ranks) -> tuple[float, float]:
    """On every rank the same. Differences are parts of the element built here or, if that is more, of its tensor's scale: of the first figure
    the root mean square, of the second no more than four times what half of the elements stay below, so that a few huge elements do not hide
    the rest. The recorded tensor has no say in the scale."""
    scales = _scales(own, ranks)
    apart = [_apart(held, reader, scales.get(held.name, (0.0, 0.0))) for held in own]
    names = set().union(*ranks.gather([held.name for held in own]))
    # The generator of a device that this machine does not have decides nothing here.
    if any(name not in names and not (is_generator(name) and name.startswith("rng.cuda.")) for name in reader.tensors):
        apart = [(math.inf, math.inf)]
    gathered = [one for part in ranks.gather(apart) for one in part]
    return max([0.0, *(one for one, _ in gathered)]), max([0.0, *(one for _, one in gathered)])


def _scales(own: list[Held], ranks: Ranks) -> dict[str, tuple[float, float]]:
    """Of each tensor's finite elements, over the pieces of all ranks: the root mean square, and four times the power of two below which half of
    those lie that are not 0, if that is less."""
    mine = {}
    for held in own:
        if held.tensor.is_floating_point() and held.count:
            values = held.tensor.detach().cpu().double()
            values = values[values.isfinite()].abs()
            exponents = torch.frexp(values[values > 0]).exponent.unique(return_counts=True)
            orders = dict(zip(*(part.tolist() for part in exponents), strict=True))
            mine[held.name] = (values.square().sum().item(), values.numel(), values.max().item() if len(values) else 0.0, orders)
    joined: dict[str, list] = {}
    for part in ranks.gather(mine):
        for name, one in part.items():
            joined.setdefault(name, []).append(one)
    return {name: _scale(parts) for name, parts in joined.items()}


def _scale(parts: list) -> tuple[float, float]:
    squares, counts, most, orders = zip(*parts, strict=True)
    # Squares of binary64 may overflow; a mean is never above the largest.
    mean = min(math.sqrt(sum(squares) / max(1, sum(counts))), max(most))
    total: Counter[int] = Counter()
    for one in orders:
        total.update(one)
    below = 0
    for order in sorted(total):
        below += total[order]
        if 2 * below >= total.total():
            return mean, min(mean, math.ldexp(1.0, min(order + 2, 1023)))
    return mean, mean


def _apart(held: Held, reader: StateReader, scales: tuple[float, float]) -> tuple[float, float]:
    said = reader.tensors.get(held.name)
    if said is None or said["dtype"] != held.dtype or tuple(said["shape"]) != held.shape:
        return math.inf, math.inf
    (held,) = copied([held])
    ours, theirs = held.tensor.flatten(), reader.read(held.name, held.first or 0, held.count)
    if not held.tensor.is_floating_point():
        apart = 0.0 if torch.equal(ours, theirs) else math.inf
        return apart, apart
    ours, theirs = ours.double(), theirs.double()
    differ = (ours != theirs) & ~(ours.isnan() & theirs.isnan())
    if held.tensor.element_size() == 2:
        # A number drawn in float32 and rounded is another one where it lay near the middle of two: by one unit, and seldom.
        unit = torch.finfo(held.tensor.dtype).eps * torch.maximum(ours.abs(), theirs.abs())
        flipped = differ & ((ours - theirs).abs() <= unit)
        if flipped.sum() <= max(2, flipped.numel() // FLIPPED):
            differ &= ~flipped
    ours, theirs = ours[differ], theirs[differ]
    if not len(ours):
        return 0.0, 0.0
    if not (ours.isfinite() & theirs.isfinite()).all():
        return math.inf, math.inf
    apart, size = (ours - theirs).abs(), ours.abs()
    first, second = ((apart / size.clamp(min=scale)).max().item() for scale in scales)
    return first, second
