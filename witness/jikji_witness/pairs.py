"""Which pairs of consecutive states are recorded: drawn after the head before them is fixed, so that nobody can behave only in pairs."""

import hashlib


def draw_pair(link: str, nonce: str, h: int, every: int, steps: int) -> int | None:
    """The later step of the pair that follows from the head at h; None where no room is left. `nonce` in hex, empty without an answer."""
    room = min(every, steps - h - 1)
    if room < 1:
        return None
    n = int.from_bytes(hashlib.sha256(bytes.fromhex(link) + bytes.fromhex(nonce)).digest()[:8], "big")
    return h + 2 + n % room


def lodged_seed(recipe: str, spki: bytes, nonce: str) -> str:
    """The seed of a lodged run: nobody can try seeds. `recipe` is the digest of recipe.json."""
    return hashlib.sha256(bytes.fromhex(recipe) + spki + bytes.fromhex(nonce)).hexdigest()[:16]
