"""Writes the corpus of a run (docs/proof.md, "Corpus" and "Corpus files"): reads the files of the recipe's sources, and writes the documents,
the lists of files and the manifest. Of the readers it has `text`, and `conversations` for lines of `messages`."""

import json
import os
import unicodedata
from collections import Counter
from types import SimpleNamespace

from corpus import LONGEST_DOCUMENT, MANIFEST, SPLITS, as_list, name_of
from digests import canonical, indented, sha, sha_hex, tree
from held_out import held_out
from readers import is_talk
from split import BLANK, blank


def write_corpus(out, recipe, folder):
    """The manifest, and the texts of each source by split. folder: what the recipe's `files` are relative to."""
    asked, share = recipe["corpus"]["sources"], recipe["corpus"]["validation"]
    sources, seen = [source_of(folder, one) for one in asked], set()
    for source in sources:
        source.kept, source.dropped = unique(source.texts, seen)
    manifest, leaves, texts = [], [], []
    split_up = held_out(share, [source.kept for source in sources], list(map(is_talk, asked)))
    for i, (one, source, chosen) in enumerate(zip(asked, sources, split_up)):
        listed = b"".join(line_of_list(*file) for file in source.files)
        files = {split: b"".join(canonical({"text": text}) + b"\n" for text in chosen.documents[split]) for split in SPLITS}
        leaves += [sha(text.encode()) for split in SPLITS for text in chosen.documents[split]]
        texts.append(chosen.documents)
        dropped = {rule: count for rule, count in sorted((source.dropped + chosen.dropped).items())}
        counts = {split: len(chosen.documents[split]) for split in SPLITS}
        kept = sum(counts.values())
        manifest.append({
            "origin": {"files": as_list(one["files"]), "fileCount": len(source.files), "list": written(out, name_of(i, "files.jsonl"), listed)},
            "read": one["read"], "field": None, "script": None, "language": one["language"], "licence": one["licence"], "weight": one["weight"],
            "counts": {"read": kept + sum(dropped.values()), "kept": kept, **counts, "dropped": dropped},
            "cuts": chosen.cuts,
            "slice": chosen.slice,
            "bytes": {split: sum(len(text.encode()) for text in chosen.documents[split]) for split in SPLITS},
            "files": {split: written(out, name_of(i, f"{split}.jsonl"), files[split]) for split in SPLITS},
        })  # fmt: skip
    made = {
        "formatVersion": 2,
        "validation": share,
        "longestDocument": LONGEST_DOCUMENT,
        "sources": manifest,
        "corpusRoot": tree(leaves).hex(),
        "documents": {split: sum(source["counts"][split] for source in manifest) for split in SPLITS},
        "bytes": {split: sum(source["bytes"][split] for source in manifest) for split in SPLITS},
        "licenceSummary": by_licence(manifest),
    }
    out.write(MANIFEST, (indented(made) + "\n").encode())
    return made, texts


def source_of(folder, asked):
    """Its files as (path, bytes), and the texts that they give."""
    if asked["read"] not in READERS or not {"npm", "script"}.isdisjoint(asked):
        raise ValueError("only files that are read as text or as conversations can be written here")
    files = []
    for path in dict.fromkeys(path for one in as_list(asked["files"]) for path in paths_of(folder, one)):
        with open(os.path.join(folder, path), "rb") as file:
            files.append((path, file.read()))
    texts = [text for _, data in files for text in READERS[asked["read"]](data.decode().removeprefix("\ufeff").replace("\r\n", "\n"))]
    if any(len(data) > LONGEST_DOCUMENT for _, data in files):
        raise ValueError("texts that must be cut cannot be written here")
    return SimpleNamespace(files=files, texts=texts)


def paths_of(folder, path):
    """A file, or all of a folder, by code points; relative to the recipe's folder."""
    top = os.path.join(folder, path)
    if os.path.isfile(top):
        return [path]
    return sorted(os.path.relpath(os.path.join(at, name), folder) for at, _, names in os.walk(top) for name in names)


def whole_text(text):
    return [unicodedata.normalize("NFC", text)]


def conversations(text):
    """A document for each line."""
    return [conversation(json.loads(line)["messages"]) for line in text.splitlines()]


def conversation(messages):
    said = [{"content": unicodedata.normalize("NFC", one["content"].replace("\r\n", "\n")), "role": one["role"]} for one in messages]
    return canonical({"messages": [{**one, "content": one["content"].strip("".join(map(chr, BLANK)))} for one in said]}).decode()


READERS = {"text": whole_text, "conversations": conversations}


def unique(texts, seen):
    """What is left, and the numbers of what was dropped by rule; `seen` are the texts of the whole corpus so far."""
    kept, dropped = [], Counter()
    for text in texts:
        rule = "empty" if blank(text) else "duplicate" if text in seen else None
        if rule:
            dropped[rule] += 1
        else:
            seen.add(text)
            kept.append(text)
    return kept, dropped


def line_of_list(path, data):
    """A line of a list of files: members in this order, which is not that of their names."""
    members = {"path": path, "bytes": len(data), "sha256": sha_hex(data)}
    return b"{" + b",".join(canonical({key: value})[1:-1] for key, value in members.items()) + b"}\n"


def written(out, name, data):
    out.write(f"corpus/{name}", data)
    return {"name": name, "bytes": len(data), "sha256": sha_hex(data)}


def by_licence(sources):
    found = {}
    for source in sources:
        of = found.setdefault(source["licence"], {"licence": source["licence"], "documents": 0, "bytes": 0})
        of["documents"] += source["counts"]["kept"]
        of["bytes"] += sum(source["bytes"].values())
    return [found[licence] for licence in sorted(found)]
