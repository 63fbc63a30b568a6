"""The tokens that a model chooses (docs/arithmetic.md, "Generation"), and how a text ends (docs/receipts.md, "Ended")."""

import codecs
from types import SimpleNamespace

import numpy as np

from binary32 import F32, F64, exp
from model import angles, forward
from random_streams import key_of, philox, stream_of

LOW, HIGH = stream_of("sample")


def logits_of(model, ids):
    """The logits after each token of a text, [len(ids), entries of the tokenizer]."""
    tokens = np.array(ids)
    shape = SimpleNamespace(**{**vars(model.shape), "T": len(ids)})
    return forward(shape, model.weights, tokens, np.arange(len(ids)), angles(shape))[-1][:, : model.entries]


def add(values):
    """An f64 chain."""
    total = 0.0
    for one in values:
        total += float(one)
    return total


def changed(logits, p, text, generated):
    """The logits by which a token is chosen. p: the receipt's parameters; text: all ids so far, of which `generated` were generated."""
    values = logits.copy()
    for one in p["logitBias"]:
        values[one["id"]] = F32(float(values[one["id"]]) + one["bias"])
    repetition, presence, frequency = (float(p[f"{name}Penalty"]) for name in ("repetition", "presence", "frequency"))
    if repetition != 1:
        for token in set(text):
            logit = float(values[token])
            values[token] = F32(logit / repetition if logit > 0 else logit * repetition)
    if presence or frequency:
        for token in set(generated):
            values[token] = F32(float(values[token]) - (presence + frequency * generated.count(token)))
    return values


def chosen(logits, p, seed, number):
    """The token, `number` of those generated, from 0."""
    temperature = float(p["temperature"])
    scale = F32(np.divide(1.0, temperature, dtype=F64))
    if not np.isfinite(scale):
        return int(np.argmax(logits))  # of equals the first
    e = exp((logits - logits.max()) * scale)
    order = np.lexsort((np.arange(len(logits)), -logits.astype(F64)))
    if p["topK"] > 0:
        order = order[: p["topK"]]
    if p["topP"] < 1:
        least, total, count = p["topP"] * add(e[np.sort(order)]), 0.0, 0
        while count < len(order) and (count == 0 or total < least):
            total += float(e[order[count]])
            count += 1
        order = order[:count]
    kept = np.sort(order)
    kept = kept[e[kept].astype(F64) >= p["minP"]] if p["minP"] > 0 else kept
    x = philox((number, 0, LOW, HIGH), key_of(seed))[0]
    rest, last = ((x + 0.5) / 2**32) * add(e[kept]), 0
    for token in kept.tolist():
        rest -= float(e[token])
        if e[token] > 0:
            last = token
        if rest < 0:
            break
    return last


class Growing:
    """The text of tokens as they come: complete characters, up to the first stop string that is complete in them."""

    def __init__(self, model, stops):
        self.model, self.stops = model, [stop for stop in stops if stop]
        self.decoder, self.text, self.is_stopped = codecs.getincrementaldecoder("utf-8")("replace"), "", False

    def push(self, token):
        self.take(self.decoder.decode(self.model.encoder.bytes_of(token)))

    def end(self):
        if not self.is_stopped:
            self.take(self.decoder.decode(b"", True))
        return self.text

    def take(self, more):
        self.text += more
        places = [(self.text.find(stop) + len(stop), self.text.find(stop)) for stop in self.stops if stop in self.text]
        if places and more:
            self.text, self.is_stopped = self.text[: min(places)[1]], True


class Continuation:
    """A text that the model continues: `ids` that it has chosen, and `ending` once it has ended."""

    def __init__(self, model, prompt, p, seed):
        self.model, self.prompt, self.p, self.seed = model, prompt, p, seed
        self.ends, self.ids, self.growing = {*p["ends"], *model.ends}, [], Growing(model, p["stop"])
        self.ending = "length" if p["maxTokens"] == 0 else None

    def next(self, logits):
        token = chosen(changed(logits, self.p, self.prompt + self.ids, self.ids), self.p, self.seed, len(self.ids))
        if token in self.ends:
            self.ending = "end"
            return
        self.ids.append(token)
        self.growing.push(token)
        if self.growing.is_stopped:
            self.ending = "stop"
        elif len(self.ids) == self.p["maxTokens"]:
            self.ending = "length"
        elif len(self.prompt) + len(self.ids) > self.model.context:
            self.ending = "full"


def first_tokens(model, prompt, p, seed, count):
    """Up to `count` tokens that the model chooses."""
    made = Continuation(model, prompt, p, seed)
    while made.ending is None and len(made.ids) < count:
        made.next(logits_of(model, prompt + made.ids)[-1])
    return made.ids


def replay(model, prompt, p, seed, given, may_go_on):
    """Holds ids against what the model chooses, in one pass: (the first difference as (position, given, chosen), None for the end of a text; or
    None), how the model ends the text, and the text of the given ids. may_go_on: nothing is asked of what follows them."""
    made, growing, difference = Continuation(model, prompt, p, seed), Growing(model, p["stop"]), None
    passed = logits_of(model, (prompt + given)[: model.context]) if made.ending is None else []
    while made.ending is None and difference is None and not (may_go_on and len(made.ids) == len(given)):
        at = len(made.ids)
        made.next(passed[len(prompt) - 1 + at])
        here, there = (ids[at] if at < len(ids) else None for ids in (made.ids, given))
        if here != there:
            difference = at, there, here
        elif here is None:
            break
    if difference is None and len(made.ids) < len(given):
        difference = len(made.ids), given[len(made.ids)], None
    for token in given:
        if not growing.is_stopped:
            growing.push(token)
    return difference, made.ending, growing.end()
