"""A second verifier of Jikji's runs. Follows docs/proof.md and docs/arithmetic.md, shares no code with Jikji, needs numpy.

usage: python3 verify.py RUN [--challenge HEX] [--replay N|all|none|A,B,..] [--segments A-B] [--validation]
                             [--maker FINGERPRINT] [--office FINGERPRINT]
RUN is a run's folder or a bundle of format version 1, 2 or 3 (with a parent, which is not looked at). What is trained again: the first and the last segments, those that the
challenge draws (N of them) and the strangest of the rest; or all, none, or those with these numbers, from 1. Without --challenge one is
drawn here. It knows no keys of its machine: whether an audit is a self-audit it cannot tell, nor does it read an office's register or a
corpus' sources.
Prints one JSON object: {verdict, extent, checks, findings, data, figures, replayed, detection, ranks, room}; ranks is by name a list of how
strange each segment is, null where that is not known. A room or chance that cannot be stated is null. Exit code 2 for what is no run.
"""

import argparse
import json
import os
import re
import secrets
import sys

from data import check_data
from figures import check_figures
from files import Check, Run, Wrong, worst
from motion import check_motion, check_policy
from origin import check_origin
from rank import motion_of, rank_motion
from replay import check_probe, check_replay, start_of
from room import moved, room_of
from schedule import check_schedule
from segments import candidates_of, choose, segments_of, unseen
from structure import TRANSCRIPT, check_structure, state_file

CHECKS = ("structure", "schedule", "origin", "data", "policy", "motion", "probe", "replay", "figures")


def check_all_motion(e, check, segments):
    """Movements by group: lengths by segment and the straight distance; None where one is not known. And the rankings by motion."""
    if not (e.shape and e.steps):
        check.incomplete(TRANSCRIPT, "there is no usable recipe, tokenizer and transcript")
        return None, []
    lengths, motions = [], []
    for start, end in segments:
        before, after = start_of(e, start), e.states.get(end)
        missing = end if after is None else start if before is None else None
        motions.append(None)
        if end > len(e.steps.records):
            check.incomplete(TRANSCRIPT, "ends before the end of this segment", len(e.steps.records))
        elif missing is not None:
            check.incomplete(state_file(missing), "nothing can be said of the movement from it or to it", missing)
        else:
            check_motion(check, e.shape, e.recipe, e.steps.records, start, end, before, after, state_file(end))
            lengths.append(moved(e.shape, before, after))
            motions[-1] = motion_of(e.shape, e.recipe["train"], start, end, before, after)
    rankings = rank_motion(motions)
    if len(lengths) < len(segments):
        return None, rankings
    straight = moved(e.shape, start_of(e, 0), e.states[segments[-1][1]])
    return {group: ([one[group] for one in lengths], distance) for group, distance in straight.items()}, rankings


def detection_of(segments, drawn, challenge, claimed):
    n = len(candidates_of(segments))
    chance = float(1 - unseen([(n, len(drawn))], 1)) if n else None
    return {"claimed": claimed, "challenge": challenge, "segments": len(segments), "candidates": n, "drawn": drawn, "chance": chance}


def shown(values):
    """Of a ranking, as JSON has it."""
    return [None if value is None else min(value, sys.float_info.max) for value in values]


def verify(path, asked=None, challenge=None, validation=False, maker=None, office=None):
    """asked: as in segments.choose. @raises Wrong for what is no run or bundle"""
    run, checks = Run(path), {name: Check(name) for name in CHECKS}
    challenge = challenge or secrets.token_hex(32)
    e = check_structure(run, checks["structure"], maker, office)
    segments = segments_of(e.kept)
    check_schedule(e, checks["schedule"])
    seal = e.seal and e.seal.digest
    movements, rankings = check_all_motion(e, checks["motion"], segments)
    is_ranked = asked is None or isinstance(asked, int)
    rankings = rankings if is_ranked else []
    chosen, drawn = choose(segments, asked, challenge, seal, rankings)
    # What the probes choose is not known before them: they leave out only what is chosen without them.
    by_probe = check_probe(e, checks["probe"], segments, chosen, challenge if is_ranked else None)
    if by_probe:
        rankings = [*rankings, by_probe]
        chosen, drawn = choose(segments, asked, challenge, seal, rankings)
    check_origin(e, checks["origin"], [segments[i] for i in chosen])
    data = check_data(e, checks["data"])
    if e.recipe:
        check_policy(checks["policy"], e.recipe)
    else:
        checks["policy"].incomplete("recipe.yaml", "there is no usable recipe")
    replayed = check_replay(e, checks["replay"], segments, chosen)
    figures = check_figures(e, checks["figures"], validation or asked == "all")

    same = {one["index"] for one in replayed if one["verdict"] == "holds"}
    open_ = [i for i in range(len(segments)) if i not in same]
    done = len(replayed) == len(chosen) and all(one["verdict"] != "incomplete" for one in replayed)
    claimed = bool(e.seal and drawn) and done
    draws = [(len(candidates_of(segments)), len(drawn))] if claimed else []
    different = any(one["verdict"] == "refuted" for one in replayed)
    return {
        "verdict": worst(check.verdict for check in checks.values()),
        "extent": "all" if segments and not open_ else "sampled",
        "checks": [{"name": check.name, "verdict": check.verdict} for check in checks.values()],
        "findings": [finding for check in checks.values() for finding in check.findings],
        "data": data,
        "figures": figures,
        "replayed": replayed,
        "detection": detection_of(segments, drawn, challenge, claimed),
        "ranks": {name: shown(values) for name, values in rankings},
        "room": None if different else room_of(movements, open_, draws),
    }


def numbers(text):
    """Numbers of segments, from 1, as from 0."""
    return [int(part) - 1 for part in text.split(",") if part]


def asked_for(replay, part):
    if part:
        first, last = map(int, part.split("-"))
        return list(range(first - 1, last))
    if replay in (None, "all"):
        return replay
    return [] if replay == "none" else numbers(replay) if "," in replay else int(replay)


if __name__ == "__main__":
    options = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    options.add_argument("run")
    for option in ("--challenge", "--replay", "--segments", "--maker", "--office"):
        options.add_argument(option)
    options.add_argument("--validation", action="store_true")
    given = options.parse_args()
    if given.challenge and not re.fullmatch("[0-9a-f]{64}", given.challenge):
        options.error("--challenge takes 64 hex digits")
    if not os.path.exists(given.run):
        options.error("there is no such run")
    try:
        asked = asked_for(given.replay, given.segments)
        print(json.dumps(verify(given.run, asked, given.challenge, given.validation, given.maker, given.office)))
    except (Wrong, OSError) as error:
        sys.exit(print(f"error: {given.run}: {error}", file=sys.stderr) or 2)
