"""The held-out part of a corpus (docs/proof.md, "Split"): whole documents by their digests, or slices of them. Knows texts, no files."""

import math
from collections import Counter

from digests import sha
from readers import is_talk

MIB, MOST_SLICES = 2**20, 2**21
# ECMAScript's \s
BLANK = {*range(9, 14), 0x20, 0xA0, 0x1680, *range(0x2000, 0x200B), 0x2028, 0x2029, 0x202F, 0x205F, 0x3000, 0xFEFF}


def blank(text):
    return all(ord(character) in BLANK for character in text)


def slice_bytes(share, size):
    wanted = math.floor(share * size)
    return max(8, min(MIB, wanted, max(wanted // 8, 2048)))


def wrong_plan(share, sources):
    """The fault in the manifest's choice between documents and slices, or None."""
    if any(source["slice"] for source in sources if is_talk(source)):
        return "holds out slices of conversations"
    sources = [source for source in sources if not is_talk(source)]
    slices = [source["slice"] for source in sources]
    sizes = [source["bytes"] for source in sources]
    if not any(slices):
        documents = sum(source["counts"]["kept"] for source in sources)
        if share == 0 or documents + 16 / share * len(sources) > MOST_SLICES:
            return None
        held, wanted = sum(size["validation"] for size in sizes), share * sum(sum(size.values()) for size in sizes)
        good = wanted / 2 <= held <= 2 * wanted and all(3 * size["train"] >= size["validation"] for size in sizes)
        return None if good else "holds out whole documents, which misses the share"
    if share == 0 or not all(slices):
        return "holds out slices where it must not, or not of every source"
    if any(most < slice_bytes(share, sum(size.values())) for most, size in zip(slices, sizes)):
        return "has slices that are shorter than they can be"
    for source, size in zip(sources, sizes):
        dropped = sum(source["counts"]["dropped"].get(rule, 0) for rule in ("duplicate", "empty"))
        if source["slice"] > slice_bytes(share, sum(size.values()) + dropped * MIB):
            return "has slices that are longer than they can be"
    return None


def cut(text, most):
    """The slices of a document."""
    data, slices = text.encode(), []
    while len(data) > most:
        at = 0
        for end in (b"\n\n", b"\n", b" "):
            found = data.rfind(end, 0, most)
            if found >= 0 and found + len(end) > most / 2:
                at = found + len(end)
                break
        else:
            at = most
            while data[at] & 0xC0 == 0x80:
                at -= 1
        slices.append(data[:at])
        data = data[at:]
    return [*slices, data]


def misplaced(share, sources, documents):
    """The number of documents or slices on the wrong side, by (source, split); documents: (source, split, text)."""
    wrong = Counter()
    for source, split, text in documents:
        if not sources[source]["slice"]:
            held_out = int.from_bytes(sha(text.encode())[:8]) / 2**64 < share
            wrong[source, split] += (split == "validation") != held_out
    documents = [one for one in documents if sources[one[0]]["slice"]]
    slices = [(sha(piece), piece, source, split) for source, split, text in documents for piece in cut(text, sources[source]["slice"])]
    copies, size = Counter(digest for digest, *_ in slices), Counter()
    for _, piece, source, _ in slices:
        size[source] += len(piece)
    wanting = {source: share * size[source] - sources[source]["slice"] / 2 for source in size}
    for digest, piece, source, split in sorted(slices):
        held_out = wanting[source] > 0 and copies[digest] == 1 and not blank(piece.decode())
        if held_out:
            wanting[source] -= len(piece)
        wrong[source, split] += (split == "validation") != held_out
    return wrong
