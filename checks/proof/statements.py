"""The signed part of structure (docs/proof.md, "Statements"): genesis, seal, request, lodgings, hand-overs, against each other."""

import base64
import re
from datetime import datetime, timedelta

from digests import canonical, sha, sha_hex
from files import MIB, Wrong, fits, parse
from hand_overs import FOLDER, PARENT_FOLDER, check_against_seal, makers_of, read_chain
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


def time(x):
    try:
        return text(r"[0-9]{4}-[0-9]{2}-[0-9]{2}T[0-9]{2}:[0-9]{2}:[0-9]{2}\.[0-9]{3}Z")(x) and clock(x) is not None
    except ValueError:
        return False


def clock(x):
    return datetime.fromisoformat(x.replace("Z", "+00:00"))


def real(x):
    return type(x) in (int, float)


def among(*words):
    return lambda x: isinstance(x, str) and x in words


digest, version = text("[0-9a-f]{64}"), whole(2, 3)
line = lambda x: text(r"[^\n\r]*")(x) and len(x.encode("utf-16-le", "surrogatepass")) <= 1000  # 500 code units
steps, count, number = whole(1, 10**9), whole(1, 2**53 - 1), whole(0, 10**6)
verdict = among("holds", "refuted", "incomplete")
COMMITMENT = {
    "arithmeticVersion": whole(1, 1000), "recipe": digest, "corpusManifest": digest, "corpusRoot": digest, "tokensManifest": digest, "tokensRoot": digest,
    "tokenizer": digest, "seed": text("[0-9a-f]{16}"), "stateRoot": digest, "steps": steps, "checkpoints": [steps], "kept": [steps], "makerKey": in_base64,
    "lodging": null_or(digest),
}  # fmt: skip
START, REFERENCES = "start/model.safetensors", "start/references.bin"
PARENT_RUN = {"seal": digest, "weights": digest}
PARENT_MODEL = {"files": [{"name": line, "sha256": digest}], "weights": digest}


def committed(x):
    """A commitment; of a run with a parent it has one member more, and of such a run with pairs another."""
    form = COMMITMENT
    if isinstance(x, dict) and "parent" in x:
        parent = x["parent"]
        of_parent = PARENT_RUN if isinstance(parent, dict) and "seal" in parent else PARENT_MODEL
        form = {**form, "parent": lambda parent: fits(parent, of_parent, "parent") is None, **({"references": digest} if "references" in x else {})}
    return fits(x, form, "commitment") is None


CIRCUMSTANCES = {"time": time, "device": line, "threads": whole(1, 100_000), "node": line, "v8": line, "version": line, "code": digest}
AUDIT = {
    "formatVersion": one(1), "auditorKey": in_base64, "maker": digest, "head": digest, "verdict": verdict, "extent": among("all", "sampled", "self"),
    "checks": [{"name": line, "verdict": verdict}], "kept": [steps], "replayed": [{"to": steps, "root": digest}],
    "draw": null_or(lambda x: fits(x, DRAW, "draw") is None),
    "movements": [{"group": line, "segments": [real], "distance": real}], "version": line, "time": time,
}  # fmt: skip
DRAW = {"challenge": digest, "candidates": number, "drawn": number}
LINK = {
    "seal": digest, "makers": [digest], "begins": among("drawn", "run", "model"), "parent": null_or(digest), "extent": among("all", "sampled", "self"),
    "steps": steps, "trained": whole(0, 10**9), "draw": null_or(lambda x: fits(x, {"candidates": number, "drawn": number}, "draw") is None),
    "room": null_or(lambda x: real(x) and 0 <= x <= 1), "data": among("sources", "texts", "maker"), "figures": among("computed", "maker", "none"),
    "lodging": among("none", "own", "office", "register"),
}  # fmt: skip
AUDIT_2 = {
    **AUDIT, "formatVersion": one(2), "replayed": [{"to": steps, "root": digest, "engine": line}], "links": [LINK],
    "draw": null_or(lambda x: fits(x, {**DRAW, "from": among("auditor", "office")}, "draw") is None),
}  # fmt: skip


def form_of(kind, predicate):
    """The seal of a run with conversations may have one member more, and that of version 4 has one; an audit that lists the runs of a chain
    is of version 2."""
    if kind == "audit" and isinstance(predicate, dict) and "links" in predicate:
        return AUDIT_2
    form = PREDICATES[kind]
    if kind == "seal" and isinstance(predicate, dict):
        form = {**form, **({"usedTokens": count} if "usedTokens" in predicate else {})}
        form = {**form, **({"handOvers": handed_over} if predicate.get("formatVersion") == 4 else {})}
    return form


