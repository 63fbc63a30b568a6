"""An office's register (docs/proof.md, "Register"): reads the list of all its answers, and looks up in it what the office answered of a run.
Such a list is the office's word; it comes from the auditor, never from the run."""

import base64

from digests import canonical, sha, sha_hex
from files import MIB, Wrong, fits
from hand_overs import lodged_as
from signatures import point, verify
from statements import Statement, among, digest, in_base64, made_from, null_or, one, whole
from structure import LINE, LONGEST_RECORD, TRANSCRIPT

MOST, LONGEST_LINE, TYPE = 256 * MIB, 16_384, "application/vnd.jikji.register"
KINDS = "request", "head", "seal", "model"
OF_A_RUN = "head", "hand-over", "seal"
ordinal = whole(1, 2**53 - 1)
HEADER = {"formatVersion": one(1), "officeKey": in_base64}
ENTRY = {
    "formatVersion": one(1), "entry": ordinal, "kind": among(*KINDS), "lodged": digest, "maker": digest, "subject": digest, "step": null_or(ordinal),
    "head": null_or(digest), "answer": ordinal, "lodging": lambda x: isinstance(x, str), "link": digest, "sig": in_base64,
}  # fmt: skip
HAND_OVER = {
    **ENTRY, "formatVersion": one(2), "kind": one("hand-over"), "step": null_or(whole(0, 10**9)), "next": digest, "after": null_or(digest),
}  # fmt: skip


class Register:
    """@raises Wrong for one of which anything is not as it must be"""

    def __init__(self, data, head=None, office=None):
        if len(data) > MOST:
            raise Wrong("is larger than a register can be")
        first, *lines = data.split(b"\n")
        if not lines or lines.pop():
            raise Wrong("its last line does not end")
        header = Statement.canonical(first, b"")
        fits(header, HEADER)
        self.key = base64.b64decode(header["officeKey"])
        if point(self.key) is None:
            raise Wrong("its key is not a P-256 key")
        self.office, self.entries, self.time, self.counts = sha_hex(self.key), [], "", {}
        heads = [sha_hex(first + b"\n")]
        for number, line in enumerate(lines, 1):
            try:
                heads.append(self.add(line, number, heads[-1]))
            except Wrong as error:
                raise Wrong(f"entry {number}: {error}") from error
        if head is not None and head not in heads:
            raise Wrong("never had the given head")
        if office not in (None, self.office):
            raise Wrong("is that of another office")

    def add(self, line, number, before):
        """Takes up the next entry; its link."""
        if len(line) + 1 > LONGEST_LINE:
            raise Wrong("is too long")
        entry = Statement.canonical(line, b"")
        fits(entry, HAND_OVER if isinstance(entry, dict) and entry.get("kind") == "hand-over" else ENTRY)
        linked = {key: value for key, value in entry.items() if key != "sig"}
        link = sha(bytes.fromhex(before) + canonical({key: value for key, value in linked.items() if key != "link"})).hex()
        if entry["entry"] != number or entry["link"] != link:
            raise Wrong("does not follow from the one before it")
        payload = canonical(linked)
        if not verify(self.key, f"DSSEv1 {len(TYPE)} {TYPE} {len(payload)} ".encode() + payload, base64.b64decode(entry["sig"])):
            raise Wrong("is not signed by the office")
        on_the_way = entry["kind"] in OF_A_RUN
        if (entry["step"] is not None, entry["head"] is not None) != (on_the_way, on_the_way):
            raise Wrong("has a step and a head where none belongs, or lacks them")
        lodging = Statement(entry["lodging"].encode(), "lodging")
        if lodging.keyid != self.office or lodging.subjects != {f"{entry['kind']}.json": entry["lodged"]}:
            raise Wrong("has the answer of another office, or to something else")
        if lodging.predicate["time"] < self.time:
            raise Wrong("is older than the one before it")
        counted = entry["kind"], entry["subject"], entry["maker"], entry["step"] if entry["kind"] == "head" else None
        self.counts[counted] = self.counts.get(counted, 0) + 1
        if entry["answer"] != self.counts[counted]:
            raise Wrong("counts the answers to the same wrongly")
        self.time = lodging.predicate["time"]
        self.entries.append({**entry, "nonce": lodging.predicate["nonce"], "digest": lodging.digest})
        return link

    def answers(self, genesis, kind, makers):
        """The office's answers to the run of this genesis and of these makers: to its request, or to heads, hand-overs or seals of it. Those
        to whom one of the makers gave the run elsewhere count as well."""
        commitment, keys = genesis.predicate["commitment"], set(makers)
        of_request = {"maker": genesis.keyid, "subjects": made_from(commitment)}
        if kind == "request":
            subject, keys = sha_hex(canonical(of_request)), {genesis.keyid}
        else:
            subject = lodged_as(commitment)
            for entry in self.entries:
                if entry["kind"] == "hand-over" and entry["subject"] == subject and entry["maker"] in keys:
                    keys.add(entry["next"])
        return [entry for entry in self.entries if entry["kind"] == kind and entry["subject"] == subject and entry["maker"] in keys]

    def lists(self, genesis):
        return any(self.answers(genesis, kind, [genesis.keyid]) for kind in ("request", *OF_A_RUN))


