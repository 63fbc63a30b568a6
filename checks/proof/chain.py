"""What a run was built on (docs/proof.md, "Parent" and "Origin"): finds its parents among the paths that an auditor brings, and how far an
audit of such a chain reaches. Judges no run."""

import os

from digests import sha_hex
from files import Absent, Run, Wrong
from statements import MOST, Statement


class Unrelated(Exception):
    """A path on which the run was not built: a fault of the call."""


def statement_in(path, kind):
    """@raises Absent, Wrong"""
    return Statement(Run(path).read(f"{kind}.json", MOST), kind)


def lodgings_in(run):
    """The offices' answers beside a run, as far as they can be read."""
    found = []
    for name in ("lodging.json", "seal-lodging.json"):
        try:
            found.append(Statement(run.read(name, MOST), "lodging"))
        except (Absent, Wrong):
            pass
    return found


def seal_of(path):
    try:
        return sha_hex(Run(path).read("seal.json", MOST))
    except (Absent, Wrong, OSError):
        return None


def find_parents(run, paths):
    """Paths by the digests of their seals, as far as the seals lead from one to the next. What is wrong with a genesis on the way is a finding
    of the audit. @raises Unrelated"""
    seals, found = {path: seal_of(path) for path in paths}, {}
    try:
        parent = statement_in(run, "genesis").predicate["commitment"].get("parent")
        while parent and "seal" in parent and parent["seal"] not in found:
            path = next((path for path in paths if seals[path] == parent["seal"]), None)
            if path is None:
                break
            found[parent["seal"]] = path
            genesis = statement_in(path, "genesis")
            if statement_in(path, "seal").predicate["genesis"] != genesis.digest:
                return found
            parent = genesis.predicate["commitment"].get("parent")
    except (Absent, Wrong):
        return found
    for path in paths:
        if seals[path] not in found or os.path.abspath(found[seals[path]]) != os.path.abspath(path):
            raise Unrelated(path)
    return found


def name_of(e):
    return e.recipe["name"] if e.recipe else os.path.basename(os.path.normpath(e.run.path))


def begins_of(e):
    """What the weights began with."""
    parent = e.commitment and e.commitment.get("parent")
    return "drawn" if not parent else "run" if "seal" in parent else "model"


EXTENTS = "sampled", "all"


def reach(link):
    """Of two links the one with the larger reach was trained again more."""
    chance, share = link["chance"], link["share"]
    return -1 if share == 0 else EXTENTS.index(link["extent"]), -1 if chance is None else chance, share


def weakest(links):
    """The least extent, the number of the link that was trained again least, and that of the one of whose texts least is known."""
    numbers = range(len(links))
    return {
        "extent": min((link["extent"] for link in links), key=EXTENTS.index),
        "reach": min(numbers, key=lambda i: reach(links[i])),
        "data": min(numbers, key=lambda i: ("maker", "texts", "sources").index(links[i]["data"])),
    }
