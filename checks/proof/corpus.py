"""corpus/manifest.json, corpus/tokens.json and the files they name (docs/proof.md, "Corpus files"). The contents of the files are
checked by origin and data."""

import base64
import re
from types import SimpleNamespace

import numpy as np

from digests import canonical, indented, sha_hex, tree
from files import MIB, Wrong, fits, leniently, parse
from readers import READERS, is_talk
from statements import digest, one, text, whole
from talk import TEMPLATE

MANIFEST, TOKENS = "corpus/manifest.json", "corpus/tokens.json"
SPLITS = ("train", "validation")
MOST, LONGEST_DOCUMENT = 64 * MIB, MIB
n = whole(0, 2**53 - 1)
word, short = (lambda x: isinstance(x, str) and len(x) <= 10_000), text(r"(?s).{0,100}")
real = lambda x: type(x) in (int, float)
maybe = lambda x: x is None or word(x)
SIDES = {"train": n, "validation": n}
FILE = {"name": short, "bytes": n, "sha256": digest}
SOURCE = {
    "origin": lambda x: True, "read": lambda x: x in READERS, "field": maybe, "script": maybe, "language": word,
    "licence": word, "weight": lambda x: real(x) and 0 < x <= 1000, "counts": {"read": n, "kept": n, **SIDES, "dropped": lambda x: isinstance(x, dict)},
    "cuts": n, "bytes": SIDES, "files": {"train": FILE, "validation": FILE}, "slice": lambda x: x is None or whole(1, LONGEST_DOCUMENT)(x),
}  # fmt: skip
MADE = {
    "formatVersion": one(2), "longestDocument": one(LONGEST_DOCUMENT), "validation": real, "sources": lambda x: isinstance(x, list) and 1 <= len(x) <= 1000, "corpusRoot": digest, "documents": SIDES,
    "bytes": SIDES, "licenceSummary": [{"licence": word, "documents": n, "bytes": n}],
}  # fmt: skip
SHARD = {"file": short, "tokens": n, "documents": n, "bytes": n, "sha256": digest}
MARKED = {**SHARD, "marks": {"file": short, "sha256": digest}}
ENCODED = {"formatVersion": one(1), "width": lambda x: type(x) is int and x in (2, 4), "tokenizer": digest, "sources": [{"train": SHARD, "validation": SHARD}], "root": digest}


def manifest_of(data):
    value = parse(data)
    fits(value, MADE)
    for source in value["sources"]:
        fits(source, SOURCE, "source")
        common = {"fileCount": n, "list": FILE}
        npm = {"npm": word, "integrity": word, "path": [word], **common}
        fits(source["origin"], npm if "npm" in source["origin"] else {"files": [word], **common}, "origin")
        dropped = source["counts"]["dropped"]
        if not all(re.fullmatch("[a-z][a-z-]{0,99}", rule) and n(count) for rule, count in dropped.items()):
            raise Wrong("counts.dropped is not what it may be")
    if indented(value) + "\n" != data:
        raise Wrong("is not in the form in which it is written")
    return value


def tokens_of(data):
    value = parse(data)
    if isinstance(value, dict) and value.get("formatVersion") == 2:
        either = lambda x: fits(x, MARKED if isinstance(x, dict) and "marks" in x else SHARD) is None
        fits(value, {**ENCODED, "formatVersion": one(2), "template": digest, "sources": [{"train": either, "validation": either}]})
    else:
        fits(value, ENCODED)
    if canonical(value).decode() + "\n" != data:
        raise Wrong("is not in canonical form")
    return value


def as_list(value):
    return value if isinstance(value, list) else [value]


def same_place(origin, asked):
    if "npm" not in origin:
        return "files" in asked and origin["files"] == as_list(asked["files"])
    pinned = asked.get("sha512", origin["integrity"])
    if not pinned.startswith("sha512-"):
        pinned = "sha512-" + base64.b64encode(bytes.fromhex(pinned)).decode()
    return origin["npm"] == asked.get("npm") and origin["path"] == as_list(asked.get("path", [])) and origin["integrity"] == pinned


