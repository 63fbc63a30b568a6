"""From texts to tokens, as in docs/arithmetic.md: pre-tokens, training, tokenizer.json, encoding. Python's table of Unicode is older
than 17.0: a text with a code point unknown to it is not judged (`Unknown`)."""

import re
import unicodedata
from collections import Counter, defaultdict
from functools import lru_cache
from types import SimpleNamespace

from digests import indented
from random_streams import half_up

END_OF_TEXT = "<|endoftext|>"
MOST_BYTES, DISTINCT_BYTES = 64 * 2**20, 16 * 2**20
SPACES = {*range(9, 14), 0x20, 0x85, 0xA0, 0x1680, *range(0x2000, 0x200B), 0x2028, 0x2029, 0x202F, 0x205F, 0x3000}
PATTERN = (
    "'s|'t|'re|'ve|'m|'ll|'d| ?\\p{L}+| ?\\p{N}+| ?[^\\p{White_Space}\\p{L}\\p{N}]+"
    "|\\p{White_Space}+(?!\\P{White_Space})|\\p{White_Space}+"
)


class Unknown(Exception):
    """The text holds a code point whose class this Python does not know."""


@lru_cache(None)
def kind(character):
    if ord(character) in SPACES:
        return "space"
    category = unicodedata.category(character)
    code = ord(character)
    if category == "Cn" and code & 0xFFFE != 0xFFFE and not 0xFDD0 <= code <= 0xFDEF:  # these never become characters
        raise Unknown(f"U+{code:04X}")
    return category[0] if category[0] in "LN" else "other"


def pre_tokens(text):
    found, at, end = [], 0, len(text)
    while at < end:
        short = next((s for s in ("'s", "'t", "'re", "'ve", "'m", "'ll", "'d") if text.startswith(s, at)), None)
        start = at + 1 if text[at] == " " and at + 1 < end else at
        if short:
            stop = at + len(short)
        elif kind(text[start]) != "space":
            stop = start
            while stop < end and kind(text[stop]) == kind(text[start]):
                stop += 1
        else:
            stop = at
            while stop < end and kind(text[stop]) == "space":
                stop += 1
            if stop < end and stop > at + 1:
                stop -= 1
        found.append(text[at:stop])
        at = stop
    return found


def in_turn(sources):
    """Documents with their weights; sources: (texts, weight, bytes of all)."""
    left = [[0, max(1, total), iter(texts), weight] for texts, weight, total in sources]
    while left:
        source = min(left, key=lambda s: s[0] / s[1])  # the first of equal ones
        text = next(source[2], None)
        if text is None:
            left.remove(source)
        else:
            document, said = text
            source[0] += len(document.encode())
            for one in said:
                yield one, source[3]


def count_words(documents):
    """Weights of distinct pre-tokens (bytes), and the weight of the lightest document."""
    words, room, distinct, lightest = {}, MOST_BYTES, 0, None
    for text, weight in documents:
        units = max(1, half_up(weight * 4096))
        lightest = units if lightest is None else min(lightest, units)
        data = text.encode()
        cut = len(data) > room
        if cut:
            data = data[:room].decode(errors="ignore").encode()
        for word, n in Counter(pre_tokens(data.decode())).items():  # in the order of first appearance
            word = word.encode()
            if word not in words:
                if distinct + len(word) > DISTINCT_BYTES:
                    continue
                distinct += len(word)
                words[word] = 0
            words[word] += n * units
        room -= len(data)
        if cut or room == 0:
            break
    return words, lightest


def train(documents, size, base=None, turn=()):
    """The vocabulary of `base` (by default that of the bytes), merges of the documents, and turn tokens that it does not have: `size` entries."""
    base = base or of_bytes()
    turn = [text for text in turn if text not in base.specials]
    spelled, merges = learned(documents, size - len(turn), base, turn)
    specials = {**base.specials, **{text: len(spelled) + i for i, text in enumerate(turn)}}
    return SimpleNamespace(spelled=[*spelled, *turn], specials=specials, merges=merges)


