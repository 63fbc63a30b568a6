"""S_0 and steps of docs/arithmetic.md. A state is {weight, "adamw.exp_avg." + weight, "adamw.exp_avg_sq." + weight: array}."""

import math

import numpy as np

from binary32 import F32, fma, row_sum_of_products
from binary64 import PI, cos64, pow_int
from digests import sha_hex, state_root
from model import step_gradients, weights_of
from random_streams import normal_weights

FIRST, SECOND = "adamw.exp_avg.", "adamw.exp_avg_sq."


class NotFinite(Exception):
    pass


def initial_state(c, seed):
    state = {}
    for name, (shape, std) in weights_of(c).items():
        state[name] = np.full(shape, 0 if name.endswith(".bias") else 1, F32) if std is None else normal_weights(name, shape, seed, std)
        state[FIRST + name], state[SECOND + name] = np.zeros(shape, F32), np.zeros(shape, F32)
    return state


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
    for name in sorted(gradients):
        g = gradients[name].reshape(-1)
        whole = len(g) // 4096 * 4096
        sums = row_sum_of_products(*[g[:whole].reshape(-1, 4096)] * 2).tolist()
        if whole < len(g):
            sums.append(float(row_sum_of_products(g[whole:], g[whole:])))
        for one in sums:
            total += one
    return math.sqrt(total) if total >= 0 else total


def batch_digest(tokens, targets):
    return sha_hex(tokens.astype("<i4").tobytes() + targets.astype("<i4").tobytes())


def adamw(c, state, gradients, train, t, norm):
    """The next state."""
    lr, clip = learning_rate(train, t), F32(1)
    if train["gradClip"] > 0 and norm > train["gradClip"]:
        clip = F32(train["gradClip"] / norm)
    beta1, beta2 = float(train["beta1"]), float(train["beta2"])
    b1, b2, rest1, rest2 = F32(beta1), F32(beta2), F32(1 - beta1), F32(1 - beta2)
    c1, c2 = F32(1 / (1 - pow_int(beta1, t))), F32(1 / (1 - pow_int(beta2, t)))
    eps, after = F32(train["eps"]), {}
    for name, (_, std) in weights_of(c).items():
        w, g = state[name], gradients[name] * clip
        m = fma(b1, state[FIRST + name], rest1 * g)
        v = fma(b2, state[SECOND + name], rest2 * (g * g))
        u = (m * c1) / (np.sqrt(v * c2) + eps)
        decay = F32(0 if std is None else train["weightDecay"])
        after[name], after[FIRST + name], after[SECOND + name] = fma(-lr, fma(decay, w, u), w), m, v
    return after


def step(c, state, train, t, tokens, targets):
    """Step t on a batch: the next state, loss and gradient norm. @raises NotFinite"""
    loss, gradients = step_gradients(c, state, tokens, targets, train["gradientGroups"])
    norm = gradient_norm(gradients)
    if not (math.isfinite(loss) and math.isfinite(norm)):
        raise NotFinite
    return adamw(c, state, gradients, train, t, norm), loss, norm
