"""Philox, S_0 and the batches of docs/arithmetic.md. A seed is a whole number of 64 bits."""

import math
from typing import NamedTuple

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


LEARNED, FIRST, REJECTED = 1, 2, 4


class Source(NamedTuple):
    """The token file of a source, its training or its validation half, as arrays."""

    ids: np.ndarray
    weight: float
    marks: np.ndarray | None = None
    pairs: bool = False
    references: np.ndarray | None = None


class Conversation(NamedTuple):
    ids: np.ndarray
    marks: np.ndarray
    reference: float | None = None

    def rows(self):
        """Tokens, targets, positions and, where it has one, its reference at position 0."""
        positions = np.arange(len(self.ids) - 1)
        found = self.ids[:-1], np.where(self.marks[1:] & LEARNED, self.ids[1:], -1), positions
        return found if self.reference is None else (*found, np.where(positions == 0, self.reference, 0))


def documents_of(source, T):
    """The conversations of each document: one, or the two of a pair. T is the most rows of a document. @raises Wrong"""
    ids, marks, references = source.ids.astype(np.int64), source.marks, source.references
    starts, first = np.flatnonzero(marks & FIRST), marks & FIRST != 0
    if len(ids) != len(marks) or (marks > (7 if source.pairs else 3)).any() or (len(ids) and not first[0]):
        raise Wrong("marks are not what they may be")
    if (marks[~first] & REJECTED).any() or (marks[first] & LEARNED).any():
        raise Wrong("a mark has bits that do not go together")
    ends = [*starts[1:], len(ids)]
    if references is not None and len(references) != len(starts):
        raise Wrong("there are not as many conversations as references")
    own = references.tolist() if references is not None else [None] * len(starts)
    found = [Conversation(ids[start:end], marks[start:end], one) for start, end, one in zip(starts, ends, own)]
    for one in found:
        if not (one.marks & LEARNED).any():
            raise Wrong("a conversation has nothing that can be learned")
    size = 2 if source.pairs else 1
    if source.pairs and (len(found) % 2 or any(bool(one.marks[0] & REJECTED) != (number % 2 == 1) for number, one in enumerate(found))):
        raise Wrong("the conversations are not in turn chosen and rejected ones")
    documents = [found[at : at + size] for at in range(0, len(found), size)]
    if any(sum(len(one.ids) - 1 for one in document) > T for document in documents):
        raise Wrong("a conversation, or a pair, is longer than a window")
    return documents


def text_windows(ids, T):
    return [(ids[at : at + T], ids[at + 1 : at + T + 1], np.arange(T)) for at in range(0, max(0, len(ids) - 1) // T * T, T)]


def packed(documents, T):
    """Windows of T slots of whole documents, in this order."""
    windows, left = [], 0
    for document in documents:
        size = sum(len(one.ids) - 1 for one in document)
        if not windows or size > left:
            windows.append([])
            left = T
        windows[-1] += [one.rows() for one in document]
        left -= size
    filled = []
    for window in windows:
        parts = [np.concatenate(part) for part in zip(*window)]
        filled.append(tuple(np.append(part, np.full(T - len(part), fill)) for part, fill in zip(parts, (0, -1, -1, 0.0))))
    return filled


class Batches:
    """sources: in recipe order. @raises Wrong"""

    def __init__(self, sources, seed, T):
        self.seed, self.T, self.sources = seed, T, []
        self.has_conversations = any(source.marks is not None for source in sources)
        for number, source in enumerate(sources):
            if source.marks is None:
                windows = text_windows(source.ids, T)
            else:
                documents = documents_of(source, T)
                order = [permute(seed, number, len(documents), n, "conversations") for n in range(len(documents))]
                windows = packed([documents[i] for i in order], T)
            share = max(1, half_up(source.weight * len(windows))) if windows else 0
            self.sources.append((windows, share))
        self.size = sum(share for _, share in self.sources)

    def place(self, g):
        """Source and window of a sequence, counted over the whole training."""
        epoch, k = g // self.size, permute(self.seed, g // self.size, self.size, g % self.size)
        for number, (windows, share) in enumerate(self.sources):
            if k < share:
                return number, (epoch * share + k) % len(windows)
            k -= share

    def window(self, source, number):
        """Its slots: tokens, targets, positions and, of pairs that have them, references [T]."""
        return self.sources[source][0][number]

    def batch(self, step, size):
        """The slots [size, T] of a step, counted from 0."""
        found = [self.window(*self.place(g)) for g in range(step * size, (step + 1) * size)]
        kinds = np.int32, np.int32, np.int32, np.float64
        return tuple(np.stack(part).astype(kind) for part, kind in zip(zip(*found), kinds))

    def digest(self, batch):
        """SHA-256 of what a record names: positions only where there are conversations, never references."""
        return sha_hex(b"".join(part.astype("<i4").tobytes() for part in batch[: 3 if self.has_conversations else 2]))