def name_of(i, what):
    return f"source-{i:02}.{what}"


def check_manifest(manifest, recipe, wrong):
    asked_for = recipe["corpus"]
    if manifest["validation"] != asked_for["validation"]:
        wrong("its share of validation is not the recipe's")
    if len(manifest["sources"]) != len(asked_for["sources"]):
        return wrong("its sources are not the recipe's")
    documents, sizes, licences = dict.fromkeys(SPLITS, 0), dict.fromkeys(SPLITS, 0), {}
    for i, (made, asked) in enumerate(zip(manifest["sources"], asked_for["sources"])):
        for key in ("read", "field", "script", "language", "licence", "weight"):
            if made[key] != asked.get(key):
                wrong(f"source {i}: {key} is not the recipe's")
        if not same_place(made["origin"], asked):
            wrong(f"source {i} comes from elsewhere than the recipe says")
        if made["origin"]["list"]["name"] != name_of(i, "files.jsonl") or any(made["files"][s]["name"] != name_of(i, f"{s}.jsonl") for s in SPLITS):
            wrong(f"source {i}: a file has another name")
        counts = made["counts"]
        if counts["kept"] != counts["train"] + counts["validation"] or counts["read"] != counts["kept"] + sum(counts["dropped"].values()):
            wrong(f"source {i}: its counts do not add up")
        for split in SPLITS:
            documents[split] += counts[split]
            sizes[split] += made["bytes"][split]
        of = licences.setdefault(made["licence"], {"documents": 0, "bytes": 0})
        of["documents"] += counts["kept"]
        of["bytes"] += sum(made["bytes"].values())
    if manifest["documents"] != documents or manifest["bytes"] != sizes:
        wrong("its totals do not add up")
    summary = {one["licence"]: {"documents": one["documents"], "bytes": one["bytes"]} for one in manifest["licenceSummary"]}
    if summary != licences or len(summary) != len(manifest["licenceSummary"]):
        wrong("its summary by licence does not add up")


class Part:
    """Training or validation documents of a source; texts and ids are None where they are missing. marks are those of conversations,
    references those of pairs."""

    def __init__(self, source, split, made, shard):
        self.source, self.split, self.shard = source, split, shard
        self.text_name, self.ids_name = f"corpus/{made['files'][split]['name']}", f"corpus/{shard['file']}"
        self.bytes, self.texts, self.ids, self.marks, self.references = made["bytes"][split], None, None, None, None


def lines_of(data):
    """@raises Wrong"""
    lines = data.split(b"\n")
    if lines.pop():
        raise Wrong("is cut short")
    return lines


def documents(data):
    """The texts of a file of documents, read as JSON in any form; data checks the form. @raises Wrong"""
    found = []
    for number, line in enumerate(lines_of(data), 1):
        value = leniently(line.decode(errors="replace"))
        text = value.get("text") if isinstance(value, dict) else None
        if not isinstance(text, str):
            raise Wrong(f"line {number} has no text")
        found.append(text.encode("utf-16-le", "surrogatepass").decode("utf-16-le", "replace"))
    return found


