"""All checks of a run and, with those that the auditor brings, of the runs that it was built on (docs/proof.md, "What an audit checks")."""

import secrets
import sys

from chain import begins_of, lodgings_in, name_of, weakest
from data import check_data
from figures import check_figures
from files import Absent, Check, Run, Wrong, worst
from motion import check_motion, check_policy
from origin import check_origin
from rank import motion_of, rank_motion
from register import check_register, lodging_of, may_claim, own_lodgings
from replay import check_probe, check_replay, start_of
from room import moved, room_of
from schedule import check_schedule
from segments import candidates_of, choose, segments_of, unseen
from statements import MOST, Statement
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
        missing = start if before is None else end if after is None else None
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


def is_listed(run, register):
    """Whether a register has answers to a run, as far as its genesis can be read."""
    try:
        return register is not None and register.lists(Statement(run.read("genesis.json", MOST), "genesis"))
    except (Absent, Wrong):
        return False


def is_lodged_with(run, register):
    """Whether the office of a register answered a run."""
    return register is not None and any(one.keyid == register.office for one in lodgings_in(run))


def expected_of(run, call, depth):
    """The makers, the office and the register that count for a run: what it was built on may have been lodged elsewhere."""
    if depth == 0:
        return call.makers, call.office, call.register
    is_of_office = is_listed(run, call.register) or is_lodged_with(run, call.register)
    return call.parent_makers, None, call.register if is_of_office else None


def parent_of(e, call, depth, check, makers):
    """Judges the parent where the auditor brings it; what is wrong with it stands under the check `parent`, with its name."""
    seal = (e.commitment or {}).get("parent", {}).get("seal")
    path = call.brought.get(seal)
    if path is None:
        return None
    found = judge(path, call, depth + 1, makers)
    for finding in found["findings"]:
        at = finding.get("step"), finding.get("tensor")
        check.add(finding["verdict"], f"{found['links'][0]['name']}: {finding['file']}", finding["text"], *at)
    return found


def judge(path, call, depth=0, above=()):
    """call: what the auditor asks for. depth: links from the run that was asked for. above: who made the runs of these links. @raises Wrong for what is no run or bundle"""
    run, checks = Run(path), {name: Check(name) for name in CHECKS}
    challenge = call.challenge or secrets.token_hex(32)
    makers, office, register = expected_of(run, call, depth)
    e = check_structure(run, checks["structure"], makers, office, register and register.office)
    segments = segments_of(e.kept)
    check_schedule(e, checks["schedule"])
    asked, seal = call.replay if depth or call.part is None else call.part, e.seal and e.seal.digest
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
    data, sources = check_data(e, checks["data"], call.sources, depth > 0)
    if e.recipe:
        check_policy(checks["policy"], e.recipe)
    else:
        checks["policy"].incomplete("recipe.yaml", "there is no usable recipe")
    replayed = check_replay(e, checks["replay"], segments, chosen)
    figures = check_figures(e, checks["figures"], call.validation or call.replay == "all")
    parent_check = Check("parent")
    own, before = (e.signed["makers"], e.signed["parent_makers"]) if e.signed else ([], [])
    parent = parent_of(e, call, depth, parent_check, (*above, *own))
    if parent:
        checks["parent"] = parent_check
    if register:
        checks["register"] = Check("register")
        check_register(run, e.signed, register, checks["register"])

    same = {one["index"] for one in replayed if one["verdict"] == "holds"}
    open_ = [i for i in range(len(segments)) if i not in same]
    done = len(replayed) == len(chosen) and all(one["verdict"] != "incomplete" for one in replayed)
    claimed = bool(e.seal and drawn) and done
    if call.challenge:
        claimed = claimed and may_claim(challenge, e.signed, register, call.nonces, (*above, *own, *before))
    draws = [(len(candidates_of(segments)), len(drawn))] if claimed else []
    different = any(one["verdict"] == "refuted" for one in replayed)
    detection = detection_of(segments, drawn, challenge, claimed)
    room = None if different else room_of(movements, open_, draws)
    link = {
        "name": name_of(e),
        "seal": e.seal.digest if e.seal else None,
        "maker": e.signed["genesis"].keyid if e.signed else None,
        "begins": begins_of(e),
        "extent": "all" if segments and not open_ else "sampled",
        "chance": detection["chance"] if claimed else None,
        "share": sum(one["to"] - one["from"] for one in replayed) / segments[-1][1] if segments else 0,
        "room": room and next(one["ofWay"] for one in room[0]["groups"] if one["group"] == "all"),
        "data": data,
        "figures": figures,
        "lodging": lodging_of(e.signed, register, checks.get("register")),
        "office": e.signed and e.signed["lodging"] and e.signed["lodging"].keyid,
        "makers": [*own, *before],
    }
    links = [link, *(parent["links"] if parent else [])]
    if depth == 0:
        own_lodgings(links)
    return {
        "verdict": worst(check.verdict for check in checks.values()),
        "extent": weakest(links)["extent"],
        "checks": [{"name": check.name, "verdict": check.verdict} for check in checks.values()],
        "findings": [finding for check in checks.values() for finding in check.findings],
        "data": data,
        "sources": sources,
        "figures": figures,
        "replayed": replayed,
        "detection": detection,
        "ranks": {name: shown(values) for name, values in rankings},
        "room": room,
        "links": links,
        "weakest": weakest(links),
    }