SEALED = {
    "formatVersion": whole(2, 4), "makerKey": in_base64, "genesis": digest, "head": digest, "steps": steps, "tokens": count,
    "valBitsPerByte": null_or(real), "time": time,
}  # fmt: skip
handed_over = lambda x: fits(x, [digest], "handOvers") is None and 1 <= len(x) <= 999
HAND_OVER = {
    "formatVersion": one(1), "makerKey": in_base64, "genesis": digest, "run": digest, "step": whole(0, 10**9), "head": digest, "after": null_or(digest),
    "nextKey": in_base64, "time": time,
}  # fmt: skip
PREDICATES = {
    "request": {"formatVersion": version, "makerKey": in_base64, "time": time},
    "lodging": {"formatVersion": one(1), "officeKey": in_base64, "nonce": digest, "time": time},
    "genesis": {"formatVersion": version, "commitment": committed, "circumstances": CIRCUMSTANCES},
    "seal": SEALED,
    "hand-over": HAND_OVER,
    "take-over": {"formatVersion": one(1), "makerKey": in_base64, "time": time},
    "audit": AUDIT,
}
MADE_BY_MAKERS = ("request", "genesis", "seal")

ENVELOPE = {"payload": in_base64, "payloadType": one(TYPE), "signatures": [{"keyid": digest, "sig": in_base64}]}
STATEMENT = {"_type": one("https://in-toto.io/Statement/v1"), "subject": lambda x: isinstance(x, list), "predicateType": line, "predicate": lambda x: True}
SUBJECT = {"name": line, "digest": {"sha256": digest}}
SIZED = {**SUBJECT, "annotations": {"size": whole(0, 2**53 - 1)}}
SIGNER = {"lodging": "officeKey", "audit": "auditorKey", "receipt": "serverKey"}
MOST = 32 * MIB


class Statement:
    """form: of the predicate, where it is not one of those of runs. @raises Wrong"""

    def __init__(self, data, kind, form=None):
        envelope = self.canonical(data, b"\n")
        fits(envelope, ENVELOPE)
        payload = base64.b64decode(envelope["payload"])
        statement = self.canonical(payload, b"")
        fits(statement, STATEMENT)
        versions = (2, 3, 4) if kind == "seal" else (2, 3) if kind in MADE_BY_MAKERS else (1, 2) if kind == "audit" else (1,)
        self.version = next((v for v in versions if statement["predicateType"] == f"urn:jikji:{kind}:{v}"), None)
        if self.version is None:
            raise Wrong("is a statement of another kind")
        self.predicate = statement["predicate"]
        fits(self.predicate, form or form_of(kind, self.predicate), "predicate")
        if self.predicate["formatVersion"] != self.version:
            raise Wrong("its predicate is of another version than its type")
        if kind == "genesis" and (self.version == 3) != ("parent" in self.predicate["commitment"]):
            raise Wrong("only a genesis of version 3 names a parent, and it must")
        self.subjects, self.sizes = {}, {}
        for subject in statement["subject"]:
            has_size = self.version >= 2 and isinstance(subject, dict) and "annotations" in subject
            fits(subject, SIZED if has_size else SUBJECT, "subject")
            self.subjects[subject["name"]] = subject["digest"]["sha256"]
            if has_size:
                self.sizes[subject["name"]] = subject["annotations"]["size"]
        if len(self.subjects) < len(statement["subject"]):
            raise Wrong("two subjects have one name")
        self.key = base64.b64decode(self.predicate.get("commitment", self.predicate)[SIGNER.get(kind, "makerKey")])
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
    made = {name: commitment[member] for name, member in {**names, "tokens": "tokensRoot", "tokenizer": "tokenizer"}.items()}
    parent = commitment.get("parent")
    return made if parent is None else {**made, "parent": parent.get("seal") or sha_hex(canonical(parent["files"])), START: parent["weights"]}


def lodged_seed(commitment, nonce):
    return sha(bytes.fromhex(commitment["recipe"]) + base64.b64decode(commitment["makerKey"]) + bytes.fromhex(nonce))[:8].hex()


# Subjects that are files of the run -> their names there.
MADE_FROM_FILES = {"corpus/manifest.json": "corpus/manifest.json", "corpus/tokens.json": "corpus/tokens.json", "tokenizer": "tokenizer/tokenizer.json"}


def check_parent(read, gone, check, commitment):
    """The seal, the genesis and the hand-overs of a parent that is a run, against what the commitment says of it: the genesis where seal and
    genesis are as they must be, and the parent's makers."""
    parent = commitment.get("parent")
    if parent is None or "seal" not in parent:
        return None, []
    seal, genesis = read("start/seal.json", "seal"), read("start/genesis.json", "genesis")
    for name, statement in [("start/seal.json", seal), ("start/genesis.json", genesis)]:
        if statement is None and gone(name):
            check.incomplete(name, "is not there")
    if seal is None or genesis is None:
        return None, []
    if seal.digest != parent["seal"]:
        check.refuted("start/seal.json", "is another seal than genesis names")
    elif seal.predicate["genesis"] != genesis.digest:
        check.refuted("start/genesis.json", "is not what the parent sealed")
    else:
        before, chain = len(check.findings), read_chain(read, gone, check, genesis, seal, PARENT_FOLDER)
        if not check_against_seal(check, genesis, seal, chain, "start/seal.json") or len(check.findings) > before:
            return None, []
        if seal.subjects.get("model/model.safetensors") == parent["weights"]:
            return genesis, makers_of(genesis, chain)
        check.refuted("genesis.json", "names other weights than its parent sealed")
    return None, []


