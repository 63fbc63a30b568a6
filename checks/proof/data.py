"""Data (docs/proof.md): makes everything again that follows from the texts alone, and compares them with the auditor's sources. This Python's Unicode is older than 17.0: a text with a code point unknown to it is not judged."""

import unicodedata

from corpus import MANIFEST, lines_of
from digests import canonical, sha
from files import MIB, Wrong, fits, parse
from readers import is_talk
from sources import compare_sources
from split import blank, misplaced, wrong_plan
from statements import digest, whole
from talk import conversations_of
from tokens import Unknown, kind

ENTRY = {"path": lambda x: isinstance(x, str), "bytes": whole(0, 2**53 - 1), "sha256": digest}


def check_list(data, count):
    """The list of the files of a source. @raises Wrong"""
    lines = lines_of(data)
    for number, line in enumerate(lines, 1):
        try:
            value = parse(line.decode())
            fits(value, ENTRY)
            parts = (canonical({key: value[key]})[1:-1] for key in ENTRY)
            good = b"{" + b",".join(parts) + b"}" == line
        except ValueError as error:
            raise Wrong(f"line {number} is not Unicode") from error
        if not good:
            raise Wrong(f"line {number} is not in its one spelling")
    if len(lines) != count:
        raise Wrong("names another number of files than the manifest")


def records(data):
    """The texts of a file of records. @raises Wrong, Unknown"""
    found = []
    for number, line in enumerate(lines_of(data), 1):
        try:
            value = parse(line.decode())
            fits(value, {"text": lambda x: isinstance(x, str)}, f"line {number}")
            good = canonical(value) == line
        except ValueError as error:  # not UTF-8, or a lone surrogate
            raise Wrong(f"line {number} is not Unicode") from error
        text = value["text"]
        if not good:
            raise Wrong(f"line {number} is not in its one spelling")
        for character in set(text):
            kind(character)
        if blank(text) or unicodedata.normalize("NFC", text) != text or len(text.encode()) > 3 * MIB:
            raise Wrong(f"the text of line {number} is blank, not in NFC or too long")
        found.append(text)
    return found


def check_data(e, check, folder, of_parent):
    """The basis of what is known about the data, `sources`, `texts` or `maker`, and of each source whether it was compared. folder: that of the
    auditor's sources, or None."""
    if not e.recipe:
        check.incomplete("recipe.yaml", "there is no usable recipe")
        return "maker", []
    own = ["maker"] * len(e.recipe["corpus"]["sources"])
    if not e.texts:
        check.incomplete(MANIFEST, "there is no usable manifest")
        return "maker", own
    manifest, parts = e.texts.manifest, e.texts.parts
    absent = [part.text_name for part in parts if part.texts is None]
    for name in absent:
        check.incomplete(name, "is not there")
    if absent:
        return "maker", own
    for data, source in zip(e.texts.lists, manifest["sources"]):
        origin = source["origin"]
        if data is not None:
            check.trying(f"corpus/{origin['list']['name']}", lambda: check_list(data, origin["fileCount"]))
    share, sources = e.recipe["corpus"]["validation"], manifest["sources"]
    plan = wrong_plan(share, sources)
    if plan:
        check.refuted(MANIFEST, plan)
    seen, documents, usable = set(), [], not plan
    for part in parts:
        try:
            texts = check.trying(part.text_name, lambda: records(part.texts))
            if texts is not None and is_talk(sources[part.source]):
                of = sources[part.source]
                texts = check.trying(part.text_name, lambda texts=texts, of=of: [text for text in texts if conversations_of(of, text)])
        except Unknown as error:
            check.incomplete(part.text_name, f"this Python's Unicode does not know {error}")
            texts = None
        if texts is None:
            usable = False
            continue
        if len(texts) != part.shard["documents"] or sum(len(text.encode()) for text in texts) != part.bytes:
            check.refuted(part.text_name, "has another number of documents or bytes than the manifest says")
        count = len(seen)
        seen.update(sha(text.encode()) for text in texts)
        if len(seen) < count + len(texts):
            check.refuted(part.text_name, "has documents that came before, here or in another file")
        documents += [(part.source, part.split, text) for text in texts]
    for (source, split), count in (misplaced(share, sources, documents) if usable else {}).items():
        if count:
            name = next(part.text_name for part in parts if (part.source, part.split) == (source, split))
            check.refuted(name, f"{count} of its documents or slices belong on the other side")
    compared = compare_sources(e, check, folder, of_parent)
    return "sources" if check.verdict == "holds" and "maker" not in compared else "texts", compared
