"""Digests, Merkle trees and canonical JSON of docs/proof.md. Knows no run; uses only Python's own library."""

import hashlib
import json
from decimal import Decimal


def sha(data):
    return hashlib.sha256(data).digest()


def sha_hex(data):
    return hashlib.sha256(data).hexdigest()


def tree(leaves):
    """RFC 6962, section 2.1, over leaves as bytes."""
    if len(leaves) < 2:
        return sha(b"\0" + leaves[0]) if leaves else sha(b"")
    half = 1 << (len(leaves) - 1).bit_length() - 1
    return sha(b"\1" + tree(leaves[:half]) + tree(leaves[half:]))


def number(x):
    """A number as ECMAScript prints it, as RFC 8785 requires."""
    if isinstance(x, int) and abs(x) < 2**53:
        return str(x)
    try:
        x = float(x)
    except OverflowError as error:
        raise ValueError("not a JSON number") from error
    if x != x or x in (float("inf"), float("-inf")):
        raise ValueError("not a JSON number")
    if x == 0:
        return "0"
    sign, digits, exponent = Decimal(repr(x)).as_tuple()
    text = "".join(map(str, digits)).lstrip("0")
    exponent += len(text) - len(text.rstrip("0"))
    text = text.rstrip("0")
    k = len(text)
    n = k + exponent  # x = 0.text * 10^n
    minus = "-" if sign else ""
    if k <= n <= 21:
        return minus + text + "0" * (n - k)
    if 0 < n <= 21:
        return minus + text[:n] + "." + text[n:]
    if -6 < n <= 0:
        return minus + "0." + "0" * -n + text
    tail = f"e{'+' if n > 0 else '-'}{abs(n - 1)}"
    return minus + text[0] + ("." + text[1:] if k > 1 else "") + tail


def string(text):
    text.encode()  # a lone surrogate has no canonical form
    return json.dumps(text, ensure_ascii=False)


def scalar(value):
    if value is None:
        return "null"
    if isinstance(value, bool):
        return "true" if value else "false"
    return string(value) if isinstance(value, str) else number(value)


def canonical(value):
    """RFC 8785, as bytes."""

    def text(value):
        if isinstance(value, dict):
            keys = sorted(value, key=lambda key: key.encode("utf-16-be"))
            return "{" + ",".join(f"{string(key)}:{text(value[key])}" for key in keys) + "}"
        if isinstance(value, list):
            return "[" + ",".join(map(text, value)) + "]"
        return scalar(value)

    return text(value).encode()


def indented(value, space=""):
    """JSON on many lines, two spaces a level, members in their order: JSON.stringify(value, null, 2)."""
    inner = space + "  "
    if isinstance(value, dict) and value:
        parts = [f"{inner}{string(key)}: {indented(value[key], inner)}" for key in value]
        return "{\n" + ",\n".join(parts) + f"\n{space}}}"
    if isinstance(value, list) and value:
        return "[\n" + ",\n".join(inner + indented(item, inner) for item in value) + f"\n{space}]"
    return "{}" if isinstance(value, dict) else "[]" if isinstance(value, list) else scalar(value)


LEAF = 2**20


def state_root(step, tensors):
    """tensors: (name, shape, bytes) in the order of names."""
    header = {"step": step, "tensors": [{"dtype": "F32", "name": name, "shape": shape} for name, shape, _ in tensors]}
    leaves = [canonical(header)]
    for _, _, data in tensors:
        leaves += [data[at : at + LEAF] for at in range(0, len(data), LEAF)]
    return tree(leaves).hex()
