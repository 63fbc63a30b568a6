"""Philox, S_0 and the batches of docs/arithmetic.md. A seed is a whole number of 64 bits."""

import math

import numpy as np

from binary64 import normal64
from digests import sha, sha_hex
from files import Wrong

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


def permute(seed, epoch, size, index, name="batches"):
    h = 1
    while 4**h < size:
        h += 1
    stream = stream_of(name)[0]
    while True:
        left, right = index >> h, index & (2**h - 1)
        for r in range(6):
            mixed = philox((right, r, epoch, stream), key_of(seed))[0]
            left, right = right, left ^ (mixed & (2**h - 1))
        index = (left << h) + right
        if index < size:
            return index


LEARNED, FIRST = 1, 2


def as_rows(ids, marks):
    """Tokens, targets and positions of a conversation."""
    return ids[:-1], np.where(marks[1:] & LEARNED, ids[1:], -1), np.arange(len(ids) - 1)


def text_windows(ids, T):
    return [(ids[at : at + T], ids[at + 1 : at + T + 1], np.arange(T)) for at in range(0, max(0, len(ids) - 1) // T * T, T)]


def conversations(ids, marks, T):
    """The ids and marks of each conversation; T is the most rows of one. @raises Wrong"""
    ids, starts = ids.astype(np.int64), np.flatnonzero(marks & FIRST)
    if len(ids) != len(marks) or (marks > 3).any() or (len(ids) and not (len(starts) and starts[0] == 0)):
        raise Wrong("marks are not what they may be")
    found = [(ids[start:end], marks[start:end]) for start, end in zip(starts, [*starts[1:], len(ids)])]
    for _, own in found:
        if own[0] & LEARNED or not (own[1:] & LEARNED).any():
            raise Wrong("a conversation has nothing that can be learned, or its first token is")
        if len(own) - 1 > T:
            raise Wrong("a conversation is longer than a window")
    return found


def packed(parts, T):
    """Windows of T slots of whole conversations, in this order."""
    windows = []
    for rows in (as_rows(*part) for part in parts):
        if windows and sum(len(one[0]) for one in windows[-1]) + len(rows[0]) <= T:
            windows[-1].append(rows)
        else:
            windows.append([rows])
    filled = []
    for window in windows:
        parts = [np.concatenate(part) for part in zip(*window)]
        filled.append(tuple(np.append(part, np.full(T - len(part), fill)) for part, fill in zip(parts, (0, -1, -1))))
    return filled


class Batches:
    """sources: (ids as an array, weight, marks or None) in recipe order. @raises Wrong"""

    def __init__(self, sources, seed, T):
        self.seed, self.T, self.sources = seed, T, []
        self.has_conversations = any(marks is not None for _, _, marks in sources)
        for number, (ids, weight, marks) in enumerate(sources):
            if marks is None:
                windows = text_windows(ids, T)
            else:
                parts = conversations(ids, marks, T)
                order = [permute(seed, number, len(parts), n, "conversations") for n in range(len(parts))]
                windows = packed([parts[i] for i in order], T)
            share = max(1, half_up(weight * len(windows))) if windows else 0
            self.sources.append((windows, share))
        self.size = sum(share for _, share in self.sources)

    def batch(self, step, size):
        """Tokens, targets and positions [size, T] of a step, counted from 0."""
        found = []
        for g in range(step * size, (step + 1) * size):
            epoch, k = g // self.size, permute(self.seed, g // self.size, self.size, g % self.size)
            for windows, share in self.sources:
                if k < share:
                    found.append(windows[(epoch * share + k) % len(windows)])
                    break
                k -= share
        return tuple(np.stack(part).astype(np.int32) for part in zip(*found))

    def digest(self, batch):
        """SHA-256 of what a record names: positions only where there are conversations."""
        return sha_hex(b"".join(part.astype("<i4").tobytes() for part in batch[: 3 if self.has_conversations else 2]))