def check_texts(e, check, has_size):
    """Both manifests, the parts and the lists of files (None for a missing one); or None."""
    run, commitment = e.run, e.commitment
    manifest = check.trying(MANIFEST, lambda: has_size(MANIFEST) and manifest_of(run.text(MANIFEST, MOST)))
    if not manifest:
        return None
    if manifest["corpusRoot"] != commitment["corpusRoot"] or sha_hex(run.read(MANIFEST, MOST)) != commitment["corpusManifest"]:
        check.refuted(MANIFEST, "is another one than genesis names")
    check_manifest(manifest, e.recipe, lambda words: check.refuted(MANIFEST, words))
    tokens = check.trying(TOKENS, lambda: has_size(TOKENS) and tokens_of(run.text(TOKENS, MOST)))
    if not tokens:
        return None
    if len(tokens["sources"]) != len(manifest["sources"]):
        check.refuted(TOKENS, "has other sources than the manifest")
        return None
    if sha_hex(run.read(TOKENS, MOST)) != commitment["tokensManifest"] or tokens["tokenizer"] != commitment["tokenizer"]:
        check.refuted(TOKENS, "is another one than genesis names")
    if e.shape and tokens["width"] != (2 if e.shape.V <= 65_536 else 4):
        check.refuted(TOKENS, "has ids of another size")
    if tokens["formatVersion"] != (2 if "chat" in e.recipe else 1):
        check.refuted(TOKENS, "is of another version than the recipe's readers ask for")
    named, leaves, parts = True, [], []
    for i, (made, shards) in enumerate(zip(manifest["sources"], tokens["sources"])):
        named = named and made["origin"]["list"]["name"] == name_of(i, "files.jsonl")
        for split in SPLITS:
            shard = shards[split]
            leaves.append(bytes.fromhex(shard["sha256"]))
            marks = shard.get("marks")
            if marks:
                leaves.append(bytes.fromhex(marks["sha256"]))
            if (marks is not None) != is_talk(e.recipe["corpus"]["sources"][i]) or marks and marks["file"] != name_of(i, f"{split}.marks"):
                named = False
                check.refuted(TOKENS, f"source {i}: has marks that it must not have, or lacks its own")
            named = named and made["files"][split]["name"] == name_of(i, f"{split}.jsonl")
            if shard["file"] != name_of(i, f"{split}.bin"):
                named = False
                check.refuted(TOKENS, f"source {i}: a file has another name")
            if shard["documents"] != made["counts"][split] or shard["bytes"] != made["bytes"][split]:
                check.refuted(TOKENS, f"source {i}: its counts are not the manifest's")
            parts.append(Part(i, split, made, shard))
    root = tree(leaves).hex()
    if root != tokens["root"] or root != commitment["tokensRoot"]:
        check.refuted(TOKENS, "its root is not that of its files, or not genesis's")
    if not named:
        return None

    def compare(name, size, sha256):
        """The bytes of a file; None for a missing file or another size than recorded, which is not read."""
        there = check.trying(name, lambda: run.size(name))
        if there is None:
            return None
        if there != size:
            check.refuted(name, f"has {there} bytes, not the {size} that are written")
            return None
        data = run.read(name, size)
        if sha_hex(data) != sha256:
            check.refuted(name, "is not the file whose digest is written")
        return data

    lists = []
    for i, made in enumerate(manifest["sources"]):
        listed = made["origin"]["list"]
        lists.append(compare(f"corpus/{listed['name']}", listed["bytes"], listed["sha256"]))
        if lists[-1] is None:
            check.incomplete(f"corpus/{listed['name']}", "is not there")
        for part in parts[2 * i : 2 * i + 2]:
            file = made["files"][part.split]
            part.texts = compare(part.text_name, file["bytes"], file["sha256"])
            ids = compare(part.ids_name, part.shard["tokens"] * tokens["width"], part.shard["sha256"])
            part.ids = None if ids is None else np.frombuffer(ids, f"<u{tokens['width']}")
            if "marks" in part.shard:
                marks = compare(f"corpus/{part.shard['marks']['file']}", part.shard["tokens"], part.shard["marks"]["sha256"])
                part.marks = None if marks is None else np.frombuffer(marks, np.uint8)
                part.ids = part.ids if marks is not None else None
    template = check.trying(TEMPLATE, lambda: run.text(TEMPLATE, MIB)) if "template" in tokens else None
    if "template" in tokens and template is not None and sha_hex(template.encode()) != tokens["template"]:
        check.refuted(TEMPLATE, "is not the template whose digest is written")
        template = None
    return SimpleNamespace(manifest=manifest, parts=parts, lists=lists, template=template)
