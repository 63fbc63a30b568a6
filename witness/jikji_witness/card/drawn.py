"""Numbers that anyone can draw again from a name: the inputs of the vectors, and the cases of the probes."""

from collections.abc import Iterator
from hashlib import sha256

MASK = (1 << 64) - 1
GENERATOR = (
    "k is the first 8 bytes, little-endian, of the SHA-256 of the text 'jikji chip card 1: NAME'; z of element i is "
    "splitmix64(k + i). A real number of n bits is (z >> (64 - n)) - 2^(n - 1), divided by 2^(n - 2), times its scale; a whole "
    "number is z modulo its limit. NAME is the operation, the type and the input, with spaces between them."
)


def splitmix64(state: int) -> int:
    z = (state + 0x9E3779B97F4A7C15) & MASK
    z = ((z ^ (z >> 30)) * 0xBF58476D1CE4E5B9) & MASK
    z = ((z ^ (z >> 27)) * 0x94D049BB133111EB) & MASK
    return z ^ (z >> 31)


def words(name: str, count: int) -> Iterator[int]:
    key = int.from_bytes(sha256(f"jikji chip card 1: {name}".encode()).digest()[:8], "little")
    return (splitmix64((key + i) & MASK) for i in range(count))


def reals(name: str, count: int, bits: int, scale: float = 1.0) -> list[float]:
    """Numbers from -2 to 2 times a power of two; a type whose precision is `bits` has them all."""
    return [((z >> (64 - bits)) - (1 << bits - 1)) / (1 << bits - 2) * scale for z in words(name, count)]


def wholes(name: str, count: int, below: int) -> list[int]:
    return [z % below for z in words(name, count)]
