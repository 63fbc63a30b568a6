"""Writes tokenizer/tokenizer.json, trained on the texts of a run or its parent's, and its token files with corpus/tokens.json (docs/proof.md,
"Token files")."""

import json

import numpy as np

from corpus import SPLITS, TOKENS, name_of
from digests import canonical, sha_hex, tree
from structure import TOKENIZER
from tokens import Encoder, from_json, in_turn, to_json, train


def write_tokens(out, recipe, manifest, texts, given):
    """The vocabulary, corpus/tokens.json as a value, and the ids of each source by split. given: the parent's tokenizer.json, or None."""
    learned = [
        ([(text, [text]) for text in of["train"]], asked["weight"], made["bytes"]["train"])
        for of, asked, made in zip(texts, recipe["corpus"]["sources"], manifest["sources"])
    ]
    tokenizer = given or to_json(train(in_turn(learned), recipe["tokenizer"]["vocabSize"])).encode()
    vocabulary = from_json(json.loads(tokenizer))
    out.write(TOKENIZER, tokenizer)
    encoder, width = Encoder(vocabulary), 4 if len(vocabulary.spelled) > 65_536 else 2
    ids = [{split: np.array([i for text in of[split] for i in encoder.document(text)], f"<u{width}") for split in SPLITS} for of in texts]
    shards = [{split: shard(out, name_of(i, f"{split}.bin"), of[split], made, split) for split in SPLITS} for i, (of, made) in enumerate(zip(ids, manifest["sources"]))]
    made = {
        "formatVersion": 1,
        "root": tree([bytes.fromhex(of[split]["sha256"]) for of in shards for split in SPLITS]).hex(),
        "sources": shards,
        "tokenizer": sha_hex(tokenizer),
        "width": width,
    }
    out.write(TOKENS, canonical(made) + b"\n")
    return vocabulary, made, ids


def shard(out, name, ids, made, split):
    out.write(f"corpus/{name}", ids.tobytes())
    return {"bytes": made["bytes"][split], "documents": made["counts"][split], "file": name, "sha256": sha_hex(ids.tobytes()), "tokens": len(ids)}
