"""start/references.bin of a run with pairs (docs/proof.md, "Pairs"): the file against genesis, its numbers against the weights of S_0."""

import numpy as np

from digests import sha_hex
from objective import losses_of, nats_of, used
from statements import REFERENCES


def check_references(e, check, has_size):
    """Part of structure. Gives each part of the texts its references, where they are those that genesis names."""
    wanted, named = "dpoBeta" in e.recipe["train"], "references" in e.commitment
    if wanted != named:
        return check.refuted("genesis.json", f"names {'no ' if wanted else ''}references, and there are {'' if wanted else 'no '}pairs")
    if not wanted or not e.texts:
        return None
    counts = [2 * part.shard["documents"] for part in e.texts.parts]

    def read():
        if not has_size(REFERENCES):
            return None
        size = e.run.size(REFERENCES)
        if size != 8 * sum(counts):
            return check.refuted(REFERENCES, f"has {size} bytes, not 8 for each conversation")
        data = e.run.read(REFERENCES, size)
        if sha_hex(data) != e.commitment["references"]:
            return check.refuted(REFERENCES, "has other references than genesis names")
        return np.frombuffer(data, "<f8")

    found, at = check.trying(REFERENCES, read), 0
    for part, count in zip(e.texts.parts, counts if found is not None else []):
        part.references = found[at : at + count]
        at += count
    return None


def lack(e, check):
    """Whether the loss of pairs cannot be computed again; then a finding says so."""
    lacking = "dpoBeta" in e.recipe["train"] and any(part.references is None for part in e.texts.parts)
    if lacking:
        check.incomplete(REFERENCES, "is not there as it must be: the loss of pairs cannot be computed again")
    return lacking


def nats_of_conversations(c, w, conversations):
    found = []
    for tokens, targets, positions, *_ in (one.rows() for one in conversations):
        found += nats_of(losses_of(c, w, tokens, targets, positions), positions)
    return np.array(found, np.float64)


def differ(check, here, there):
    """Compares references, bit for bit; a finding says where they differ."""
    if here.tobytes() == there.tobytes():
        return False
    at = next(i for i, (one, other) in enumerate(zip(here, there)) if one.tobytes() != other.tobytes())
    check.refuted(REFERENCES, f"has {there[at]} nats for a conversation, the weights of step 0 give {here[at]}", 0)
    return True


def check_windows(e, check, batches, segments, state):
    """Part of origin: the references of the pairs in all windows that the steps of these segments read."""
    size, seen = e.recipe["train"]["batchSize"], set()
    for start, end in segments:
        for g in range(start * size, min(end, len(e.steps.records)) * size):
            source, number = batches.place(g)
            if (source, number) in seen:
                continue
            seen.add((source, number))
            tokens, targets, positions, references = used(batches.window(source, number))
            here = np.array(nats_of(losses_of(e.shape, state, tokens, targets, positions), positions), np.float64)
            if differ(check, here, references[positions == 0]):
                return
