"""S_0 and steps of docs/arithmetic.md. A state is {name: array}, of weights and of their moments."""

import math

import numpy as np

from binary32 import F32, block_sums
from binary64 import PI, cos64
from digests import state_root
from known import known
from model import weights_of
from objective import step_gradients
from optimizer import AdamW, Muon, by_muon, moments_of, moved
from random_streams import normal_weights
from tokens import parts_of


class NotFinite(Exception):
    pass


def initial_state(c, train, seed, start=None, vocabulary=None):
    """start: the weights of a parent by name, in place of drawn ones; vocabulary: that of the run, where it has more entries than the parent's."""
    state = {}
    for name, (shape, std) in weights_of(c).items():
        if start is not None:
            state[name] = start[name] if len(start[name]) == shape[0] else with_new_rows(start[name], normal_weights(name, shape, seed, std), vocabulary)
        else:
            state[name] = np.full(shape, 0 if name.endswith(".bias") else 1, F32) if std is None else normal_weights(name, shape, seed, std)
        state |= {prefix + name: np.zeros(shape, F32) for prefix in moments_of(train, name, shape)}
    return state


def with_new_rows(old, drawn, vocabulary):
    """A matrix of the parent with a row for each further entry: the mean of the rows that it stands for, or drawn."""
    rows = drawn.copy()
    rows[: len(old)] = old
    for id, parts in parts_of(vocabulary, len(old)).items():
        if parts is not None:
            total = np.zeros(old.shape[1], F32)
            for part in parts:
                total = total + old[part]
            rows[id] = total * F32(1 / len(parts))
    return rows


def root_of(step, state):
    return state_root(step, [(name, list(state[name].shape), state[name].astype("<f4").tobytes()) for name in sorted(state)])


def learning_rate(train, t):
    n, w, p, e = train["steps"], train["warmupSteps"], float(train["learningRate"]), float(train["minLearningRate"])
    if t <= w:
        return F32((p * t) / w)
    if train["schedule"] == "cosine":
        return F32(e + ((p - e) * 0.5) * (1 + float(cos64(PI * ((t - w) / (n - w))))))
    s = n - math.floor(train["decayFraction"] * n)
    return F32(p) if t <= s else F32(p + ((e - p) * (t - s)) / (n - s))


def gradient_norm(gradients):
    total = 0.0
    for one in block_sums(gradients[name] for name in sorted(gradients)):
        total += one
    return math.sqrt(total) if total >= 0 else total


def updated(c, state, gradients, train, t, norm):
    """The next state."""
    lr, clip = learning_rate(train, t), F32(1)
    if train["gradClip"] > 0 and norm > train["gradClip"]:
        clip = F32(train["gradClip"] / norm)
    adamw, muon, after = AdamW(train, t), Muon(train) if "momentum" in train else None, {}
    for name, (shape, std) in weights_of(c).items():
        names = [prefix + name for prefix in moments_of(train, name, shape)]
        optimizer = muon if by_muon(train, name, shape) else adamw
        u, *moments = optimizer.direction(gradients[name] * clip, *(state[moment] for moment in names))
        after[name] = moved(state[name], u, F32(0 if std is None else train["weightDecay"]), lr)
        after |= zip(names, moments, strict=True)
    return after


@known
def step(c, state, train, t, batch):
    """Step t on a batch: the next state, loss and gradient norm. @raises NotFinite"""
    loss, gradients = step_gradients(c, state, train, batch)
    norm = gradient_norm(gradients)
    if not (math.isfinite(loss) and math.isfinite(norm)):
        raise NotFinite
    return updated(c, state, gradients, train, t, norm), loss, norm
