"""Replay and probe (docs/proof.md): trains steps again, and computes the loss of the step after a kept state, bit for bit."""

import struct

from files import Check
from hand_overs import at_step
from objective import mean_loss
from rank import mean_nats, probe_texts, rank_probe
from references import lack
from schedule import batches_of
from structure import TRANSCRIPT, encoder_of, state_file
from training import NotFinite, initial_state, learning_rate, root_of, step


def start_of(e, at):
    """The state after step `at`, drawn again where it is S_0; None where it is missing."""
    if at > 0:
        return e.states.get(at)
    if "parent" in e.commitment and (e.start is None or e.vocabulary is None):
        return None
    return initial_state(e.shape, e.recipe["train"], int(e.commitment["seed"], 16), e.start, e.vocabulary)


def no_state(e):
    """Whether no kept state of this model is whole: what would have to be trained then is only what a recipe says, however large that is."""
    return not any(state is not None for state in e.states.values())


def check_probe(e, check, segments, again, challenge=None):
    """again: numbers of the segments that are trained again; replay compares their first steps. With a challenge the segments are ranked too:
    the ranking, else None."""
    if not (e.shape and e.steps and e.texts):
        return check.incomplete(TRANSCRIPT, "there is no usable recipe, tokenizer, transcript and corpus")
    if not lack(e, check) and no_state(e):
        return check.incomplete(state_file(e.kept[0]), "no kept state of this model is whole")
    batches = None if check.findings else batches_of(e, check)
    texts = probe_texts(e, batches, encoder_of(e), challenge) if batches and challenge else None
    curves = [[] for _ in texts or []]
    for i, start in enumerate([0, *(end for _, end in segments)] if batches and segments else []):
        state = start_of(e, start)
        for curve, text in zip(curves, texts or []):
            curve.append(None if state is None else mean_nats(e.shape, state, text))
        if i < len(segments):  # the last state has no next step
            check_next_loss(e, check, batches, start, state, i in again)
    return rank_probe(curves) if curves else None


def check_next_loss(e, check, batches, start, state, is_replayed):
    """The loss of a state on the batch of the step after it."""
    if state is None:
        check.incomplete(state_file(start), "is not there: what it loses on the next batch is not known", start)
    elif start >= len(e.steps.records):
        check.incomplete(TRANSCRIPT, "ends before the step after this state", start + 1)
    elif not is_replayed:
        loss = mean_loss(e.shape, state, e.recipe["train"], batches.batch(start, e.recipe["train"]["batchSize"]))
        here, there = struct.pack(">d", loss).hex(), e.steps.records[start].loss
        if here != there:
            check.refuted(TRANSCRIPT, f"the loss is recorded as {there}, of the state before this step it is {here}", start + 1)


def replay(e, check, batches, start, end):
    """Trains the steps start + 1 to end again; stops at the first step that differs. Returns the resulting root where none does."""
    state, train = start_of(e, start), e.recipe["train"]
    if state is None:
        return check.incomplete(state_file(start), "the first state of this segment is not there", start)
    for t in range(start + 1, end + 1):
        if t > len(e.steps.records):
            return check.incomplete(TRANSCRIPT, "ends before the end of this segment", t)
        record = e.steps.records[t - 1]
        batch = batches.batch(t - 1, train["batchSize"])
        try:
            state, loss, norm = step(e.shape, state, train, t, batch)
        except NotFinite:
            return check.refuted(TRANSCRIPT, "trained again, this step is not finite", t)
        found = {
            "batch": batches.digest(batch),
            "learning rate": struct.pack(">f", learning_rate(train, t)).hex(),
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
        for one in at_step(e.signed["hand_overs"], t) if record.root is None else ():
            if one.statement.subjects["state"] != root_of(t, state):
                check.refuted(one.file, "names another state than the one that training this segment again comes to", t)
                wrong = True
        if wrong:
            return None
    return root_of(end, state)


def check_replay(e, check, segments, chosen):
    """chosen: number -> why."""
    if not (e.shape and e.steps and e.texts):
        check.incomplete(TRANSCRIPT, "there is no usable recipe, tokenizer, transcript and corpus")
        return []
    if not lack(e, check) and no_state(e):
        check.incomplete(state_file(e.kept[0]), "no kept state of this model is whole")
    batches, replayed = None if check.findings else batches_of(e, check), []
    for index, why in chosen.items() if batches else []:
        (start, end), own = segments[index], Check(check.name)
        root = replay(e, own, batches, start, end)
        check.findings += own.findings
        replayed.append({"index": index, "from": start, "to": end, "why": why, "verdict": own.verdict, "root": root})
    return replayed
