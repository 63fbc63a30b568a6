"""One update of a weight (docs/arithmetic.md, "A step", item 3) by AdamW or Muon, and the moments that a state has for it. Knows no steps."""

import math

import numpy as np

from binary32 import F32, block_sums, fma
from binary64 import pow_int
from model import input_gradient, linear, weights_of

FIRST, SECOND, MOMENTUM = "adamw.exp_avg.", "adamw.exp_avg_sq.", "muon.momentum_buffer."
COEFFICIENTS = F32(3.4445), F32(-4.775), F32(2.0315)


def by_muon(train, name, shape):
    return train.get("optimizer") == "muon" and name.startswith("model.layers.") and len(shape) == 2


def moments_of(train, name, shape):
    """The prefixes of the names of its moments."""
    return (MOMENTUM,) if by_muon(train, name, shape) else (FIRST, SECOND)


def state_shapes(c, train):
    """Name -> shape of all tensors of a state."""
    found = {}
    for name, (shape, _) in weights_of(c).items():
        found |= {prefix + name: shape for prefix in ("", *moments_of(train, name, shape))}
    return found


def moved(w, u, decay, lr):
    return fma(-lr, fma(decay, w, u), w)


class AdamW:
    def __init__(self, train, t):
        beta1, beta2 = float(train["beta1"]), float(train["beta2"])
        self.b1, self.b2, self.rest1, self.rest2 = F32(beta1), F32(beta2), F32(1 - beta1), F32(1 - beta2)
        self.c1, self.c2 = F32(1 / (1 - pow_int(beta1, t))), F32(1 / (1 - pow_int(beta2, t)))
        self.eps = F32(train["eps"])

    def direction(self, g, m, v):
        """u, and the next moments."""
        m = fma(self.b1, m, self.rest1 * g)
        v = fma(self.b2, v, self.rest2 * (g * g))
        return (m * self.c1) / (np.sqrt(v * self.c2) + self.eps), m, v


class Muon:
    def __init__(self, train):
        momentum = float(train["momentum"])
        self.mu, self.rest = F32(momentum), F32(1 - momentum)

    def direction(self, g, m):
        """s * x, and the next moment."""
        m = fma(self.mu, m, self.rest * g)
        x = orthogonal(fma(self.mu, m, self.rest * g))
        return F32(0.2 * math.sqrt(max(x.shape))) * x, m


def orthogonal(x):
    """x over its norm, then five steps of Newton and Schulz, which bring all singular values near 1."""
    total = 0.0
    for one in block_sums([x]):
        total += one
    x = F32(1 / (math.sqrt(total) + 1e-7)) * x
    tall = x.shape[0] > x.shape[1]
    x = x.T if tall else x
    first, third, fifth = COEFFICIENTS
    for _ in range(5):
        p = linear(x, x)  # the products of its rows
        b = fma(fifth, input_gradient(p, p), third * p)  # input_gradient(a, b) is the matrix a b
        x = input_gradient(b, x, first * x)
    return x.T if tall else x
