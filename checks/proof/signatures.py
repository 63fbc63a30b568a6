"""ECDSA over P-256 with SHA-256 (FIPS 186-5), in whole numbers: verification only, and one form of signature and key only."""

import hashlib

P = 0xFFFFFFFF00000001000000000000000000000000FFFFFFFFFFFFFFFFFFFFFFFF
A = P - 3
B = 0x5AC635D8AA3A93E7B3EBBD55769886BC651D06B0CC53B0F63BCE3C3E27D2604B
N = 0xFFFFFFFF00000000FFFFFFFFFFFFFFFFBCE6FAADA7179E84F3B9CAC2FC632551
G = (
    0x6B17D1F2E12C4247F8BCE6E563A440F277037D812DEB33A0F4A13945D898C296,
    0x4FE342E2FE1A7F9B8EE7EB4A7C0F9E162BCE33576B315ECECBB6406837BF51F5,
)
SPKI = bytes.fromhex("3059301306072a8648ce3d020106082a8648ce3d03010703420004")


def add(p, q):
    if p is None or q is None:
        return p or q
    if p[0] == q[0]:
        if (p[1] + q[1]) % P == 0:
            return None
        slope = (3 * p[0] * p[0] + A) * pow(2 * p[1], -1, P) % P
    else:
        slope = (q[1] - p[1]) * pow(q[0] - p[0], -1, P) % P
    x = (slope * slope - p[0] - q[0]) % P
    return x, (slope * (p[0] - x) - p[1]) % P


def times(k, p):
    total = None
    while k:
        if k & 1:
            total = add(total, p)
        p = add(p, p)
        k >>= 1
    return total


def point(spki):
    """The point of a key as SPKI in DER, written in full; None for anything else."""
    if len(spki) != 91 or not spki.startswith(SPKI):
        return None
    x, y = int.from_bytes(spki[27:59]), int.from_bytes(spki[59:])
    return (x, y) if x < P and y < P and (y * y - x**3 - A * x - B) % P == 0 else None


def integer(x):
    body = x.to_bytes(x.bit_length() // 8 + 1)
    return bytes([2, len(body)]) + body


def numbers(signature):
    """r and s of a signature in its one form: DER, s in the lower half. None for anything else."""
    try:
        r_end = 4 + signature[3]
        r, s = int.from_bytes(signature[4:r_end]), int.from_bytes(signature[r_end + 2 :])
        body = integer(r) + integer(s)
    except (IndexError, OverflowError):
        return None
    good = 0 < r < N and 0 < s <= N // 2 and signature == bytes([0x30, len(body)]) + body
    return (r, s) if good else None


def verify(spki, data, signature):
    key, pair = point(spki), numbers(signature)
    if key is None or pair is None:
        return False
    r, s = pair
    w = pow(s, -1, N)
    z = int.from_bytes(hashlib.sha256(data).digest())
    found = add(times(z * w % N, G), times(r * w % N, key))
    return found is not None and found[0] % N == r
