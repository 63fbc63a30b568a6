"""Chooses what a corpus holds out (docs/proof.md, "Split"), where split.py only checks a choice: whole documents by their digests, or slices
of them where that misses the share. Knows texts, no files."""

from collections import Counter, namedtuple

from digests import sha
from split import MOST_SLICES, blank, cut, slice_bytes

SPLITS = ("train", "validation")
# Of each source: its documents by split, the most bytes of a slice (None where whole documents are held out), what was dropped by rule, and how
# many documents more there are than texts, with what was dropped.
Chosen = namedtuple("Chosen", "documents slice dropped cuts")
Piece = namedtuple("Piece", "source text place data")


def size(text):
    return len(text.encode())


def held_out(share, sources, talks):
    """For the texts of each source, of which none is blank and none stands twice: a Chosen. talks: of each source whether it is one of
    conversations, which are never cut."""
    whole = [by_digest(share, texts) for texts in sources]
    texts = [of for of, is_talk in zip(whole, talks) if not is_talk]
    documents = sum(len(of[split]) for of in texts for split in SPLITS)
    if share == 0 or meets(share, texts) or documents + 16 / share * len(texts) > MOST_SLICES:
        return [Chosen(one, None, Counter(), 0) for one in whole]
    said = {text for texts, is_talk in zip(sources, talks) if is_talk for text in texts}
    sliced = iter(by_slices(share, [[*of["train"], *of["validation"]] for of in texts], said))
    return [Chosen(one, None, Counter(), 0) if is_talk else next(sliced) for one, is_talk in zip(whole, talks)]


def by_digest(share, texts):
    found = {split: [] for split in SPLITS}
    for text in texts:
        is_held_out = int.from_bytes(sha(text.encode())[:8]) / 2**64 < share
        found["validation" if is_held_out else "train"].append(text)
    return found


def meets(share, sources):
    sizes = [{split: sum(map(size, texts)) for split, texts in of.items()} for of in sources]
    held, wanted = sum(of["validation"] for of in sizes), share * sum(sum(of.values()) for of in sizes)
    return wanted / 2 <= held <= 2 * wanted and all(3 * of["train"] >= of["validation"] for of in sizes)


def by_slices(share, sources, before):
    """before: the documents that come before all of these."""
    most = [slice_bytes(share, sum(map(size, texts))) for texts in sources]
    pieces = [
        Piece(source, number, place, data)
        for source, texts in enumerate(sources)
        for number, text in enumerate(texts)
        for place, data in enumerate(cut(text, most[source]))
    ]
    dropped = [Counter() for _ in sources]
    while True:
        documents, unusable, seen = joined(pieces, chosen(share, pieces, most)), set(), {*before}
        for document in documents:
            text = b"".join(piece.data for piece in document[1]).decode()
            rule = "empty" if blank(text) else "duplicate" if text in seen else None
            seen.add(text)
            if rule:
                dropped[document[1][0].source][rule] += 1
                unusable.update(document[1])
        if not unusable:
            break
        pieces = [piece for piece in pieces if piece not in unusable]
    made = Counter(document[0].source for _, document in documents)
    cuts = [made[source] + sum(dropped[source].values()) - len(texts) for source, texts in enumerate(sources)]
    found = [Chosen({split: [] for split in SPLITS}, *of) for of in zip(most, dropped, cuts)]
    for is_held_out, document in documents:
        text = b"".join(piece.data for piece in document).decode()
        found[document[0].source].documents["validation" if is_held_out else "train"].append(text)
    return found


def chosen(share, pieces, most):
    """The pieces that are held out."""
    copies, of_source, held = Counter(piece.data for piece in pieces), Counter(), set()
    for piece in pieces:
        of_source[piece.source] += len(piece.data)
    wanting = {source: share * total - most[source] / 2 for source, total in of_source.items()}
    for piece in sorted(pieces, key=lambda piece: sha(piece.data)):
        if wanting[piece.source] > 0 and copies[piece.data] == 1 and not blank(piece.data.decode()):
            wanting[piece.source] -= len(piece.data)
            held.add(piece)
    return held


def joined(pieces, held):
    """Neighbours in a text that are on one side, as (held out, pieces)."""
    documents = []
    for piece in pieces:
        last = documents[-1] if documents else None
        before = last[1][-1] if last else None
        follows = before and (before.source, before.text, before.place + 1) == (piece.source, piece.text, piece.place)
        if follows and last[0] == (piece in held):
            last[1].append(piece)
        else:
            documents.append((piece in held, [piece]))
    return documents
