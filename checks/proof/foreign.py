"""Tokenizers of other makers, which a run takes over from its parent (docs/arithmetic.md, "Tokenizers of other makers"). `Encoder` of tokens.py
has the same methods."""

import re
import unicodedata

from files import Wrong
from tokens import CHARACTERS, apart, kind, merged_by, pre_tokens

MARK = "\u2581"
CONTRACTIONS = ("s", "\u017f", "t", "m", "d", "re", "ve", "ll")
LLAMA3 = (
    "(?i:'s|'t|'re|'ve|'m|'ll|'d)|[^\\r\\n\\p{L}\\p{N}]?\\p{L}+|\\p{N}{1,3}| ?[^\\s\\p{L}\\p{N}]+[\\r\\n]*"
    "|\\s*[\\r\\n]+|\\s+(?!\\S)|\\s+"
)


def until(text, at, has):
    while at < len(text) and has(text[at]):
        at += 1
    return at


def by_pattern(digits):
    """The split of Llama 3, with up to so many digits to a piece; Qwen2's has one."""

    def split(text):
        found, at = [], 0
        while at < len(text):
            here, after = text[at], text[at + 1] if at + 1 < len(text) else ""
            short = next((s for s in CONTRACTIONS if here == "'" and text[at + 1 : at + 1 + len(s)].lower() == s), None)
            is_kind = lambda which: lambda c: kind(c) == which
            first = at if kind(here) == "L" else at + 1 if here not in "\r\n" and kind(here) != "N" and after and kind(after) == "L" else None
            if short:
                stop = at + 1 + len(short)
            elif first is not None:
                stop = until(text, first, is_kind("L"))
            elif kind(here) == "N":
                stop = min(at + digits, until(text, at, is_kind("N")))
            elif kind(here) == "other" or here == " " and after and kind(after) == "other":
                stop = until(text, until(text, at + (here == " "), is_kind("other")), lambda c: c in "\r\n")
            else:
                stop = until(text, at, is_kind("space"))
                lines = max(text.rfind("\r", at, stop), text.rfind("\n", at, stop))
                stop = lines + 1 if lines >= 0 else stop - 1 if at + 1 < stop < len(text) else stop
            found.append(text[at:stop])
            at = stop
        return found

    return split


def by_digits(alone):
    def split(text):
        found, at = [], 0
        while at < len(text):
            number = kind(text[at]) == "N"
            stop = at + 1 if number and alone else until(text, at, lambda c: (kind(c) == "N") == number)
            found.append(text[at:stop])
            at = stop
        return found

    return split


def steps_of(part, member):
    return part[member] if part["type"] == "Sequence" else [part]