def learned(documents, size, base, turn):
    """All entries up to `size` but the turn tokens, and all merges."""
    tokens, merges = list(base.spelled), list(base.merges)
    if len(tokens) >= size:
        return tokens, merges
    words, lightest = count_words(documents)
    taken, encoder = {*tokens, *turn}, Encoder(base)
    symbols = [encoder.word(word) for word in words]
    weights = list(words.values())
    pairs, where = defaultdict(int), defaultdict(set)

    def count(word, sign):
        ids = symbols[word]
        for pair in zip(ids, ids[1:]):
            pairs[pair] += sign * weights[word]
            where[pair].add(word)

    for word in range(len(symbols)):
        count(word, 1)
    passed = set()
    while len(tokens) < size:
        pair = max((p for p in pairs if p not in passed), key=lambda p: (pairs[p], -p[0], -p[1]), default=None)
        if pair is None or pairs[pair] < 2 * lightest:
            break
        joined = tokens[pair[0]] + tokens[pair[1]]
        if joined in taken:
            passed.add(pair)
            continue
        for word in where.pop(pair):
            count(word, -1)
            symbols[word] = merged(symbols[word], pair, len(tokens))
            count(word, 1)
        taken.add(joined)
        merges.append((*pair, len(tokens)))
        tokens.append(joined)
    return tokens, merges


def merged(ids, pair, new):
    found, i = [], 0
    while i < len(ids):
        if tuple(ids[i : i + 2]) == pair:
            found.append(new)
            i += 2
        else:
            found.append(ids[i])
            i += 1
    return found


def merged_by(ranks, symbols):
    """Symbols after all merges: that of the lowest rank, of equal ones the leftmost. ranks: (left, right) to (rank, merged)."""
    none = (len(ranks), None)
    while len(symbols) > 1:
        (_, made), pair = min((ranks.get(pair, none), pair) for pair in zip(symbols, symbols[1:]))
        if made is None:
            break
        at = next(i for i in range(len(symbols)) if tuple(symbols[i : i + 2]) == pair)
        symbols[at : at + 2] = [made]
    return symbols


def apart(pattern, ids, text):
    """A text cut at the words of a pattern (None for none): parts, each with its id or None."""
    at = 0
    for match in pattern.finditer(text) if pattern else ():
        if match.start() > at:
            yield text[at : match.start()], None
        yield match[0], ids[match[0]]
        at = match.end()
    if at < len(text):
        yield text[at:], None


class Encoder:
    def __init__(self, vocabulary):
        ids = {text: id for id, text in enumerate(vocabulary.spelled) if text not in vocabulary.specials}
        self.start = self.end = vocabulary.specials[END_OF_TEXT]
        self.begins = self.ends = END_OF_TEXT
        self.specials, self.spelled = vocabulary.specials, vocabulary.spelled
        self.pattern = re.compile("|".join(map(re.escape, sorted(vocabulary.specials, key=len, reverse=True))))
        self.bytes = [ids[character] for character in CHARACTERS]
        self.ranks = {(left, right): (rank, made) for rank, (left, right, made) in enumerate(vocabulary.merges)}
        self.known = {}

    def word(self, data):
        if data not in self.known:
            self.known[data] = merged_by(self.ranks, [self.bytes[b] for b in data])
        return list(self.known[data])

    def plain(self, text):
        return [i for word in pre_tokens(text) for i in self.word(word.encode())]

    def document(self, text):
        return [self.start, *self.plain(text)]

    def bytes_of(self, id):
        """What it adds to a text; a special token as its text."""
        spelled = self.spelled[id]
        return spelled.encode() if spelled in self.specials else bytes(map(CHARACTERS.index, spelled))

    def text(self, id):
        return self.bytes_of(id).decode(errors="replace")

    def measured(self, text, special=False):
        """Ids, and the bytes of the text that each stands for."""
        parts = apart(self.pattern if special else None, self.specials, text)
        ids = [i for part, id in parts for i in (self.plain(part) if id is None else [id])]
        return ids, [len(self.bytes_of(id)) for id in ids]


