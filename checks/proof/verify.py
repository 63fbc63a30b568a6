"""A second verifier of Jikji's runs. Follows docs/proof.md and docs/arithmetic.md, shares no code with Jikji, needs numpy.

usage: python3 verify.py RUN [--replay all|none|0,1,5] [--figures] [--maker FINGERPRINT] [--office FINGERPRINT]
RUN is a run's folder or a bundle; segments count from 0. Prints one JSON object: {verdict, checks, findings, replayed}.
It draws no segments and ranks none: which ones are trained again is the caller's choice. With --figures the seal's bits per byte are computed again.
"""

import argparse
import json
import struct

from corpus import documents
from digests import sha, tree
from files import Check, Run, worst
from motion import check_motion, check_policy
from random_streams import Batches
from structure import TOKENIZER, TRANSCRIPT, check_structure, state_file
from tokens import Encoder, Unknown, from_json, in_turn, to_json, train
from training import NotFinite, batch_digest, initial_state, learning_rate, root_of, step
from validation import bits_per_byte


def batches_of(e, check):
    """The run's batches, or None where they cannot be drawn."""
    if not (e.texts and e.shape):
        check.incomplete("corpus/tokens.json", "there are no usable tokens")
        return None
    parts = [part for part in e.texts[2] if part.split == "train"]
    for part in parts:
        if part.ids is None:
            check.incomplete(part.ids_name, "is not there")
            return None
        if len(part.ids) and part.ids.max() >= e.shape.V:
            check.refuted("corpus/tokens.json", "holds ids that the tokenizer does not have")
            return None
    weights = [source["weight"] for source in e.recipe["corpus"]["sources"]]
    found = Batches([(part.ids, weights[part.source]) for part in parts], int(e.commitment["seed"], 16), e.shape.T)
    if found.size < e.recipe["train"]["batchSize"]:
        check.refuted("corpus/tokens.json", "the tokens are fewer than one batch")
        return None
    return found


def check_schedule(e, check):
    if not (e.recipe and e.steps):
        return check.incomplete(TRANSCRIPT, "there is no usable recipe and transcript")
    train_ = e.recipe["train"]
    for t, record in enumerate(e.steps.records, 1):
        if struct.pack(">f", learning_rate(train_, t)).hex() != record.learningRate:
            check.refuted(TRANSCRIPT, "the learning rate is not the recipe's", t)
    batches = batches_of(e, check)
    if batches:
        for t, record in enumerate(e.steps.records, 1):
            if batch_digest(*batches.batch(t - 1, train_["batchSize"])) != record.batch:
                check.refuted(TRANSCRIPT, "the batch is not the one that seed and recipe draw", t)
    return None


def check_origin(e, check):
    if not e.shape:
        return check.incomplete("genesis.json", "there is no usable genesis, recipe and tokenizer")
    if root_of(0, initial_state(e.shape, int(e.commitment["seed"], 16))) != e.commitment["stateRoot"]:
        check.refuted("genesis.json", "S_0 is not the state that the seed draws", 0)
    if not e.texts:
        return check.incomplete("corpus/manifest.json", "there is no usable manifest")
    manifest, _, parts = e.texts
    texts = {}
    for part in parts:
        if part.ids is None:
            check.incomplete(part.ids_name, "is not there")
        if part.texts is None:
            check.incomplete(part.text_name, "is not there")
        else:
            texts[part] = check.trying(part.text_name, lambda: documents(part.texts))
    if all(texts.get(part) is not None for part in parts):
        if tree([sha(text.encode()) for part in parts for text in texts[part]]).hex() != manifest["corpusRoot"]:
            check.refuted("corpus/manifest.json", "these are other texts than the corpus root names")
        try:
            check_tokenizer(e, check, parts, texts)
        except Unknown as error:
            check.incomplete(TOKENIZER, f"this Python's Unicode does not know {error}")
    encoder = Encoder(merges_of(e))
    for part in parts:
        if texts.get(part) is None:
            continue
        size = sum(len(text.encode()) for text in texts[part])
        if len(texts[part]) != part.shard["documents"] or size != part.bytes:
            check.refuted(part.text_name, "has another number of documents or bytes than the manifest says")
        try:
            if part.ids is not None and [i for text in texts[part] for i in encoder.document(text)] != part.ids.tolist():
                check.refuted(part.ids_name, "is not what these documents encode to")
        except Unknown as error:
            check.incomplete(part.ids_name, f"this Python's Unicode does not know {error}")
    return None


def merges_of(e):
    try:
        return from_json(e.tokenizer)
    except (KeyError, TypeError, AttributeError, ValueError):
        return []


def check_tokenizer(e, check, parts, texts):
    sources = e.recipe["corpus"]["sources"]
    made = [(texts[part], sources[part.source]["weight"], part.bytes) for part in parts if part.split == "train"]
    if to_json(*train(in_turn(made), e.recipe["tokenizer"]["vocabSize"])) != e.run.text(TOKENIZER):
        check.refuted(TOKENIZER, "is not the one that these texts train")


def segments_of(kept):
    return list(zip([0, *kept[:-1]], kept))


def start_of(e, step):
    return initial_state(e.shape, int(e.commitment["seed"], 16)) if step == 0 else e.states.get(step)


