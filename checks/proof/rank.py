"""Rank (docs/proof.md, "Rank"): how much each segment differs from its neighbours, by speed, heading and probe. Refutes nothing. A value that is
None was not measured; in binary64, where another order of sums than another verifier's decides only between values that are almost equal.

usage: python3 rank.py < NUMBERS; a JSON list of {speeds, headings, changes}, each a list by tensor or text of numbers by segment, null for what is
not finite. Prints for each {speed, heading, probe}.
"""

import json
import math
import os
import sys

import numpy as np

from binary32 import F64
from digests import sha
from files import MIB
from model import weights_of
from objective import losses_of, used
from optimizer import FIRST, MOMENTUM, SECOND, by_muon
from tokens import Unknown
from training import learning_rate

REACH, LONE_REACH, MAD = 3, 5, 1.4826
LEAST = {"speed": 0.1, "heading": 0.02, "probe": 0.001}
TEXT = os.path.join(os.path.dirname(os.path.abspath(__file__)), "../../docs/auditors-text.txt")


def motion_of(shape, train, start, end, before, after):
    """Of each weight over a segment: its speed, and its heading; NaN where there is none."""
    rates = sum(float(learning_rate(train, t)) for t in range(start + 1, end + 1))
    found = {}
    for name, (size, _) in weights_of(shape).items():
        movement = after[name].astype(F64) - before[name]
        if by_muon(train, name, size):
            direction = after[MOMENTUM + name].astype(F64)
        else:
            second = after[SECOND + name].astype(F64)
            direction = np.where(second > 0, after[FIRST + name] / np.sqrt(np.where(second > 0, second, 1)), 0)
        length, along = float((movement * movement).sum()), float((movement * direction).sum())
        both = math.sqrt(length * float((direction * direction).sum()))
        found[name] = math.sqrt(length) / rates if rates else math.nan, along / both if both else math.nan
    return found


def median(values):
    values = sorted(values)
    half = len(values) // 2
    return 0.0 if not values else values[half] if len(values) % 2 else (values[half - 1] + values[half]) / 2


def finite(values):
    return [x for x in values if math.isfinite(x)]


def strangeness(values, least):
    """By how much each lies above both or below both of the medians beside it, over the usual distance; 0 for what is not finite."""
    last, sides = len(values) - 1, []
    for i in range(len(values)):
        before = values[max(0, i - (LONE_REACH if i == last else REACH)) : i]
        after = values[i + 1 : i + 1 + (LONE_REACH if i == 0 else REACH)]
        sides.append((finite(before), finite(after)))
    usual = finite(abs(x - median(before + after)) for x, (before, after) in zip(values, sides))
    spread, found = max(least, MAD * median(usual)), []
    for x, both in zip(values, sides):
        medians = [median(side) for side in both if side]
        found.append(max(0.0, x - max(medians), min(medians) - x) / spread if medians and math.isfinite(x) else 0.0)
    return found


def largest(lists):
    return [max(values) for values in zip(*lists)]


def speeds_over(speeds):
    floor = 1e-3 * median(finite(speeds)) + 1e-30
    return [math.log(speed + floor) if math.isfinite(speed) else speed for speed in speeds]


def rank_motion(motions):
    """motions: of each segment as motion_of gives it, None where it is not known. Rankings as `segments.choose` takes them."""
    known = [one for one in motions if one is not None]
    names = known[0] if known else ()
    by_name = {
        "speed": [speeds_over([one[name][0] for one in known]) for name in names],
        "heading": [[one[name][1] for one in known] for name in names],
    }
    found = []
    for rank, lists in by_name.items():
        values = iter(largest([strangeness(values, LEAST[rank]) for values in lists]))
        found.append((rank, [None if one is None else next(values) for one in motions]))
    return found


def rank_probe(curves):
    """curves: of each text its mean loss at S_0 and at each kept state, None where a state is not there."""
    known = [[math.nan if x is None else x for x in curve] for curve in curves]
    changes = [[after - before for before, after in zip(curve, curve[1:])] for curve in known]
    found = []
    for i, value in enumerate(largest([strangeness(of, LEAST["probe"]) for of in changes])):
        there = all(curve[i] is not None and curve[i + 1] is not None for curve in curves)
        broken = not all(math.isfinite(of[i]) for of in changes)
        found.append((math.inf if broken else value) if there else None)
    return "probe", found


def probe_texts(e, batches, encoder, challenge):
    """Tokens, targets and positions of the texts: that of the auditor, and, with a seal, a window that the challenge draws. None where this
    Python cannot encode the auditor's text."""
    with open(TEXT, "rb") as file:
        text = file.read(MIB).decode()
    try:
        ids = np.array(encoder.measured(text)[0][: e.shape.T + 1])
    except Unknown:
        return None
    texts = [(ids[:-1], ids[1:], np.arange(len(ids) - 1))]
    if e.seal:
        digest = sha(bytes.fromhex(challenge) + bytes.fromhex(e.seal.digest) + b"probe")
        texts.append(tuple(used(batches.batch(int.from_bytes(digest[:6]) % batches.size, 1))[:3]))
    return texts


def mean_nats(shape, state, text):
    """Of the targets that are learned."""
    return float(losses_of(shape, state, *text).sum() / (text[1] >= 0).sum())


def ranked_numbers(speeds, headings, changes):
    """Of speeds and headings by tensor, and of changes of the loss by text: how strange each segment is, by each measure."""
    known = lambda lists: [[math.nan if x is None else x for x in values] for values in lists]
    measured = {"speed": map(speeds_over, known(speeds)), "heading": known(headings), "probe": known(changes)}
    return {name: largest([strangeness(values, LEAST[name]) for values in lists]) for name, lists in measured.items()}


if __name__ == "__main__":
    print(json.dumps([ranked_numbers(**one) for one in json.load(sys.stdin)]))
