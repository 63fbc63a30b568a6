"""Hand-overs (docs/proof.md, "Hand-overs"): the statements by which a run went on under another key, as a chain that begins with genesis, and
against the seal, the transcript and a state. Reads no file by itself and trains nothing."""

from types import SimpleNamespace

from digests import canonical, sha_hex

MOST = 999
FOLDER, PARENT_FOLDER = "hand-overs", "start/hand-overs"


def lodged_as(commitment):
    """What heads, hand-overs and seals of a run are lodged as."""
    return commitment["lodging"] or sha_hex(canonical(commitment))


def named_in(seal):
    """The digests of countersignatures that a seal names."""
    return seal.predicate.get("handOvers", []) if seal else []


def makers_of(genesis, chain):
    """The keys that held a run, that of genesis first; chain: as read_chain gives it."""
    return list(dict.fromkeys([genesis.keyid, *(one.taken.keyid for one in chain if one.taken)]))


def holder_of(genesis, chain):
    """The key that holds a run in the end."""
    return next((one.taken.keyid for one in reversed(chain) if one.taken), genesis.keyid)


def why_no_link(statement, genesis, chain):
    """Why this is not the next hand-over after these; None where it is."""
    said, commitment = statement.predicate, genesis.predicate["commitment"]
    before = chain[-1].statement if chain else None
    if said["genesis"] != genesis.digest or said["run"] != lodged_as(commitment):
        return "hands over another run"
    if statement.keyid != holder_of(genesis, chain):
        return "is signed by another key than the one that holds the run"
    if said["after"] != (before and before.digest):
        return "does not follow the hand-over before it"
    if not (before.predicate["step"] if before else 0) <= said["step"] < commitment["steps"]:
        return "is at a step before the last hand-over's, or not before the last step"
    if said["nextKey"] == said["makerKey"]:
        return "hands the run to the key that holds it"
    if statement.subjects.keys() != {"state"}:
        return "does not name exactly the state"
    return None


def read_chain(read, gone, check, genesis, seal, folder):
    """The hand-overs of a run in their order as far as each is the next link, `taken` the countersignature or None. read, gone: as
    check_statements has them."""
    chain, named = [], named_in(seal)
    for number in range(1, MOST + 1):
        file, taken_file = f"{folder}/{number:03}.json", f"{folder}/{number:03}.taken.json"
        if gone(file):
            if number <= len(named):
                check.incomplete(file, "is not there, and the seal names it")
            break
        statement = read(file, "hand-over")
        if statement is None:
            break
        taken = read(taken_file, "take-over")
        why = why_no_link(statement, genesis, chain)
        if why:
            check.refuted(file, why)
            break
        one = SimpleNamespace(statement=statement, file=file, taken=None)
        if gone(taken_file):
            chain.append(one)
            if seal and number > len(named):
                check.refuted(file, "gave the run away, and a key that did not hold it any more sealed it")
            else:
                check.incomplete(taken_file, "is not there")
            break
        if taken is None:
            break
        if taken.predicate["makerKey"] != statement.predicate["nextKey"]:
            check.refuted(taken_file, "is signed by another key than the one that the hand-over names")
            break
        if taken.subjects != {"hand-over": statement.digest}:
            check.refuted(taken_file, "countersigns another hand-over")
            break
        one.taken = taken
        chain.append(one)
    return chain


def check_against_seal(check, genesis, seal, chain, seal_file):
    """Which countersignatures a seal names, and who signed it. Whether all are there that it names."""
    named, taken = named_in(seal), [one.taken.digest for one in chain if one.taken]
    if taken != named[: len(taken)]:
        check.refuted(seal_file, "names other hand-overs than there are")
    is_whole = len(taken) >= len(named)
    if is_whole and seal.keyid != holder_of(genesis, chain):
        check.refuted(seal_file, "is signed by another key than the one that holds the run")
    return is_whole


def check_against_transcript(check, commitment, chain, steps):
    """steps: the transcript as read_transcript gives it, or None."""
    for one in chain if steps else ():
        said = one.statement.predicate
        if said["step"] > len(steps.records):
            continue
        record = steps.records[said["step"] - 1]
        link, root = (record.link, record.root) if said["step"] else (sha_hex(canonical(commitment)), commitment["stateRoot"])
        if said["head"] != link:
            check.refuted(one.file, "names another transcript", said["step"])
        if root is not None and one.statement.subjects["state"] != root:
            check.refuted(one.file, "names another state than the transcript", said["step"])


def at_step(chain, step):
    """The hand-overs at a step."""
    return [one for one in chain if one.statement.predicate["step"] == step]
