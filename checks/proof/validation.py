"""The figure of a seal, bits per byte (docs/arithmetic.md, "Validation"), computed again from the last state and the validation ids."""

import math
from types import SimpleNamespace

from binary64 import LN2
from model import angles, cross_entropy, forward


def losses(c, w, ids):
    """Nats of each id but the first, one sequence."""
    c = SimpleNamespace(**{**vars(c), "T": len(ids) - 1})
    *_, logits = forward(c, w, ids[:-1], angles(c))
    return cross_entropy(logits, ids[1:], 1)[0].tolist()


def bits_per_byte(c, w, sources, most_ids, bytes_of):
    """sources: ids by source; bytes_of: text bytes of each id. None where there are no bytes."""
    share = min(1, most_ids / max(1, sum(map(len, sources))))
    nats, size = 0.0, 0
    for ids in sources:
        end, own = math.ceil(share * len(ids)) - 1, 0.0
        for at in range(0, end, c.T):
            window = ids[at : min(at + c.T, end) + 1].astype(int)
            for one in losses(c, w, window):
                own += one
            size += sum(bytes_of[i] for i in window[1:])
        nats += own
    return float(nats / LN2 / size) if size else None
