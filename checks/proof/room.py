"""Room (docs/proof.md): how much of a model's movement lies in segments that a forger who avoids detection can have forged."""

import math
from fractions import Fraction

import numpy as np

from model import weights_of
from segments import unseen

UNSEEN = Fraction(1, 2), Fraction(1, 20)


def group_of(name):
    """The group of a weight."""
    for part, group in (("norm", "norms"), (".self_attn.", "attention"), (".mlp.", "feed-forward"), ("lm_head", "head")):
        if part in name:
            return group
    return "embedding"


def moved(shape, before, after):
    """L2 length of the movement between two states: by group, and of all weights."""
    squares = {"all": 0.0}
    for name in weights_of(shape):
        difference = after[name].astype(np.float64) - before[name]
        square = float((difference * difference).sum())
        for group in ("all", group_of(name)):
            squares[group] = squares.get(group, 0.0) + square
    return {group: math.sqrt(square) for group, square in squares.items()}


def room_of(movements, open_, draws):
    """movements: {group: (lengths by segment, straight distance)}, or None where one is unknown; open_: numbers of the segments that
    nobody trained again. Draws as in `unseen`. Returns None where the room cannot be stated."""
    if not movements or not all(math.isfinite(x) for lengths, distance in movements.values() for x in (*lengths, distance)):
        return None
    found = []
    for q in UNSEEN:
        forged = max(m for m in range(len(open_) + 1) if unseen(draws, m) >= q)
        groups = []
        for group, (lengths, distance) in movements.items():
            planted = sum(sorted((lengths[i] for i in open_), reverse=True)[:forged])
            share = lambda whole, planted=planted: planted / whole if planted else 0.0
            groups.append({"group": group, "ofWay": share(sum(lengths)), "ofDistance": share(distance)})
        found.append({"unseen": float(q), "forged": forged, "groups": groups})
    return found
