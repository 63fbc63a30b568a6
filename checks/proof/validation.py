"""The figure of a seal, bits per byte (docs/arithmetic.md, "Validation"), computed again from the last state and the validation ids."""

import math

import numpy as np

from binary64 import LN2
from model import angles, cross_entropy, forward
from random_streams import as_rows, conversations


def scored(lengths, most_ids):
    """The number of scored ids of each source."""
    share = min(1, most_ids / max(1, sum(lengths)))
    return [math.ceil(share * length) for length in lengths]


def sequences(ids, marks, count, T):
    """Tokens, targets and positions of what is scored of a source: windows of its text, or conversations."""
    if marks is None:
        for at in range(0, count - 1, T):
            window = ids[at : min(at + T, count - 1) + 1].astype(int)
            yield window[:-1], window[1:], np.arange(len(window) - 1)
        return
    start = 0
    for own, own_marks in conversations(ids, marks, T):
        if start < count:
            yield as_rows(own, own_marks)
        start += len(own)


def losses(c, w, tokens, targets, positions):
    """Nats of each target."""
    *_, logits = forward(c, w, tokens, positions, angles(c))
    return cross_entropy(logits, targets, 1)[0].tolist()


def bits_per_byte(c, w, sources, most_ids, bytes_of):
    """Bits per byte of all, and of each source; None where there are no bytes. sources: ids and marks (or None) by source; bytes_of: text bytes of each id."""
    nats, size, each = 0.0, 0, []
    for (ids, marks), count in zip(sources, scored([len(ids) for ids, _ in sources], most_ids)):
        own, own_size = 0.0, 0
        for tokens, targets, positions in sequences(ids, marks, count, c.T):
            for one in losses(c, w, tokens, targets, positions):
                own += one
            own_size += sum(bytes_of[i] for i in targets if i >= 0)
        nats += own
        size += own_size
        each.append((own, own_size))
    figure = lambda nats, size: float(nats / LN2 / size) if size else None
    return figure(nats, size), [figure(*one) for one in each]
