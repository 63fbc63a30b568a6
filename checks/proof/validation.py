"""The figure of a seal, bits per byte (docs/arithmetic.md, "Validation"), computed again from the last state and the validation ids."""

import math
from types import SimpleNamespace

from binary64 import LN2
from model import angles, cross_entropy, forward


def scored(lengths, most_ids):
    """The number of scored ids of each source."""
    share = min(1, most_ids / max(1, sum(lengths)))
    return [math.ceil(share * length) for length in lengths]


def losses(c, w, ids):
    """Nats of each id but the first of one sequence."""
    c = SimpleNamespace(**{**vars(c), "T": len(ids) - 1})
    *_, logits = forward(c, w, ids[:-1], angles(c))
    return cross_entropy(logits, ids[1:], 1)[0].tolist()


def bits_per_byte(c, w, sources, most_ids, bytes_of):
    """Bits per byte of all, and of each source; None where there are no bytes. sources: ids by source; bytes_of: text bytes of each id."""
    nats, size, each = 0.0, 0, []
    for ids, count in zip(sources, scored(list(map(len, sources)), most_ids)):
        own, own_size = 0.0, 0
        for at in range(0, count - 1, c.T):
            window = ids[at : min(at + c.T, count - 1) + 1].astype(int)
            for one in losses(c, w, window):
                own += one
            own_size += sum(bytes_of[i] for i in window[1:])
        nats += own
        size += own_size
        each.append((own, own_size))
    figure = lambda nats, size: float(nats / LN2 / size) if size else None
    return figure(nats, size), [figure(*one) for one in each]