def check_all_motion(e, check):
    if not (e.shape and e.steps):
        return check.incomplete(TRANSCRIPT, "there is no usable recipe, tokenizer and transcript")
    for start, end in segments_of(e.kept):
        before, after = start_of(e, start), e.states.get(end)
        missing = end if after is None else start if before is None else None
        if end > len(e.steps.records):
            check.incomplete(TRANSCRIPT, "ends before the end of this segment", len(e.steps.records))
        elif missing is not None:
            check.incomplete(state_file(missing), "nothing can be said of the movement from it or to it", missing)
        else:
            check_motion(check, e.shape, e.recipe, e.steps.records, start, end, before, after, state_file(end))
    return None


def replay(e, check, batches, start, end):
    """Trains the steps start + 1 to end again; stops at the first that differs."""
    state, train_ = start_of(e, start), e.recipe["train"]
    if state is None:
        return check.incomplete(state_file(start), "the first state of this segment is not there", start)
    for t in range(start + 1, end + 1):
        if t > len(e.steps.records):
            return check.incomplete(TRANSCRIPT, "ends before the end of this segment", t)
        record = e.steps.records[t - 1]
        tokens, targets = batches.batch(t - 1, train_["batchSize"])
        try:
            state, loss, norm = step(e.shape, state, train_, t, tokens, targets)
        except NotFinite:
            return check.refuted(TRANSCRIPT, "trained again, this step is not finite", t)
        found = {
            "batch": batch_digest(tokens, targets),
            "learning rate": struct.pack(">f", learning_rate(train_, t)).hex(),
            "loss": struct.pack(">d", loss).hex(),
            "gradient norm": struct.pack(">d", norm).hex(),
        }
        wrong = False
        for (what, here), there in zip(found.items(), (record.batch, record.learningRate, record.loss, record.gradNorm)):
            if here != there:
                check.refuted(TRANSCRIPT, f"the {what} is recorded as {there}, trained again it is {here}", t)
                wrong = True
        if record.root is not None and record.root != root_of(t, state):
            there = e.states.get(t)
            tensor = next((name for name in sorted(state) if there and state[name].tobytes() != there[name].tobytes()), None)
            check.refuted(state_file(t) if there else TRANSCRIPT, "is not the state that training this segment again comes to", t, tensor)
            wrong = True
        if wrong:
            return None
    return None


def check_replay(e, check, chosen):
    if not (e.shape and e.steps and e.texts):
        check.incomplete(TRANSCRIPT, "there is no usable recipe, tokenizer, transcript and corpus")
        return []
    batches, replayed = batches_of(e, check), []
    for index, (start, end) in enumerate(segments_of(e.kept)) if batches else []:
        if chosen is None or index in chosen:
            own = Check(check.name)
            replay(e, own, batches, start, end)
            check.findings += own.findings
            replayed.append({"index": index, "from": start, "to": end, "verdict": own.verdict})
    return replayed


def check_figures(e, check):
    state = e.states.get(e.kept[-1]) if e.shape else None
    parts = [part for part in e.texts[2] if part.split == "validation"] if e.texts else []
    if state is None or not e.seal or not parts or any(part.ids is None for part in parts):
        return check.incomplete("seal.json", "there is no usable seal, last state and validation ids")
    lengths = {i: len(token) for token, i in e.tokenizer["model"]["vocab"].items()}  # a character for each byte
    found = bits_per_byte(e.shape, state, [part.ids for part in parts], e.recipe["train"]["validationTokens"], {**lengths, 0: 0})
    if found != e.seal.predicate["valBitsPerByte"]:
        check.refuted("seal.json", f"its figure is {e.seal.predicate['valBitsPerByte']}, computed again it is {found}")
    return None


def verify(path, chosen, maker=None, office=None, figures=False):
    """chosen: numbers of segments, or None for all."""
    checks = {name: Check(name) for name in ("structure", "schedule", "origin", "policy", "motion", "replay")}
    e = check_structure(Run(path), checks["structure"], maker, office)
    check_schedule(e, checks["schedule"])
    check_origin(e, checks["origin"])
    if e.recipe:
        check_policy(checks["policy"], e.recipe)
    else:
        checks["policy"].incomplete("recipe.yaml", "there is no usable recipe")
    check_all_motion(e, checks["motion"])
    replayed = check_replay(e, checks["replay"], chosen)
    if figures:
        checks["figures"] = Check("figures")
        check_figures(e, checks["figures"])
    return {
        "verdict": worst(check.verdict for check in checks.values()),
        "checks": [{"name": check.name, "verdict": check.verdict} for check in checks.values()],
        "findings": [finding for check in checks.values() for finding in check.findings],
        "replayed": replayed,
    }


if __name__ == "__main__":
    options = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    options.add_argument("run")
    options.add_argument("--replay", default="all")
    options.add_argument("--figures", action="store_true")
    options.add_argument("--maker")
    options.add_argument("--office")
    asked = options.parse_args()
    numbers = None if asked.replay == "all" else [] if asked.replay == "none" else [int(x) for x in asked.replay.split(",")]
    print(json.dumps(verify(asked.run, numbers, asked.maker, asked.office, asked.figures)))
