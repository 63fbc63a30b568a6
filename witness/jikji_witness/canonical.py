"""Canonical JSON (RFC 8785): each value has one text, so that its digest is well defined. Knows nothing of what the values mean."""

import hashlib
import json
import math

MAX_SAFE = 2**53 - 1


def canonical_json(value: object) -> str:
    """The canonical text: members in the order of UTF-16 code units, no white space, numbers as ECMAScript prints them.

    Raises TypeError for what JSON cannot hold: NaN, lone surrogates, whole numbers that no binary64 is sure to hold.
    """
    if value is None:
        return "null"
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, str):
        return _text(value)
    if isinstance(value, int):
        if abs(value) > MAX_SAFE:
            raise TypeError(f"not a whole number that JSON holds exactly: {value}")
        return str(int(value))
    if isinstance(value, float):
        return _number(float(value))
    if isinstance(value, (list, tuple)):
        return "[" + ",".join(canonical_json(item) for item in value) + "]"
    if isinstance(value, dict):
        for key in value:
            if not isinstance(key, str):
                raise TypeError(f"the name of a member is not a text: {key!r}")
        return "{" + ",".join(f"{_text(key)}:{canonical_json(value[key])}" for key in sorted(value, key=utf16)) + "}"
    raise TypeError(f"not a JSON value: {type(value).__name__}")


def utf16(text: str) -> bytes:
    """Sorts as the UTF-16 code units do, which is not the order of code points."""
    return text.encode("utf-16-be", "surrogatepass")


def _text(text: str) -> str:
    try:
        text.encode()
    except UnicodeEncodeError:
        raise TypeError("a lone surrogate has no canonical form") from None
    return json.dumps(text, ensure_ascii=False)


def _number(x: float) -> str:
    if not math.isfinite(x):
        raise TypeError(f"not a JSON number: {x}")
    if x == 0:
        return "0"
    sign = "-" if x < 0 else ""
    # Python's shortest digits that give the number again are ECMAScript's; only the layout differs.
    mantissa, _, exponent = repr(abs(x)).partition("e")
    whole, _, fraction = mantissa.partition(".")
    if fraction == "0":
        fraction = ""
    digits = (whole + fraction).lstrip("0")
    point = len(whole) + int(exponent or 0) - (len(whole + fraction) - len(digits))
    digits = digits.rstrip("0")
    count = len(digits)
    if count <= point <= 21:
        return sign + digits + "0" * (point - count)
    if 0 < point <= 21:
        return f"{sign}{digits[:point]}.{digits[point:]}"
    if -6 < point <= 0:
        return f"{sign}0.{'0' * -point}{digits}"
    tail = f".{digits[1:]}" if count > 1 else ""
    return f"{sign}{digits[0]}{tail}e{'+' if point > 0 else '-'}{abs(point - 1)}"


def sha256_hex(data: bytes | str) -> str:
    """SHA-256 as 64 lower-case hex digits. A text is hashed as UTF-8."""
    return hashlib.sha256(data.encode() if isinstance(data, str) else data).hexdigest()


def digest_of_json(value: object) -> str:
    return sha256_hex(canonical_json(value))


def parse_canonical(text: str, what: str) -> object:
    """Parses JSON that must be in its canonical form. Raises ValueError."""
    try:
        value = json.loads(text)
        again = canonical_json(value)
    except (ValueError, TypeError, RecursionError) as error:
        raise ValueError(f"{what} is not JSON with a canonical form") from error
    if again != text:
        raise ValueError(f"{what} is not in its canonical form")
    return value
