"""What a step minimises (docs/arithmetic.md, "Cross-entropy" and "Preferences"): the mean nats of its learned targets, or the mean loss of its
pairs. A batch is tokens, targets, positions and, of pairs, references, [B, T] each, and rows are those of its slots that are used."""

import numpy as np

from binary32 import F32
from binary64 import exp64, log64
from known import known
from model import EMBEDDING, HEAD, angles, cross_entropy, forward, group_gradients


def used(batch):
    """The rows of a batch: the slots with a position."""
    return [part[batch[2] >= 0] for part in batch]


def nats_of(losses, positions):
    """Of each conversation, which begins at a position of 0: an f64 chain over its rows."""
    found = []
    for one, position in zip(losses.tolist(), positions.tolist()):
        if position == 0:
            found.append(0.0)
        found[-1] += one
    return found


def margins(losses, positions, references):
    """Of each pair; references have that of a conversation at its position 0."""
    gained = [r - l for r, l in zip(references[positions == 0].tolist(), nats_of(losses, positions), strict=True)]
    return [chosen - rejected for chosen, rejected in zip(gained[::2], gained[1::2], strict=True)]


def pair_loss(z):
    return float(log64(1 + exp64(-z)) if z > 0 else log64(1 + exp64(z)) - z)


class Likelihood:
    def __init__(self, batch):
        self.n = int((batch[1] >= 0).sum())

    def factors(self, losses, rows):
        """The last factor of each row's gradient."""
        return np.full(len(losses), F32(1 / self.n))

    def terms(self, losses, rows):
        """What the step's loss adds up, in order."""
        return losses.tolist()


class Preference:
    def __init__(self, batch, beta):
        self.n, self.beta = int((batch[2] == 0).sum()) // 2, float(beta)

    def factors(self, losses, rows):
        _, _, positions, references = rows
        found = []
        for margin in margins(losses, positions, references):
            share = F32((self.beta * (1 / (1 + float(exp64(self.beta * margin))))) / self.n)
            found += [share, -share]
        return np.array(found, F32)[np.cumsum(positions == 0) - 1]

    def terms(self, losses, rows):
        _, _, positions, references = rows
        return [pair_loss(self.beta * margin) for margin in margins(losses, positions, references)]


def objective_of(train, batch):
    return Preference(batch, train["dpoBeta"]) if "dpoBeta" in train else Likelihood(batch)


@known
def losses_of(c, w, tokens, targets, positions):
    """Nats of each target, +0 where it is not learned."""
    return cross_entropy(forward(c, w, tokens, positions, angles(c))[-1], targets)[0]


def mean_loss(c, w, train, batch):
    """The loss of a batch: what the record of its step has."""
    objective, rows, total = objective_of(train, batch), used(batch), 0.0
    for one in objective.terms(losses_of(c, w, *rows[:3]), rows):
        total += one
    return total / objective.n


def step_gradients(c, w, train, batch):
    """Loss (f64) and gradients of a step."""
    objective, loss, total = objective_of(train, batch), 0.0, None
    for group in zip(*(np.split(part, train["gradientGroups"]) for part in batch)):
        rows = used(group)
        losses, found = group_gradients(c, w, *rows[:3], lambda losses, rows=rows: objective.factors(losses, rows))
        for one in objective.terms(losses, rows):
            loss += one
        total = found if total is None else {name: total[name] + found[name] for name in total}
    if c.tied:
        total[EMBEDDING] = total[EMBEDDING] + total.pop(HEAD)
    return loss / objective.n, total
