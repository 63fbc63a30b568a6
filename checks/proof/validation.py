"""The figure of a seal, bits per byte (docs/arithmetic.md, "Validation"), computed again from the last state and the validation ids; of pairs
also how many are told apart."""

import math

import numpy as np

from binary64 import LN2
from objective import losses_of, nats_of, pair_loss
from random_streams import documents_of


def scored(lengths, most_ids):
    """The number of scored ids of each source."""
    share = min(1, most_ids / max(1, sum(lengths)))
    return [math.ceil(share * length) for length in lengths]


def text_windows(ids, count, T):
    """Tokens, targets and positions of what is scored of a text."""
    for at in range(0, count - 1, T):
        window = ids[at : min(at + T, count - 1) + 1].astype(int)
        yield window[:-1], window[1:], np.arange(len(window) - 1)


def scored_documents(source, count, T):
    """Those that begin among the first `count` ids. @raises Wrong"""
    start = 0
    for document in documents_of(source, T):
        if start < count:
            yield document
        start += sum(len(one.ids) for one in document)


class Score:
    """Nats and bytes of targets, and of each pair its margin."""

    def __init__(self, bytes_of):
        self.bytes_of, self.nats, self.size, self.margins = bytes_of, 0.0, 0, []

    def add(self, losses, targets):
        for one in losses.tolist():
            self.nats += one
        self.size += sum(self.bytes_of[i] for i in targets if i >= 0)


def scores_of(c, w, source, count, score):
    if source.marks is None:
        for tokens, targets, positions in text_windows(source.ids, count, c.T):
            score.add(losses_of(c, w, tokens, targets, positions), targets)
        return
    for document in scored_documents(source, count, c.T):
        gained = []
        for number, one in enumerate(document):
            tokens, targets, positions, *_ = one.rows()
            losses = losses_of(c, w, tokens, targets, positions)
            if number == 0:  # not the rejected one
                score.add(losses, targets)
            gained += [one.reference - l for l in nats_of(losses, positions)] if source.pairs else []
        if source.pairs:
            score.margins.append(gained[0] - gained[1])


def bits_per_byte(c, w, sources, most_ids, bytes_of, beta=None):
    """Bits per byte of all, and of each source; None where there are no bytes. And of the pairs, where there are any, their number, that of
    margins above 0, and the sum of their losses. bytes_of: text bytes of each id. @raises Wrong"""
    nats, size, each, pairs, preferred, loss = 0.0, 0, [], 0, 0, 0.0
    for source, count in zip(sources, scored([len(source.ids) for source in sources], most_ids)):
        score, own = Score(bytes_of), 0.0
        scores_of(c, w, source, count, score)
        nats += score.nats
        size += score.size
        each.append((score.nats, score.size))
        for margin in score.margins:
            own += pair_loss(beta * margin)
        pairs, preferred, loss = pairs + len(score.margins), preferred + sum(margin > 0 for margin in score.margins), loss + own
    figure = lambda nats, size: float(nats / LN2 / size) if size else None
    return figure(nats, size), [figure(*one) for one in each], (pairs, preferred, loss) if pairs else None
