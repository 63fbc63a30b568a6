"""The form of a receipt (docs/receipts.md, "The file"), and the digests, the seed and the chains that follow from its members."""

import base64
import re
import struct
import unicodedata

from digests import canonical, sha, sha_hex
from files import Wrong, leniently
from statements import Statement, digest, in_base64, line, null_or, one, text, time, whole

ENDS = ("end", "stop", "length", "full")  # these follow from the tokens
BROKEN_OFF = ("client-gone", "time-up", "server-stopped")
MOST_SAFE, MOST_TOKENS = 2**53 - 1, 10**9
id_ = whole(0, 2**32 - 1)


def between(least, most):
    return lambda x: type(x) in (int, float) and least <= x <= most


def is_nonce(x):
    return isinstance(x, str) and 1 <= len(x) <= 128 and all(unicodedata.category(c) not in ("Cc", "Cs") for c in x)


def listed(test, most):
    return lambda x: isinstance(x, list) and len(x) <= most and all(map(test, x))


def object_(form):
    return lambda x: isinstance(x, dict) and x.keys() == form.keys() and all(test(x[name]) for name, test in form.items())


PARAMETERS = {
    "maxTokens": whole(0, MOST_TOKENS), "temperature": between(0, 100), "topK": whole(0, MOST_SAFE), "topP": between(0, 1), "minP": between(0, 1),
    "presencePenalty": between(-2, 2), "frequencyPenalty": between(-2, 2), "repetitionPenalty": between(0.01, 100),
    "logitBias": listed(object_({"id": id_, "bias": between(-100, 100)}), 1024),
    "stop": listed(lambda x: isinstance(x, str) and len(x.encode("utf-16-le", "surrogatepass")) <= 2000, 100),
    "ends": listed(id_, 10_000), "schema": null_or(digest),
}  # fmt: skip
RECEIPT = {
    "formatVersion": one(1), "serverKey": in_base64, "id": text("[0-9a-f]{32}"), "time": time, "version": line, "arithmeticVersion": whole(1, 1000),
    "model": {"name": line, "files": listed(object_({"name": line, "digest": digest}), 10_000)},
    "run": null_or(object_({"seal": digest, "state": digest})),
    "request": {
        "chatTemplate": null_or(digest), "n": whole(1, 100), "parameters": PARAMETERS,
        "prompts": listed(object_({"tokens": whole(1, MOST_TOKENS), "digest": digest}), 1000),
    },
    "nonce": null_or(is_nonce), "seedFrom": lambda x: x in ("client", "nonce", "server"),
    "answers": listed(object_({"seed": whole(0, MOST_SAFE), "tokens": whole(0, MOST_TOKENS), "head": digest, "ended": lambda x: x in ENDS + BROKEN_OFF}), 100_000),
}  # fmt: skip


def digest_of_files(files):
    return sha_hex("".join(f"{file['digest']}  {file['name']}\n" for file in files).encode())


def digest_of_ids(ids):
    return sha_hex(struct.pack(f"<{len(ids)}I", *ids))


def template_digest(template, begins, ends):
    return sha_hex(canonical({"bosToken": begins, "eosToken": ends, "template": template}))


class Receipt:
    """A receipt whose form and signature hold, and whose subjects follow from its members. @raises Wrong"""

    def __init__(self, data):
        statement = Statement(data, "receipt", RECEIPT)
        self.keyid, self.it = statement.keyid, statement.predicate
        self.model, self.request = digest_of_files(self.it["model"]["files"]), sha_hex(canonical(self.it["request"]))
        if list(statement.subjects.items()) != [("model", self.model), ("request", self.request)]:
            raise Wrong("its subjects are not the digests of its members")
        prompts = self.it["request"]["prompts"]
        if not prompts or len(self.it["answers"]) != len(prompts) * self.it["request"]["n"]:
            raise Wrong("has another number of answers than of prompts")

    def seed_of_nonce(self):
        return int(sha_hex(canonical({"model": self.model, "nonce": self.it["nonce"], "request": self.request}))[:12], 16)

    def is_chain(self, at, ids):
        """Whether answer `at` was signed for these ids."""
        answer = self.it["answers"][at]
        if len(ids) != answer["tokens"]:
            return False
        named = {name: self.it[name] for name in ("arithmeticVersion", "nonce", "run", "seedFrom")}
        link = sha(canonical({**named, "answer": at, "model": self.model, "request": self.request, "seed": answer["seed"]}))
        for token in ids:
            link = sha(link + struct.pack("<I", token))
        return link.hex() == answer["head"]


def is_receipt(data):
    """Whether a file is a statement that says that it is a receipt, whatever else it is."""
    try:
        payload = base64.b64decode(leniently(data.decode())["payload"])
        return re.fullmatch("urn:jikji:receipt:[0-9]+", leniently(payload.decode())["predicateType"]) is not None
    except (Wrong, ValueError, KeyError, TypeError):
        return False
