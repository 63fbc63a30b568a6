"""Trains on conversations as docs/arithmetic.md says, from tokens and marks alone: /usr/bin/python3 conversations.py FILE

FILE is JSON: `model` and `train` as in a recipe, the entries of the vocabulary, a seed, sources and held-out ids with their marks (null for a
text). Prints the record and the root of every step and, at the end, nats and bytes of what is held out, a byte for each token."""

import json
import struct
import sys

import numpy as np

from model import shape_of
from random_streams import Batches, Source
from training import initial_state, root_of, step
from validation import bits_per_byte

with open(sys.argv[1], encoding="utf-8") as file:
    given = json.load(file)


def files(source):
    marks = None if source["marks"] is None else np.array(source["marks"], np.uint8)
    return Source(np.array(source["ids"], np.uint32), source.get("weight", 1), marks)


c, train, seed = shape_of(given, given["vocabulary"]), given["train"], given["seed"]
batches = Batches([files(source) for source in given["sources"]], seed, c.T)
state, steps = initial_state(c, train, seed), []
for t in range(1, train["steps"] + 1):
    batch = batches.batch(t - 1, train["batchSize"])
    state, loss, norm = step(c, state, train, t, batch)
    bits = [struct.pack(">d", x).hex() for x in (loss, norm)]
    steps.append([batches.digest(batch), *bits, root_of(t, state)])
held_out = [files(source) for source in given["heldOut"]]
figure, each, _ = bits_per_byte(c, state, held_out, given["validationTokens"], np.ones(c.V, int))
print(json.dumps({"steps": steps, "figures": [figure, *each]}))
