"""Trains a run, and writes its transcript and kept states as it goes (docs/proof.md, "States" and "Transcript")."""

import struct

import numpy as np

from digests import canonical, sha_hex
from structure import TRANSCRIPT, layout, state_file
from training import learning_rate, root_of, step


def safetensors(tensors, kind):
    """The bytes of a file of these arrays, by name."""
    head, _ = layout({name: list(array.shape) for name, array in tensors.items()}, kind)
    return head + b"".join(tensors[name].astype("<f4").tobytes() for name in sorted(tensors))


def train_run(out, c, train, commitment, batches, state, forged):
    """The last state, its root and the last link. forged: a step that takes another learning rate, which its record does not say; or None."""
    link, lines, root = sha_hex(canonical(commitment)), [], None
    for t in range(1, train["steps"] + 1):
        batch = batches.batch(t - 1, train["batchSize"])
        taken = {**train, "learningRate": train["learningRate"] * 1.01} if t == forged else train
        state, loss, norm = step(c, state, taken, t, batch)
        record = {
            "batch": batches.digest(batch),
            "gradNorm": struct.pack(">d", norm).hex(),
            "learningRate": struct.pack(">f", np.float32(learning_rate(train, t))).hex(),
            "loss": struct.pack(">d", loss).hex(),
            "step": t,
        }
        if t in commitment["checkpoints"]:
            root = record["stateRoot"] = root_of(t, state)
            if t in commitment["kept"]:
                write_state(out, t, state, root)
        link = sha_hex(bytes.fromhex(link) + canonical(record))
        lines.append(canonical({**record, "link": link}) + b"\n")
    out.write(TRANSCRIPT, b"".join(lines))
    return state, root, link


def write_state(out, t, state, root):
    name = state_file(t)
    out.write(name, safetensors(state, "jikji-state"))
    out.write(name.replace(".safetensors", ".json"), canonical({"formatVersion": 1, "stateRoot": root, "step": t}) + b"\n")
