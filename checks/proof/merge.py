"""Merging audits (docs/proof.md): joins signed audits of several keys for one seal. Reads no run.

usage: python3 merge.py REPORT...; prints one JSON object: {verdict, extent, seal, auditors, excluded, forks, segments, trained, chance, room};
forks: reports of another seal of the same genesis
"""

import json
import os
import sys
from collections import Counter

from digests import canonical
from files import Wrong
from room import room_of
from segments import candidates_of, draw, segments_of, unseen
from statements import MOST, Statement


# Checks that a report must name: all but the register, which is optional.
CHECKED = "structure", "schedule", "origin", "data", "policy", "motion", "probe", "replay", "figures"


def most_common(values):
    """The most common one; the first of equally common ones, None for an empty list."""
    return next((value for value, _ in Counter(value for value in values if value is not None).most_common(1)), None)


def plan_of(report):
    p = report.predicate
    return report.subjects.get("genesis.json"), p["maker"], p["head"], tuple(p["kept"])


def links_in(reports, seal):
    """What reports of version 2 say of the run with this seal, but for its maker's word and audits where his key lies."""
    return [
        link
        for report in reports
        for link in report.predicate.get("links", ())
        if link["seal"] == seal and report.keyid not in link["makers"] and link["extent"] != "self"
    ]


def extent_of_chain(extent, reports):
    """The extent of the weakest run of the chain, as far as the reports name its runs."""
    own = next((report.predicate["links"][0] for report in reports if "links" in report.predicate), None)
    for _ in range(101):
        links = links_in(reports, own["parent"]) if own and own["begins"] == "run" else ()
        if not links:
            break
        chances = [-1 if not d else float(1 - unseen([(d["candidates"], d["drawn"])], 1)) for d in (link["draw"] for link in links)]
        own = max(zip(links, chances), key=lambda of: (of[0]["extent"] == "all", of[1], min(1, of[0]["trained"] / of[0]["steps"])))[0]
        extent = own["extent"] if extent == "all" else extent
    return extent


def is_chain(links):
    """Whether each link is what the one before it began with, and states figures that can be of one run."""
    seals = [link["seal"] for link in links]
    follows = all(before["begins"] == "run" and before["parent"] == link["seal"] for before, link in zip(links, links[1:]))
    ends = links[-1]["begins"] != "run" or links[-1]["parent"] not in seals
    return follows and ends and len(set(seals)) == len(seals) and all(
        link["makers"]
        and (link["begins"] == "drawn") == (link["parent"] is None)
        and link["trained"] <= link["steps"]
        and (link["extent"] != "all" or link["trained"] == link["steps"])
        and (not link["draw"] or link["draw"]["drawn"] <= min(link["draw"]["candidates"], link["trained"]) and link["draw"]["candidates"] <= link["steps"])
        for link in links
    )  # fmt: skip


def is_contradicted(reports):
    """Whether reports that count contradict each other on what a run began with, or on who made it."""
    links = [link for report in reports for link in report.predicate.get("links", ())]
    said = {(link["seal"], link["begins"], link["parent"], *sorted(set(link["makers"]))) for link in links}
    return len({report.subjects.get("parent") for report in reports}) > 1 or len(said) > len({seal for seal, *_ in said})


def makers_of(report):
    """Fingerprints of the keys that held the run of a report, as far as it says."""
    return {report.predicate["maker"], *(key for link in report.predicate.get("links", ())[:1] for key in link["makers"])}


def refutes(report):
    """Whether a report refutes its run: that run's own makers cannot."""
    return report.predicate["verdict"] == "refuted" and report.keyid not in makers_of(report)


def ancestors(seal, counted, reports):
    """The seals of all that a run was built on: of the run itself as reports that count say it, of the others as any report does."""
    began = {}
    for report in reports:
        links = [(link["seal"], link["parent"]) for link in report.predicate.get("links", ())]
        for run, parent in [(report.subjects.get("seal.json"), report.subjects.get("parent")), *links]:
            if parent and (run != seal or report in counted):
                began.setdefault(run, set()).add(parent)
    found, open_ = set(), [seal]
    while open_:
        new = began.get(open_.pop(), set()) - found
        found |= new
        open_ += new
    return found


