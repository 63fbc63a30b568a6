"""Operations of docs/arithmetic.md in binary32, on arrays of numpy. numpy's + - * / and sqrt of float32 round once, as IEEE 754 says;
fma is built from them. Sums follow the documented order: numpy's own sums are never used."""

import numpy as np

np.seterr(all="ignore")
F32, F64 = np.float32, np.float64


def fused(product, c):
    """product (f64, exact) + c, rounded once to binary32. The sum is first rounded to odd in binary64: where it is not exact, the one of its
    two neighbours with an odd last bit stands for it. Binary64 has 29 bits more than binary32, so the second rounding sees on which side
    of a tie the true sum lies (Boldo and Melquiond 2008)."""
    total = np.asarray(product + c)
    part = total - product
    rest = (product - (total - part)) + (c - part)  # the exact rounding error (Knuth)
    bits = total.view(np.int64)
    odd = (rest != 0) & ((bits & 1) == 0) & np.isfinite(total)
    bits += np.where(odd, np.where((total > 0) == (rest > 0), 1, -1), 0)
    return total.astype(F32)


def fma(a, b, c):
    return fused(np.multiply(a, b, dtype=F64), np.asarray(c, F64))


def chains(a, b, start):
    """a, b: one pair of arrays for each k, as f64; the chain over k, from `start`."""
    acc = start
    for x, y in zip(a, b):
        acc = fused(x * y, acc.astype(F64))
    return acc


def tree(lanes):
    left = (lanes[..., 0] + lanes[..., 4]) + (lanes[..., 2] + lanes[..., 6])
    return left + ((lanes[..., 1] + lanes[..., 5]) + (lanes[..., 3] + lanes[..., 7]))


def eights(a):
    """The last axis padded with +0 to a multiple of eight, in pieces of eight."""
    pad = -a.shape[-1] % 8
    a = np.concatenate([a, np.zeros(a.shape[:-1] + (pad,), F32)], -1)
    return [a[..., i : i + 8] for i in range(0, a.shape[-1], 8)]


def row_sum(a):
    lanes = np.zeros(a.shape[:-1] + (8,), F32)
    for piece in eights(a):
        lanes = lanes + piece
    return tree(lanes)


def row_sum_of_products(a, b):
    lanes = np.zeros(a.shape[:-1] + (8,), F32)
    for x, y in zip(eights(a), eights(b)):
        lanes = fma(x, y, lanes)
    return tree(lanes)


def block_sums(arrays):
    """Sums of squares of the elements of each array in blocks of 4,096, array after array, each as a number of f64. All blocks are summed
    side by side; the zeros that fill up the last one of an array add nothing."""
    filled = [np.append(a.reshape(-1), np.zeros(-a.size % 4096, F32)) for a in arrays]
    blocks = np.concatenate(filled).reshape(-1, 4096)
    return row_sum_of_products(blocks, blocks).tolist()


def number(bits):
    return np.array(int(bits, 16), np.uint32).view(F32)[()]


HIGHEST, LOWEST, LOG2E = number("42b0bd71"), number("c2aea8f6"), number("3fb8aa3b")
LN2H, LN2L, FIRST = number("3f318000"), number("b95e8083"), number("39506967")
REST = [number(bits) for bits in ("3ab743ce", "3c088908", "3d2aa9c1", "3e2aaaaa", "3f000000")]
ONE = F32(1)


def exp(x):
    c = np.minimum(x, HIGHEST)
    n = np.rint(c * LOG2E)
    r = fma(-n, LN2H, c)
    r = fma(-n, LN2L, r)
    y = np.full_like(r, FIRST)
    for k in REST:
        y = fma(y, r, k)
    y = fma(y, r * r, r)
    y = y + ONE
    power = np.where(np.isfinite(n), n, 0).clip(-126, 127).astype(np.int32)
    return np.where(x < LOWEST, F32(0), np.ldexp(y, power)).astype(F32)


def sigmoid(x):
    return ONE / (ONE + exp(-x))
