"""A second verifier of Jikji's runs. Follows docs/proof.md and docs/arithmetic.md, shares no code with Jikji, needs numpy.

usage: python3 verify.py RUN [--challenge HEX] [--replay N|all|none|A,B,..] [--segments A-B] [--validation]
                             [--maker FINGERPRINT] [--office FINGERPRINT] [--register FILE [--register-head HEX]]
                             [--parent PATH].. [--parent-maker FINGERPRINT].. [--sources DIR]
RUN is a run's folder or a bundle of format version 2 or 3. What is trained again: the first and the last segments, those that the
challenge draws (N of them) and the strangest of the rest; or all, none, or those with these numbers, from 1. Without --challenge one is
drawn here. A parent is the folder or the bundle of a run. This verifier knows no keys of its machine: whether an audit is a self-audit it cannot tell. It reads no
model that is no run, and of a corpus' sources files of text and JSON lines (see sources.py).
Prints one JSON object: {verdict, extent, checks, findings, data, sources, figures, replayed, detection, ranks, room, links, weakest}; ranks is by name a
list of how strange each segment is, null where that is not known; links are the run
itself and the parents that were brought. A room or chance that cannot be stated is null. Exit code 2 for what is no run, no register, and
no parent of this run.
"""

import argparse
import json
import os
import re
import sys

import register
from chain import Unrelated, find_parents, lodgings_in
from files import Run, Wrong
from judge import judge


def numbers(text):
    """Numbers of segments, from 1, as from 0."""
    return [int(part) - 1 for part in text.split(",") if part]


def part_of(text):
    """None where no part is asked for."""
    if text is None:
        return None
    first, last = map(int, text.split("-"))
    return list(range(first - 1, last))


def asked_for(replay):
    if replay in (None, "all"):
        return replay
    return [] if replay == "none" else numbers(replay) if "," in replay else int(replay)


def fail(what, why):
    """Ends the call: its own fault, and nothing that is said of the run."""
    print(f"error: {what}: {why}", file=sys.stderr)
    sys.exit(2)


if __name__ == "__main__":
    options = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    options.add_argument("run")
    for option in ("--challenge", "--replay", "--segments", "--maker", "--office", "--register", "--register-head", "--sources"):
        options.add_argument(option)
    for option in ("--parent", "--parent-maker"):
        options.add_argument(option, action="append", default=[])
    options.add_argument("--validation", action="store_true")
    call = options.parse_args()
    for option in ("challenge", "maker", "office", "register_head"):
        if not re.fullmatch("[0-9a-f]{64}", getattr(call, option) or "0" * 64):
            options.error(f"--{option.replace('_', '-')} takes 64 hex digits")
    if call.register_head and not call.register:
        options.error("--register-head belongs to --register")
    if call.parent_maker and not call.parent:
        options.error("--parent-maker belongs to --parent")
    for path in (call.run, *call.parent):
        if not os.path.exists(path):
            options.error(f"there is no {path}")
    if call.sources and not os.path.isdir(call.sources):
        options.error("--sources takes a folder")
    call.replay, call.part = asked_for(call.replay), part_of(call.segments)
    call.makers, call.parent_makers = call.maker and [call.maker], call.parent_maker or None
    try:
        call.brought = find_parents(call.run, call.parent)
        call.nonces = [one.predicate["nonce"] for path in (call.run, *call.brought.values()) for one in lodgings_in(Run(path))]
    except Unrelated as error:
        fail(error, "the run was not built on this")
    except (Wrong, OSError) as error:
        fail(call.run, error)
    try:
        call.register = call.register and register.read(call.register, call.register_head, call.office)
    except (Wrong, OSError) as error:
        fail(call.register, error)
    try:
        print(json.dumps(judge(call.run, call)))
    except (Wrong, OSError) as error:
        fail(call.run, error)
