"""Statements: in-toto in DSSE, signed, in one canonical form. A file from outside is untrusted until `parse_statement` returns it.

Checks form and signature; whether the members of a predicate make sense is the reader's business.
"""

import base64
import json
import re
from dataclasses import dataclass
from datetime import UTC, datetime

from .canonical import canonical_json, parse_canonical, sha256_hex
from .errors import WitnessError
from .keys import Signer, fingerprint_of, verify

PAYLOAD_TYPE = "application/vnd.in-toto+json"
STATEMENT_TYPE = "https://in-toto.io/Statement/v1"


@dataclass
class Statement:
    subjects: dict[str, str]
    predicate: dict
    keyid: str
    digest: str


def now() -> str:
    return datetime.now(UTC).isoformat(timespec="milliseconds").replace("+00:00", "Z")


def pre_authentication(payload: bytes) -> bytes:
    return f"DSSEv1 {len(PAYLOAD_TYPE)} {PAYLOAD_TYPE} {len(payload)} ".encode() + payload


def sign_statement(kind: str, subjects: list[tuple], predicate: dict, signer: Signer) -> str:
    """The text of a statement's file. A subject is (name, digest), or (name, digest, size) of a file."""
    listed = []
    for name, sha256, *size in subjects:
        listed.append({"name": name, "digest": {"sha256": sha256}} | ({"annotations": {"size": size[0]}} if size else {}))
    payload = canonical_json(
        {
            "_type": STATEMENT_TYPE,
            "subject": listed,
            "predicateType": f"urn:jikji:{kind}:{predicate['formatVersion']}",
            "predicate": predicate,
        }
    ).encode()
    signature = base64.b64encode(signer.sign(pre_authentication(payload))).decode()
    envelope = {
        "payload": base64.b64encode(payload).decode(),
        "payloadType": PAYLOAD_TYPE,
        "signatures": [{"keyid": signer.fingerprint, "sig": signature}],
    }
    return canonical_json(envelope) + "\n"


def parse_statement(text: str, kind: str, key_member: str, where: object) -> Statement:
    """Reads a statement and verifies it. `key_member` names the member with the key, by dots: `commitment.makerKey`. Raises WitnessError."""
    try:
        return _parse(text, kind, key_member)
    except (ValueError, KeyError, TypeError, AttributeError, RecursionError) as error:
        raise WitnessError(f"is not a statement {kind}: {error}", where, "get it again from its maker") from error


def _parse(text: str, kind: str, key_member: str) -> Statement:
    if not text.endswith("\n"):
        raise ValueError("the file does not end with a newline")
    envelope = parse_canonical(text[:-1], "the envelope")
    if set(envelope) != {"payload", "payloadType", "signatures"} or envelope["payloadType"] != PAYLOAD_TYPE or len(envelope["signatures"]) != 1:
        raise ValueError("the envelope has other members")
    payload = _bytes(envelope["payload"])
    statement = parse_canonical(payload.decode(), "the payload")
    if set(statement) != {"_type", "subject", "predicateType", "predicate"} or statement["_type"] != STATEMENT_TYPE:
        raise ValueError("the payload has other members")
    predicate = statement["predicate"]
    if statement["predicateType"] != f"urn:jikji:{kind}:{predicate['formatVersion']}":
        raise ValueError(f"it is {statement['predicateType']}")
    subjects = {subject["name"]: subject["digest"]["sha256"] for subject in statement["subject"]}
    if len(subjects) != len(statement["subject"]) or not all(re.fullmatch("[0-9a-f]{64}", digest) for digest in subjects.values()):
        raise ValueError("its subjects are not names with digests")
    key = predicate
    for member in key_member.split("."):
        key = key[member]
    spki = _bytes(key)
    (signature,) = envelope["signatures"]
    if set(signature) != {"keyid", "sig"} or signature["keyid"] != fingerprint_of(spki):
        raise ValueError("it was signed by another key than the one it names")
    if not verify(spki, pre_authentication(payload), _bytes(signature["sig"])):
        raise ValueError("the signature does not verify")
    return Statement(subjects, predicate, signature["keyid"], sha256_hex(text))


def unverified_predicate(text: str) -> dict:
    """The predicate of a statement whose form and signature somebody else checks."""
    return json.loads(base64.b64decode(json.loads(text)["payload"]))["predicate"]


def _bytes(text: str) -> bytes:
    data = base64.b64decode(text, validate=True)
    if base64.b64encode(data).decode() != text:
        raise ValueError("not canonical base64")
    return data
