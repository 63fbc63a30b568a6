"""Merkle tree hashes as RFC 6962 section 2.1 defines them, over SHA-256, computed as the leaves arrive."""

import hashlib


def leaf_hash(data) -> bytes:
    """SHA-256(0x00 || data)."""
    state = hashlib.sha256(b"\0")
    state.update(data)
    return state.digest()


def node_hash(left: bytes, right: bytes) -> bytes:
    """SHA-256(0x01 || left || right)."""
    return hashlib.sha256(b"\1" + left + right).digest()


class MerkleTree:
    """Takes leaf hashes one by one and keeps only the roots of its complete subtrees."""

    def __init__(self):
        self._roots: list[tuple[int, bytes]] = []

    def add(self, data) -> None:
        self.add_hash(leaf_hash(data))

    def add_hash(self, digest: bytes) -> None:
        height = 0
        while self._roots and self._roots[-1][0] == height:
            digest = node_hash(self._roots.pop()[1], digest)
            height += 1
        self._roots.append((height, digest))

    def root(self) -> bytes:
        if not self._roots:
            return hashlib.sha256().digest()
        root = self._roots[-1][1]
        for _, left in reversed(self._roots[:-1]):
            root = node_hash(left, root)
        return root
