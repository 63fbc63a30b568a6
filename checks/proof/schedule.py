"""Schedule (docs/proof.md): checks the bits of the learning rate and the digest of the batch of every step."""

import struct

from corpus import TOKENS
from random_streams import Batches, Source
from readers import is_pairs
from structure import TRANSCRIPT
from training import learning_rate


def source_of(e, part):
    asked = e.recipe["corpus"]["sources"][part.source]
    return Source(part.ids, asked["weight"], part.marks, is_pairs(asked), part.references)


def batches_of(e, check):
    """The batches of the run, or None where they cannot be drawn."""
    if not (e.texts and e.shape):
        check.incomplete(TOKENS, "there are no usable tokens")
        return None
    parts = [part for part in e.texts.parts if part.split == "train"]
    for part in parts:
        if part.ids is None:
            check.incomplete(part.ids_name, "is not there")
            return None
        if len(part.ids) and part.ids.max() >= e.shape.V:
            check.refuted(TOKENS, "holds ids that the tokenizer does not have")
            return None
    sources = [source_of(e, part) for part in parts]
    found = check.trying(TOKENS, lambda: Batches(sources, int(e.commitment["seed"], 16), e.shape.T))
    if found is None:
        return None
    if found.size < e.recipe["train"]["batchSize"]:
        check.refuted(TOKENS, "the tokens are fewer than one batch")
        return None
    return found


def check_schedule(e, check):
    if not (e.recipe and e.steps):
        return check.incomplete(TRANSCRIPT, "there is no usable recipe and transcript")
    train = e.recipe["train"]
    for t, record in enumerate(e.steps.records, 1):
        if struct.pack(">f", learning_rate(train, t)).hex() != record.learningRate:
            check.refuted(TRANSCRIPT, "the learning rate is not the recipe's", t)
    batches = batches_of(e, check)
    if batches:
        used = 0
        for t, record in enumerate(e.steps.records, 1):
            batch = batches.batch(t - 1, train["batchSize"])
            used += int((batch[2] >= 0).sum())
            if batches.digest(batch) != record.batch:
                check.refuted(TRANSCRIPT, "the batch is not the one that seed and recipe draw", t)
        sealed = e.seal.predicate.get("usedTokens") if e.seal and "chat" in e.recipe else None
        if sealed is not None and len(e.steps.records) == train["steps"] and sealed != used:
            check.refuted("seal.json", f"states {sealed} used tokens, the batches use {used}")
    return None
