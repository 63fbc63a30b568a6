"""Builds a corpus again from the auditor's own copy of its sources (docs/proof.md, "Sources"), and compares it with the manifest. Reads files of
the readers `text` and `jsonl`: other readers, scripts, tarballs and held-out slices stay the maker's word."""

import gzip
import os
import re
import unicodedata
import zlib

from corpus import MANIFEST, SPLITS, as_list, documents, name_of
from digests import canonical, scalar, sha, sha_hex, tree
from files import MIB, Wrong, leniently
from split import blank, cut
from tokens import Unknown, kind

ENDINGS = {"text": re.compile(r"\.(txt|text)(\.gz)?$", re.I), "jsonl": re.compile(r"\.(jsonl|ndjson)(\.gz)?$", re.I)}
WILD = re.compile(r"[*?]|\{[^{}]*,[^{}]*\}")


def expression(part):
    """One part of a pattern, as an expression over a name; None for any number of folders."""
    if part == "**":
        return None
    if not WILD.search(part):
        return re.compile(re.escape(part))

    def written(text):
        return "".join({"*": ".*", "?": "."}.get(character) or re.escape(character) for character in text)

    out, at = "" if part.startswith(".") else r"(?!\.)", 0
    for braces in re.finditer(r"\{([^{}]*,[^{}]*)\}", part):
        choices = "|".join(map(written, braces[1].split(",")))
        out, at = f"{out}{written(part[at : braces.start()])}(?:{choices})", braces.end()
    return re.compile(out + written(part[at:]), re.S)


def walk(folder, parts, at):
    """Files below a folder that match a pattern. at: the parts that may match here. A linked folder that `**` could take is not entered."""
    now = set(at)
    for i in sorted(at):
        while parts[i] is None:
            i += 1
            now.add(i)
    try:
        names = os.listdir(folder)
    except (FileNotFoundError, NotADirectoryError):
        return
    for name in names:
        path = os.path.join(folder, name)
        anywhere = set() if name.startswith(".") else {i for i in now if parts[i] is None}
        then = anywhere | {i + 1 for i in now if parts[i] is not None and parts[i].fullmatch(name)}
        if len(parts) in then and os.path.isfile(path):
            yield path
        then.discard(len(parts))
        if then and os.path.isdir(path) and not (anywhere and os.path.islink(path)):
            yield from walk(path, parts, then)


def fits(parts, names):
    """Whether a pattern matches the names on a path, whatever lies there."""
    if not parts:
        return not names
    first, *rest = parts
    if first is None:
        return fits(rest, names) or bool(names) and not names[0].startswith(".") and fits(parts, names[1:])
    return bool(names) and first.fullmatch(names[0]) is not None and fits(rest, names[1:])


ANY = [None, re.compile(r"[^.].*", re.S)]


class Pattern:
    """A pattern of a folder's files. wanted: what is taken out of a folder that is named."""

    def __init__(self, folder, pattern, wanted):
        names = [part for part in os.path.normpath(pattern).split("/") if part != "."]
        self.folder, self.wanted, self.is_name = folder, wanted, not WILD.search(pattern)
        self.parts = [expression(name) for name in names + ["*"] * (names[-1:] == ["**"])]
        self.path = os.path.join(folder, *names)

    def files(self):
        """Its files, in their order."""
        if not self.is_name:
            return sorted(walk(self.folder, self.parts, {0}))
        if os.path.isdir(self.path):
            return sorted(path for path in walk(self.path, ANY, {0}) if self.wanted.search(os.path.basename(path)))
        return [self.path] if os.path.isfile(self.path) else []

    def takes(self, path):
        names = os.path.relpath(path, self.folder).split("/")
        return fits(self.parts, names) or self.is_name and fits(self.parts + ANY, names) and self.wanted.search(names[-1])


def patterns_of(source, folder):
    return [Pattern(folder, pattern, ENDINGS[source["read"]]) for pattern in as_list(source["files"])]


def files_of(source, folder):
    """The files of a source, in their order. A path that an earlier pattern matches is that one's, even where a link kept it from there."""
    patterns = patterns_of(source, folder)
    for i, pattern in enumerate(patterns):
        yield from (path for path in pattern.files() if not any(earlier.takes(path) for earlier in patterns[:i]))


def is_readable(source, folder):
    """Whether this source can be compared: it has files here, of a reader that this verifier knows, by patterns that are quickly matched."""
    if "files" not in source or source["read"] not in ENDINGS or "script" in source:
        return False
    patterns = as_list(source["files"])
    parts = [pattern.split("/") for pattern in patterns]
    slow = any(of.count("**") > 2 or any(part != "**" and part.count("*") > 3 for part in of) for of in parts)
    outside = any(os.path.isabs(pattern) or os.path.normpath(pattern).split("/")[0] == ".." for pattern in patterns)
    if slow or outside or any(len(pattern.encode("utf-16-le")) > 2000 for pattern in patterns):
        return False
    return all(pattern.files() for pattern in patterns_of(source, folder))


def text_in(data):
    """The text of a file. @raises Wrong"""
    try:
        data = gzip.decompress(data) if data.startswith(b"\x1f\x8b") else data
        return data.decode().removeprefix("\ufeff").replace("\r\n", "\n")
    except (UnicodeDecodeError, OSError, EOFError, zlib.error) as error:
        raise Wrong(f"a file of the sources is not UTF-8, or broken gzip data: {error}") from error