class Foreign:
    """value: the parsed tokenizer.json; settings: `tokenizer` of the recipe. @raises KeyError, TypeError, AttributeError, ValueError for what is none"""

    def __init__(self, value, settings):
        model, added = value["model"], value["added_tokens"]
        self.specials = {one["content"]: one["id"] for one in added if one.get("special", False)}
        self.words = {one["content"]: one["id"] for one in added if not one.get("special", False)}
        everything = {**self.words, **self.specials}
        self.entries = {text: id for text, id in model["vocab"].items() if text not in everything}
        self.tokens = {id: text for text, id in {**self.entries, **everything}.items()}
        self.start, self.end = self.specials[settings["bosToken"]], self.specials[settings["eosToken"]]
        self.begins, self.ends = settings["bosToken"], settings["eosToken"]
        self.V = settings["vocabSize"]
        if len(self.tokens) != len(self.entries) + len(everything) or max(self.tokens) >= self.V:
            raise ValueError("two entries have one id, or there are more than rows")
        pairs = (merge.split(" ") if isinstance(merge, str) else merge for merge in model["merges"])
        self.ranks = {(left, right): (rank, left + right) for rank, (left, right) in enumerate(pairs)}
        self.takes_whole, self.byte = model.get("ignore_merges", False), {c: n for n, c in enumerate(CHARACTERS)}
        self.known, self.splits, self.prefix, self.composes = {}, None, None, False
        self.read(value, model.get("byte_fallback", False))
        for special in (False, True):
            texts = [*self.words, *(self.specials if special else [])]
            pattern = "|".join(map(re.escape, sorted(texts, key=len, reverse=True)))
            setattr(self, "added_too" if special else "words_only", re.compile(pattern) if texts else None)

    def read(self, value, is_marked):
        normalizer, before = value.get("normalizer"), value.get("pre_tokenizer")
        if not is_marked:
            if normalizer not in (None, {"type": "NFC"}):
                raise ValueError("another normalizer")
            self.composes = normalizer is not None
            *first, last = steps_of(before, "pretokenizers")
            if last["type"] != "ByteLevel" or last.get("add_prefix_space") is not False:
                raise ValueError("no bytes")
            known = {LLAMA3: by_pattern(3), LLAMA3.replace("{1,3}", ""): by_pattern(1)}
            self.splits = [
                by_digits(step.get("individual_digits", False)) if step["type"] == "Digits" else known.get(step["pattern"]["Regex"], pre_tokens) for step in first
            ]
            self.splits += [pre_tokens] if last.get("use_regex", True) else []
            return
        if before is None:
            first = steps_of(normalizer, "normalizers")[0]
            self.prefix = "before all" if first["type"] == "Prepend" else "never"
        else:
            self.prefix = before.get("prepend_scheme") or ("never" if before.get("add_prefix_space") is False else "always")

    def pieces(self, text, is_first):
        """The texts to merge of a part of a text, each as its symbols."""
        if self.splits is not None:
            found = [unicodedata.normalize("NFC", text) if self.composes else text]
            for split in self.splits:
                found = [piece for one in found for piece in split(one)]
            return ["".join(CHARACTERS[byte] for byte in piece.encode()) for piece in found]
        marked = text.replace(" ", MARK)
        wants = self.prefix == "before all" or not marked.startswith(MARK) and (self.prefix == "always" or self.prefix == "first" and is_first)
        return [MARK + marked if wants and self.prefix != "never" else marked]

    def merge(self, piece):
        if piece not in self.known:
            whole = self.takes_whole and piece in self.entries
            symbols = [piece] if whole else merged_by(self.ranks, list(piece))
            of = lambda symbol: [self.entries[symbol]] if symbol in self.entries else [self.entries[f"<0x{byte:02X}>"] for byte in symbol.encode()]
            self.known[piece] = [id for symbol in symbols for id in of(symbol)]
        return self.known[piece]

    def bytes_of(self, id):
        """What it adds to a text, a special token as its text; nothing for a row without a token."""
        text = self.tokens.get(id, "")
        if text in self.specials or text in self.words:
            return text.encode()
        if self.splits is not None:
            return bytes(self.byte[c] for c in text)
        byte = re.fullmatch("<0x([0-9A-Fa-f]{2})>", text)
        return bytes([int(byte[1], 16)]) if byte else text.replace(MARK, " ").encode()

    def text(self, id):
        text = self.bytes_of(id).decode(errors="replace")
        return text[1:] if self.splits is None and self.prefix != "never" and text.startswith(" ") else text

    def lengths(self):
        return {id: 0 if self.tokens.get(id) in self.specials else len(self.bytes_of(id)) for id in range(self.V)}

    def measured(self, text, special=False):
        """Ids, and the bytes of the text that each stands for: None where it changes the text."""
        ids, lengths = [], []
        changes = self.composes and unicodedata.normalize("NFC", text) != text
        at = 0
        for part, id in apart(self.added_too if special else self.words_only, {**self.words, **self.specials}, text):
            first, at = at == 0, at + len(part)
            if id is not None:
                ids.append(id)
                lengths.append(len(part.encode()))
                continue
            found = [id for piece in self.pieces(part, first) for id in self.merge(piece)]
            of = [len(self.bytes_of(id)) for id in found]
            more = sum(of) - len(part.encode())
            if more == 1 and self.splits is None and self.bytes_of(found[0])[:1] == b" ":
                of[0] -= 1
            elif more != 0:
                changes = True
            ids += found
            lengths += of
        return ids, None if changes else lengths

    def document(self, text):
        return [self.start, *self.measured(text)[0], *([] if self.start == self.end else [self.end])]


def foreign_of(value, settings):
    """@raises Wrong"""
    try:
        return Foreign(value, settings)
    except (KeyError, TypeError, AttributeError, ValueError, IndexError) as error:
        raise Wrong(f"is not a tokenizer that this run can have ({error})") from error
