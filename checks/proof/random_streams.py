"""Philox, S_0 and the batches of docs/arithmetic.md. A seed is a whole number of 64 bits."""

import math

import numpy as np

from binary64 import normal64
from digests import sha

LOW = 2**32 - 1


def philox(counter, key):
    """Words as whole numbers, or as arrays of uint64."""
    c0, c1, c2, c3 = counter
    k0, k1 = key
    for _ in range(10):
        p, q = 0xD2511F53 * c0, 0xCD9E8D57 * c2
        c0, c1, c2, c3 = (q >> 32) ^ c1 ^ k0, q & LOW, (p >> 32) ^ c3 ^ k1, p & LOW
        k0, k1 = (k0 + 0x9E3779B9) & LOW, (k1 + 0xBB67AE85) & LOW
    return c0, c1, c2, c3


def key_of(seed):
    return seed & LOW, seed >> 32


def stream_of(name):
    digest = sha(name.encode())
    return int.from_bytes(digest[:4], "little"), int.from_bytes(digest[4:8], "little")


def normal_weights(name, shape, seed, std):
    n = math.prod(shape)
    index = np.arange((n + 3) // 4, dtype=np.uint64)
    low, high = (np.uint64(word) for word in stream_of(name))
    key = [np.uint64(word) for word in key_of(seed)]
    words = philox([index & np.uint64(LOW), index >> np.uint64(32), np.full_like(index, low), np.full_like(index, high)], key)
    x = np.stack(words, 1).reshape(-1)[:n]
    u = ((x >> np.uint64(9)).astype(np.float64) + 0.5) * 2.0**-23
    return (normal64(u) * std).astype(np.float32).reshape(shape)


def half_up(x):
    return math.floor(x) + (x - math.floor(x) >= 0.5)


def permute(seed, epoch, size, index):
    h = 1
    while 4**h < size:
        h += 1
    stream = stream_of("batches")[0]
    while True:
        left, right = index >> h, index & (2**h - 1)
        for r in range(6):
            mixed = philox((right, r, epoch, stream), key_of(seed))[0]
            left, right = right, left ^ (mixed & (2**h - 1))
        index = (left << h) + right
        if index < size:
            return index


class Batches:
    """sources: (ids as an array, weight) in recipe order."""

    def __init__(self, sources, seed, T):
        self.seed, self.T, self.sources = seed, T, []
        for ids, weight in sources:
            windows = max(0, (len(ids) - 1) // T)
            share = max(1, half_up(weight * windows)) if windows else 0
            self.sources.append((ids, windows, share))
        self.size = sum(share for _, _, share in self.sources)

    def batch(self, step, size):
        """Tokens and targets [size, T] of a step, counted from 0."""
        rows = []
        for g in range(step * size, (step + 1) * size):
            epoch, k = g // self.size, permute(self.seed, g // self.size, self.size, g % self.size)
            for ids, windows, share in self.sources:
                if k < share:
                    at = (epoch * share + k) % windows * self.T
                    rows.append(ids[at : at + self.T + 1])
                    break
                k -= share
        rows = np.stack(rows).astype(np.int32)
        return rows[:, :-1], rows[:, 1:]