def check_statements(run, check, makers, office, register_of):
    """The statements, and the sizes of files in them, by name; None without a sound genesis. makers: one of these must have signed."""

    def read(name, kind):
        found = check.trying(name, lambda: run.has(name) and Statement(run.read(name, MOST), kind))
        return found or None

    def gone(name):
        try:
            return not run.has(name)
        except Wrong:
            return False

    def names(file, statement, wanted, files=()):
        if statement.subjects != wanted:
            check.refuted(file, "does not name exactly what it should")
        if statement.sizes.keys() != set(files):
            check.refuted(file, "does not say the sizes of exactly the files that it names")

    def in_order(file, first, then, what):
        """By two clocks, which may differ by a day."""
        if clock(first) - clock(then) > timedelta(days=1):
            check.refuted(file, f"is dated more than a day before {what}")

    genesis = read("genesis.json", "genesis")
    if genesis is None:
        if not check.findings:
            check.incomplete("genesis.json", "is not there")
        return None
    commitment, begun = genesis.predicate["commitment"], genesis.predicate["circumstances"]["time"]
    what = made_from(commitment)
    files = {**MADE_FROM_FILES, **({START: START} if "parent" in commitment else {})}
    referred = {REFERENCES: commitment["references"]} if "references" in commitment else {}
    in_genesis = {**files, **dict.fromkeys(referred, REFERENCES)}
    names("genesis.json", genesis, {**what, "state-0": commitment["stateRoot"], **referred}, in_genesis)
    if makers is not None and genesis.keyid not in makers:
        check.refuted("genesis.json", "is signed by another maker than the one asked for")
    request, lodging, seal, seal_lodging = (
        read(name, kind)
        for name, kind in [("request.json", "request"), ("lodging.json", "lodging"), ("seal.json", "seal"), ("seal-lodging.json", "lodging")]
    )
    if commitment["lodging"] is None:
        for name in ("request.json", "lodging.json"):
            if not gone(name):
                check.refuted(name, "is there, but genesis names no lodging")
        if (office or register_of) is not None:
            check.incomplete("lodging.json", "is not there")
    else:
        for name in ("lodging.json", "request.json"):
            if gone(name):
                check.incomplete(name, "is not there")
        if request:
            names("request.json", request, what, files)
            if request.keyid != genesis.keyid:
                check.refuted("request.json", "is signed by another maker than genesis")
        if lodging:
            if lodging.digest != commitment["lodging"]:
                check.refuted("lodging.json", "is another lodging than genesis names")
            if request:
                names("lodging.json", lodging, {"request.json": request.digest})
                in_order("lodging.json", request.predicate["time"], lodging.predicate["time"], "what it lodges")
            in_order("genesis.json", lodging.predicate["time"], begun, "its lodging")
            if lodged_seed(commitment, lodging.predicate["nonce"]) != commitment["seed"]:
                check.refuted("genesis.json", "its seed does not follow from the nonce")
    chain = read_chain(read, gone, check, genesis, seal, FOLDER)
    if seal:
        check_against_seal(check, genesis, seal, chain, "seal.json")
        if seal.version != (4 if seal.predicate.get("handOvers") else genesis.version):
            check.refuted("seal.json", "has another format version than genesis")
        if seal.predicate["genesis"] != genesis.digest:
            check.refuted("seal.json", "seals another genesis")
        if seal.keyid == genesis.keyid and seal.predicate["time"] < begun:
            check.refuted("seal.json", "is dated before genesis")
    elif gone("seal.json"):
        check.incomplete("seal.json", "is not there")
    if seal_lodging:
        if seal:
            names("seal-lodging.json", seal_lodging, {"seal.json": seal.digest})
            in_order("seal-lodging.json", seal.predicate["time"], seal_lodging.predicate["time"], "what it lodges")
        if lodging and seal_lodging.predicate["time"] <= lodging.predicate["time"]:
            check.refuted("seal-lodging.json", "is older than the lodging of the run")
    for name, statement in [("lodging.json", lodging), ("seal-lodging.json", seal_lodging)]:
        if office is not None and statement and statement.keyid != office:
            check.refuted(name, "is signed by another office than the one asked for")
        elif office is None and statement and statement.keyid != (register_of or statement.keyid):
            check.incomplete(name, "is signed by another office than that of the register")
    parent, parent_makers = check_parent(read, gone, check, commitment)
    sizes = {in_genesis[name]: size for name, size in genesis.sizes.items() if name in in_genesis}
    return {
        "genesis": genesis, "seal": seal, "lodging": lodging, "seal_lodging": seal_lodging, "parent": parent,
        "hand_overs": chain, "makers": makers_of(genesis, chain), "parent_makers": parent_makers,
        "sizes": {**sizes, **(seal.sizes if seal else {})},
    }  # fmt: skip