def why_not(report, plan, segments, seal):
    """The reason why a single report of this seal does not count, or None."""
    p = report.predicate
    if report.keyid in makers_of(report):
        return "is signed with a maker's key"
    own = p["links"][0] if p.get("links") else None
    if (own or p)["extent"] == "self":
        return "was made where the maker's key lies"
    if plan_of(report) != plan:
        return "is of another run than the others"
    if p["verdict"] != "holds" or any(check["verdict"] != "holds" for check in p["checks"]):
        return "does not hold"
    missing = next((name for name in CHECKED if name not in {check["name"] for check in p["checks"]}), None)
    if missing:
        return f"does not say what the check {missing} found"
    if not segments:
        return "does not list the segments of a run"
    if "links" in p and not (own and own["seal"] == seal and p["maker"] in own["makers"] and own["parent"] == report.subjects.get("parent") and (len(p["links"]) == 1 or any(check["name"] == "parent" for check in p["checks"])) and is_chain(p["links"])):
        return "does not begin its list of runs with this one"
    if not p["replayed"]:
        return "trained nothing again"
    if any(len(one["segments"]) != len(segments) or min(one["distance"], *one["segments"]) < 0 for one in p["movements"]):
        return "lists movements that are not those of a run"
    numbers = {end: i for i, (_, end) in enumerate(segments)}
    done = {numbers.get(one["to"]) for one in p["replayed"]}
    if None in done or len(done) < len(p["replayed"]):
        return "lists segments that this run does not have"
    candidates, d = candidates_of(segments), p["draw"]
    if d and (d["candidates"] != len(candidates) or d["drawn"] > min(len(done), len(candidates)) or not done.issuperset(draw(candidates, d["drawn"], d["challenge"], seal))):
        return "lists other segments than its challenge draws"
    return None


def merge(files):
    """files: (name, bytes)."""
    excluded, reports = [], []
    for name, data in files:
        try:
            reports.append((name, Statement(data, "audit")))
        except Wrong as error:
            excluded.append({"file": name, "reason": str(error)})
    seal = most_common(report.subjects.get("seal.json") for _, report in reports)
    others = [(name, report) for name, report in reports if report.subjects.get("seal.json") != seal]
    excluded += [{"file": name, "reason": "is of another seal"} for name, _ in others]
    every = [report for _, report in reports]
    reports = [(name, report) for name, report in reports if report.subjects.get("seal.json") == seal]
    plan = most_common(plan_of(report) for _, report in reports)
    kept = plan[3] if plan else ()
    segments = segments_of(kept if all(a < b for a, b in zip((0, *kept), kept)) else [])
    sound = []
    for name, report in reports:
        reason = why_not(report, plan, segments, seal or "")
        if reason:
            excluded.append({"file": name, "reason": reason})
        else:
            sound.append((name, report))
    roots = {}
    for _, report in sound:
        for one in report.predicate["replayed"]:
            roots.setdefault(one["to"], set()).add(one["root"])
    counted = []
    for name, report in sound:
        if any(len(roots[one["to"]]) > 1 for one in report.predicate["replayed"]):
            excluded.append({"file": name, "reason": "comes to another state than a report beside it"})
        else:
            counted.append(report)

    by = [sorted({report.keyid for report in counted if any(one["to"] == end for one in report.predicate["replayed"])}) for _, end in segments]
    open_ = [i for i, auditors in enumerate(by) if not auditors]
    # Everything that their challenges drew, as one draw.
    candidates, drawn = candidates_of(segments), set()
    for report in counted:
        d = report.predicate["draw"]
        if d and "from" in d:  # without the run nobody knows who drew the challenge of a report of version 1
            drawn |= set(draw(candidates, d["drawn"], d["challenge"], seal))
    draws = [(len(candidates), len(drawn))] if drawn else []
    measured = [report.predicate["movements"] for report in counted if report.predicate["movements"]]
    agreed = measured and all(canonical(one) == canonical(measured[0]) for one in measured)
    movements = {one["group"]: (one["segments"], one["distance"]) for one in measured[0]} if agreed else None
    disputing = {seal, *ancestors(seal, counted, every)}
    disputed = is_contradicted(counted) or any(refutes(report) and report.subjects.get("seal.json") in disputing for report in every)
    extent = "all" if segments and not open_ else "sampled"
    return {
        "verdict": "disputed" if disputed else "holds" if counted else "incomplete",
        "extent": extent if disputed else extent_of_chain(extent, counted),
        "seal": seal,
        "auditors": sorted({report.keyid for report in counted}),
        "excluded": excluded,
        "forks": [{"file": name} for name, report in others if plan and report.subjects.get("genesis.json") == plan[0]],
        "segments": [{"index": i, "from": start, "to": end, "by": by[i]} for i, (start, end) in enumerate(segments)],
        "trained": sum(end - start for (start, end), auditors in zip(segments, by) if auditors),
        "chance": float(1 - unseen(draws, 1)) if draws else None,
        "room": room_of(movements, open_, draws),
    }


def read(path):
    if os.path.getsize(path) > MOST:
        return b""
    with open(path, "rb") as file:
        return file.read()


if __name__ == "__main__":
    print(json.dumps(merge([(path, read(path)) for path in sys.argv[1:]])))
