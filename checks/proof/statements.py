"""The signed part of structure (docs/proof.md, "Statements"): genesis, seal, request, lodgings, against each other."""

import base64
import re

from digests import canonical, sha, sha_hex
from files import Wrong, fits, parse
from signatures import point, verify

TYPE = "application/vnd.in-toto+json"


def text(pattern):
    return lambda x: isinstance(x, str) and re.fullmatch(pattern, x) is not None


def whole(least, most):
    return lambda x: type(x) is int and least <= x <= most


def one(value):
    return lambda x: type(x) is type(value) and x == value


def null_or(test):
    return lambda x: x is None or test(x)


def in_base64(x):
    try:
        return isinstance(x, str) and base64.b64encode(base64.b64decode(x, validate=True)).decode() == x
    except ValueError:
        return False


digest, line, version = text("[0-9a-f]{64}"), text(r"[^\n\r]{0,500}"), one(1)
time = text(r"[0-9]{4}-[0-9]{2}-[0-9]{2}T[0-9]{2}:[0-9]{2}:[0-9]{2}\.[0-9]{3}Z")
steps, count = whole(1, 10**9), whole(1, 2**53 - 1)
COMMITMENT = {
    "arithmeticVersion": whole(1, 1000), "recipe": digest, "corpusManifest": digest, "corpusRoot": digest, "tokensManifest": digest, "tokensRoot": digest,
    "tokenizer": digest, "seed": text("[0-9a-f]{16}"), "stateRoot": digest, "steps": steps, "checkpoints": [steps], "kept": [steps], "makerKey": in_base64,
    "lodging": null_or(digest),
}  # fmt: skip
CIRCUMSTANCES = {"time": time, "device": line, "threads": whole(1, 100_000), "node": line, "v8": line, "version": line, "code": digest}
PREDICATES = {
    "request": {"formatVersion": version, "makerKey": in_base64, "time": time},
    "lodging": {"formatVersion": version, "officeKey": in_base64, "nonce": digest, "time": time},
    "genesis": {"formatVersion": version, "commitment": COMMITMENT, "circumstances": CIRCUMSTANCES},
    "seal": {
        "formatVersion": version, "makerKey": in_base64, "genesis": digest, "head": digest, "steps": steps, "tokens": count,
        "valBitsPerByte": lambda x: x is None or type(x) in (int, float), "time": time,
    },  # fmt: skip
}
ENVELOPE = {"payload": in_base64, "payloadType": one(TYPE), "signatures": [{"keyid": digest, "sig": in_base64}]}
STATEMENT = {"_type": one("https://in-toto.io/Statement/v1"), "subject": [{"name": line, "digest": {"sha256": digest}}], "predicateType": line, "predicate": lambda x: True}


class Statement:
    """@raises Wrong"""

    def __init__(self, data, kind):
        envelope = self.canonical(data, b"\n")
        fits(envelope, ENVELOPE)
        payload = base64.b64decode(envelope["payload"])
        statement = self.canonical(payload, b"")
        fits(statement, STATEMENT)
        if statement["predicateType"] != f"urn:jikji:{kind}:1":
            raise Wrong("is a statement of another kind")
        self.predicate = statement["predicate"]
        fits(self.predicate, PREDICATES[kind], "predicate")
        self.subjects = {subject["name"]: subject["digest"]["sha256"] for subject in statement["subject"]}
        if len(self.subjects) < len(statement["subject"]):
            raise Wrong("two subjects have one name")
        member = "officeKey" if kind == "lodging" else "makerKey"
        self.key = base64.b64decode(self.predicate.get("commitment", self.predicate)[member])
        if point(self.key) is None:
            raise Wrong("the key in it is not a P-256 key")
        self.keyid, self.digest = sha_hex(self.key), sha_hex(data)
        signatures = envelope["signatures"]
        if len(signatures) != 1 or signatures[0]["keyid"] != self.keyid:
            raise Wrong("is signed by another key than the one it names")
        signed = f"DSSEv1 {len(TYPE)} {TYPE} {len(payload)} ".encode() + payload
        if not verify(self.key, signed, base64.b64decode(signatures[0]["sig"])):
            raise Wrong("its signature does not verify")

    @staticmethod
    def canonical(data, end):
        try:
            value = parse(data.decode())
            if canonical(value) + end != data:
                raise Wrong("is not in canonical form")
        except (ValueError, RecursionError) as error:
            raise Wrong("is not in canonical form") from error
        return value