def member(value, field):
    for key in field.split("."):
        if isinstance(value, dict):
            value = value.get(key)
        elif isinstance(value, list) and key.isdecimal() and str(int(key)) == key and int(key) < len(value):
            value = value[int(key)]
        else:
            return None
    return value


def texts_in(source, text):
    """The texts that a file gives; None for a line without one. @raises Wrong"""
    if source["read"] == "text":
        return [text] if text else []
    lines = [line for line in text.split("\n") if not blank(line)]
    found = [member(leniently(line), source["field"]) for line in lines]
    return [one.replace("\r\n", "\n") if isinstance(one, str) else None for one in found]


class Made:
    """A source that is built again: what the manifest must say of it, and the texts that stay."""

    def __init__(self):
        self.read, self.cuts, self.dropped, self.kept, self.list, self.files = 0, 0, {}, {split: [] for split in SPLITS}, b"", 0

    def drop(self, rule):
        self.dropped[rule] = self.dropped.get(rule, 0) + 1

    def take(self, text, share, seen):
        """Takes one document: cut, but not yet normalised."""
        self.read += 1
        if blank(text):
            return self.drop("empty")
        if any(0xD800 <= ord(character) < 0xE000 for character in text):
            return self.drop("lone-surrogate")
        for character in set(text):
            kind(character)
        text = unicodedata.normalize("NFC", text)
        digest = sha(text.encode())
        if digest in seen:
            return self.drop("duplicate")
        seen.add(digest)
        return self.kept["validation" if int.from_bytes(digest[:8]) / 2**64 < share else "train"].append((text, digest))

    def read_files(self, folder, source, share, seen):
        """@raises Wrong, Unknown"""
        for path in files_of(source, folder):
            with open(path, "rb") as file:
                data = file.read()
            values = {"path": os.path.relpath(path, folder), "bytes": len(data), "sha256": sha_hex(data)}
            self.list += ("{" + ",".join(f'"{key}":{scalar(value)}' for key, value in values.items()) + "}\n").encode()
            self.files += 1
            if not data:
                self.read += 1
                self.drop("empty")
            for text in texts_in(source, text_in(data)):
                if text is None:
                    self.read += 1
                    self.drop("no-field")
                    continue
                pieces = [piece.decode() for piece in cut(text, MIB)] if len(text) > MIB // 4 else [text]
                self.cuts += len(pieces) - 1
                for piece in pieces:
                    self.take(piece, share, seen)

    def stated(self, i, source):
        """What the manifest must have of this source."""
        files, sizes = {}, {}
        for split in SPLITS:
            data = b"".join(canonical({"text": text}) + b"\n" for text, _ in self.kept[split])
            files[split] = {"name": name_of(i, f"{split}.jsonl"), "bytes": len(data), "sha256": sha_hex(data)}
            sizes[split] = sum(len(text.encode()) for text, _ in self.kept[split])
        counts = {split: len(self.kept[split]) for split in SPLITS}
        kept = sum(counts.values())
        listed = {"name": name_of(i, "files.jsonl"), "bytes": len(self.list), "sha256": sha_hex(self.list)}
        return {
            "origin": {"files": as_list(source["files"]), "fileCount": self.files, "list": listed},
            "counts": {"read": self.read, "kept": kept, **counts, "dropped": self.dropped},
            "cuts": self.cuts, "slice": None, "bytes": sizes, "files": files,
        }  # fmt: skip


def compare_sources(e, check, folder, of_parent):
    """Which sources were compared: a standing for each. Only where the texts hold by themselves. of_parent: files that differ may be those of
    the run that was built on this one, so they say nothing."""
    sources, manifest, share = e.recipe["corpus"]["sources"], e.texts.manifest, e.recipe["corpus"]["validation"]
    own = ["maker"] * len(sources)
    if folder is None or check.verdict != "holds" or any(made["slice"] for made in manifest["sources"]):
        return own
    is_here = [is_readable(source, folder) for source in sources]
    texts = {part: documents(part.texts) for part in e.texts.parts}
    # A text that grew beyond a document's size would be cut once more.
    if not any(is_here) or not all(is_here) and any(len(text.encode()) > MIB for of in texts.values() for text in of):
        return own
    seen, all_made = set(), []
    for i, source in enumerate(sources):
        made = Made()
        all_made.append(made)
        try:
            if is_here[i]:
                made.read_files(folder, source, share, seen)
            else:
                for text in (text for part, of in texts.items() if part.source == i for text in of):
                    made.take(text, share, seen)
        except Wrong as error:
            if not of_parent:
                check.refuted(MANIFEST, f"source {i} gives no corpus: {error}")
            return own
        except Unknown as error:
            check.incomplete(MANIFEST, f"source {i}: this Python's Unicode does not know {error}")
            return own
        if not any(made.kept.values()):
            if not of_parent:
                check.refuted(MANIFEST, f"source {i} gives no text")
            return own
    for i, made in enumerate(all_made):
        stated = made.stated(i, sources[i]) if is_here[i] else {}
        wrong = next((key for key, value in stated.items() if manifest["sources"][i][key] != value), None)
        if wrong and of_parent:
            return own
        if wrong:
            check.refuted(MANIFEST, f"source {i} gives something else than its {wrong}")
    root = tree([digest for made in all_made for split in SPLITS for _, digest in made.kept[split]]).hex()
    if root != manifest["corpusRoot"] and of_parent:
        return own
    if check.verdict == "holds" and root != manifest["corpusRoot"]:
        check.refuted(MANIFEST, "these sources give another corpus root")
    return ["compared" if here else "maker" for here in is_here]