def characters():
    """One printable character for each byte."""
    printable = [*range(0x21, 0x7F), *range(0xA1, 0xAD), *range(0xAE, 0x100)]
    others = iter(range(0x100, 0x200))
    return [chr(b if b in printable else next(others)) for b in range(256)]


CHARACTERS = characters()


def of_bytes():
    """The vocabulary that every training without a parent begins with. `spelled` by id; special tokens as their text."""
    return SimpleNamespace(spelled=[END_OF_TEXT, *CHARACTERS], specials={END_OF_TEXT: 0}, merges=[])


def to_json(vocabulary):
    spelled = vocabulary.spelled
    byte_level = {"type": "ByteLevel", "add_prefix_space": False, "trim_offsets": True}
    added = {"single_word": False, "lstrip": False, "rstrip": False, "normalized": False, "special": True}
    split = {"type": "Split", "pattern": {"Regex": PATTERN}, "behavior": "Isolated", "invert": False}
    frame = {
        "version": "1.0",
        "truncation": None,
        "padding": None,
        "added_tokens": [{"id": id, "content": text, **added} for text, id in vocabulary.specials.items()],
        "normalizer": None,
        "pre_tokenizer": {"type": "Sequence", "pretokenizers": [split, {**byte_level, "use_regex": False}]},
        "post_processor": None,
        "decoder": {**byte_level, "use_regex": True},
        "model": {
            "type": "BPE",
            "dropout": None,
            "unk_token": None,
            "continuing_subword_prefix": None,
            "end_of_word_suffix": None,
            "fuse_unk": False,
            "byte_fallback": False,
            "ignore_merges": False,
            "vocab": {text: id for id, text in enumerate(spelled)},
            "merges": [f"{spelled[left]} {spelled[right]}" for left, right, _ in vocabulary.merges],
        },
    }
    return indented(frame) + "\n"


def from_json(value):
    """The vocabulary of a tokenizer.json, by its parsed value. @raises KeyError, TypeError, AttributeError, ValueError for what is none"""
    specials = {one["content"]: one["id"] for one in sorted(value["added_tokens"], key=lambda one: one["id"])}
    ids = {**value["model"]["vocab"], **specials}
    if sorted(ids.values()) != list(range(len(ids))):
        raise ValueError("ids are not 0, 1, 2 and so on")
    pairs = (merge.split(" ") if isinstance(merge, str) else merge for merge in value["model"]["merges"])
    merges = [(ids[left], ids[right], ids[left + right]) for left, right in pairs]
    vocabulary = SimpleNamespace(spelled=sorted(ids, key=ids.get), specials=specials, merges=merges)
    Encoder(vocabulary)  # it has all bytes, and end-of-text
    return vocabulary


def begins_with(vocabulary, parent):
    """Whether it has the parent's ids, special tokens and merges first, and no later merge makes one of them."""
    size, count = len(parent.spelled), len(parent.merges)
    first = {text: id for text, id in vocabulary.specials.items() if id < size}
    later = vocabulary.merges[count:]
    return (
        vocabulary.spelled[:size] == parent.spelled
        and first == parent.specials
        and vocabulary.merges[:count] == parent.merges
        and all(made >= size for _, _, made in later)
    )


def parts_of(vocabulary, size):
    """For each entry from `size` on the entries below it that its merges join; None where no merge makes it."""
    made, found = {}, {}
    for left, right, product in vocabulary.merges:
        made.setdefault(product, (left, right))
    taken = set(vocabulary.specials.values())
    for id in range(size, len(vocabulary.spelled)):
        parts, left = [], [id]
        while left and parts is not None:
            one = left.pop()
            if one < size:
                parts.append(one)
            elif one in made and one not in taken:
                left += reversed(made[one])
            else:
                parts = None
        found[id] = parts
    return found