def made_from(commitment):
    names = {"recipe": "recipe", "corpus/manifest.json": "corpusManifest", "corpus": "corpusRoot", "corpus/tokens.json": "tokensManifest"}
    return {name: commitment[member] for name, member in {**names, "tokens": "tokensRoot", "tokenizer": "tokenizer"}.items()}


def lodged_seed(commitment, nonce):
    return sha(bytes.fromhex(commitment["recipe"]) + base64.b64decode(commitment["makerKey"]) + bytes.fromhex(nonce))[:8].hex()


def check_statements(run, check, maker, office):
    """The statements by kind, None where there is no sound genesis."""

    def read(name, kind):
        found = check.trying(name, lambda: run.has(name) and Statement(run.read(name), kind))
        return found or None

    def gone(name):
        try:
            return not run.has(name)
        except Wrong:
            return False

    def names(file, statement, wanted):
        if statement.subjects != wanted:
            check.refuted(file, "does not name exactly what it should")

    genesis = read("genesis.json", "genesis")
    if genesis is None:
        if not check.findings:
            check.incomplete("genesis.json", "is not there")
        return None
    commitment = genesis.predicate["commitment"]
    what = made_from(commitment)
    names("genesis.json", genesis, {**what, "state-0": commitment["stateRoot"]})
    if maker not in (None, genesis.keyid):
        check.refuted("genesis.json", "is signed by another maker than the one asked for")
    request, lodging, seal, seal_lodging = (
        read(name, kind)
        for name, kind in [("request.json", "request"), ("lodging.json", "lodging"), ("seal.json", "seal"), ("seal-lodging.json", "lodging")]
    )
    if commitment["lodging"] is None:
        for name in ("request.json", "lodging.json"):
            if not gone(name):
                check.refuted(name, "is there, but genesis names no lodging")
        if office is not None:
            check.incomplete("lodging.json", "is not there")
    else:
        for name in ("lodging.json", "request.json"):
            if gone(name):
                check.incomplete(name, "is not there")
        if request:
            names("request.json", request, what)
            if request.keyid != genesis.keyid:
                check.refuted("request.json", "is signed by another maker than genesis")
        if lodging:
            if lodging.digest != commitment["lodging"]:
                check.refuted("lodging.json", "is another lodging than genesis names")
            if request:
                names("lodging.json", lodging, {"request.json": request.digest})
            if lodged_seed(commitment, lodging.predicate["nonce"]) != commitment["seed"]:
                check.refuted("genesis.json", "its seed does not follow from the nonce")
    if seal:
        if seal.keyid != genesis.keyid:
            check.refuted("seal.json", "is signed by another maker than genesis")
        if seal.predicate["genesis"] != genesis.digest:
            check.refuted("seal.json", "seals another genesis")
    elif gone("seal.json"):
        check.incomplete("seal.json", "is not there")
    if seal_lodging:
        if seal:
            names("seal-lodging.json", seal_lodging, {"seal.json": seal.digest})
        if lodging and seal_lodging.predicate["time"] <= lodging.predicate["time"]:
            check.refuted("seal-lodging.json", "is older than the lodging of the run")
    for name, statement in [("lodging.json", lodging), ("seal-lodging.json", seal_lodging)]:
        if office is not None and statement and statement.keyid != office:
            check.refuted(name, "is signed by another office than the one asked for")
    return {"genesis": genesis, "seal": seal}