def links_of(run, steps):
    """The links that a transcript states, by step, as far as it can be read. @raises Absent, Wrong"""
    links = {}
    for step, line in enumerate(run.read(TRANSCRIPT, steps * LONGEST_RECORD).split(b"\n"), 1):
        fields = LINE.fullmatch(line)
        if not fields or int(fields[8]) != step:
            break
        links[step] = fields[5].decode()
    return links


def check_register(run, signed, register, check):
    """signed: as check_statements gives it; None without a sound genesis."""
    if signed is None:
        return check.incomplete("genesis.json", "without a sound genesis the run cannot be found in the register")
    genesis, seal, lodged = signed["genesis"], signed["seal"], signed["genesis"].predicate["commitment"]["lodging"]
    requests, heads, given, seals = (register.answers(genesis, kind, signed["makers"]) for kind in ("request", *OF_A_RUN))

    def first(answers, answer, file):
        """That this answer is the first one of these."""
        found = next((one for one in answers if one["digest"] == answer), None)
        if found is None:
            check.incomplete(file, "is not in the register")
        elif found is not answers[0]:
            check.incomplete(file, "is not the first answer to the same")

    if lodged is not None:
        first(requests, lodged, "lodging.json")
    elif requests:
        check.incomplete("lodging.json", "the office answered a request of this run, and genesis names none")
    if signed["seal_lodging"]:
        first(seals, signed["seal_lodging"].digest, "seal-lodging.json")
    elif seals and seals[0]["lodged"] != (seal and seal.digest):
        check.incomplete("seal.json", "is not the seal that the office answered first")
    own = {one.statement.digest for one in signed["hand_overs"]}
    if any(one["lodged"] not in own for one in given):
        check.incomplete("seal.json", "one of its keys handed the run to another one, which the run does not show")
    if heads:
        links = check.trying(TRANSCRIPT, lambda: links_of(run, genesis.predicate["commitment"]["steps"]))
        for head in heads if links is not None else ():
            if links.get(head["step"]) != head["head"]:
                check.refuted(TRANSCRIPT, "the office saw another record of this step", head["step"])
    return None


def is_draw(challenge, signed, register, makers):
    """Whether a challenge that is an office's nonce may be one: that of the office's first answer to a seal of this run, of an office that
    made no run of the chain, and whose register shows no earlier answer to the run's request."""
    lodging = signed and signed["seal_lodging"]
    if not (lodging and register) or lodging.keyid != register.office or lodging.keyid in makers:
        return False
    genesis, own = signed["genesis"], signed["makers"]
    seals, named = register.answers(genesis, "seal", own), genesis.predicate["commitment"]["lodging"]
    asked_before = any(one["digest"] == named and one["answer"] > 1 for one in register.answers(genesis, "request", own))
    return bool(seals) and seals[0]["nonce"] == challenge == lodging.predicate["nonce"] and not asked_before


def may_claim(challenge, signed, register, nonces, makers):
    """Whether a chance may be claimed of what this challenge draws. nonces: those that offices drew for the runs of the chain."""
    answered = [one["nonce"] for one in register.entries] if register else []
    if challenge in (*nonces, *answered):
        return is_draw(challenge, signed, register, makers)
    return True


def lodging_of(signed, register, check):
    """Who answered before the first step; check: that of the register, None without one."""
    lodging = signed and signed["lodging"]
    if not lodging:
        return "none"
    if lodging.keyid in signed["makers"]:
        return "own"
    return "register" if register and check.verdict == "holds" else "office"


def own_lodgings(links):
    """Whoever made a run of the chain is no office to the others."""
    makers = {maker for link in links for maker in link.pop("makers")}
    for link in links:
        if link.pop("office") in makers and link["lodging"] != "none":
            link["lodging"] = "own"


def read(path, head, office):
    """@raises Wrong, OSError"""
    with open(path, "rb") as file:
        return Register(file.read(MOST + 1), head, office)
