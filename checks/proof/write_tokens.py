"""Writes tokenizer/tokenizer.json, trained on the texts of a run or its parent's, its chat template, and its token files with corpus/tokens.json
(docs/proof.md, "Token files"). Of chat templates it has the built-in one alone."""

import json

import numpy as np

from corpus import SPLITS, TOKENS, name_of
from digests import canonical, sha_hex, tree
from readers import is_talk
from structure import TOKENIZER
from talk import BUILT_IN, TEMPLATE, Talks, said_in
from tokens import Encoder, from_json, in_turn, to_json, train


def write_tokens(out, recipe, manifest, texts, given):
    """The vocabulary, corpus/tokens.json as a value, and of each source by split ids and marks (None of texts). given: the parent's
    tokenizer.json, or None."""
    sources, turns = recipe["corpus"]["sources"], recipe["chat"]["tokens"] if "chat" in recipe else []
    learned = [
        ([(text, said_in(asked, text)) for text in of["train"]], asked["weight"], made["bytes"]["train"])
        for of, asked, made in zip(texts, sources, manifest["sources"])
    ]
    tokenizer = given or to_json(train(in_turn(learned), recipe["tokenizer"]["vocabSize"], None, turns)).encode()
    vocabulary = from_json(json.loads(tokenizer))
    out.write(TOKENIZER, tokenizer)
    if turns:
        out.write(TEMPLATE, BUILT_IN.encode())
    encoder, width = Encoder(vocabulary), 4 if len(vocabulary.spelled) > 65_536 else 2
    found = [{split: encoded(of[split], encoder, asked, width) for split in SPLITS} for of, asked in zip(texts, sources)]
    shards = [{split: shard(out, i, split, of[split], made) for split in SPLITS} for i, (of, made) in enumerate(zip(found, manifest["sources"]))]
    leaves = [one["sha256"] for of in shards for split in SPLITS for one in (of[split], of[split].get("marks")) if one]
    made = {
        "formatVersion": 2 if turns else 1,
        "root": tree(list(map(bytes.fromhex, leaves))).hex(),
        "sources": shards,
        "tokenizer": sha_hex(tokenizer),
        "width": width,
        **({"template": out.files[TEMPLATE][0]} if turns else {}),
    }
    out.write(TOKENS, canonical(made) + b"\n")
    return vocabulary, made, found


def encoded(texts, encoder, asked, width):
    """Ids, and the marks of conversations."""
    if not is_talk(asked):
        return np.array([i for text in texts for i in encoder.document(text)], f"<u{width}"), None
    talks = Talks(BUILT_IN, encoder)
    made = [one for text in texts for one in talks.document(asked, text)]
    return np.array([i for ids, _ in made for i in ids], f"<u{width}"), np.array([mark for _, marks in made for mark in marks], np.uint8)


def shard(out, i, split, found, made):
    ids, marks = found
    more = {} if marks is None else {"marks": file_of(out, name_of(i, f"{split}.marks"), marks)}
    return {**file_of(out, name_of(i, f"{split}.bin"), ids), "bytes": made["bytes"][split], "documents": made["counts"][split], "tokens": len(ids), **more}


def file_of(out, name, array):
    out.write(f"corpus/{name}", array.tobytes())
    return {"file": name, "sha256": out.files[f"corpus/{name}"][0]}
