"""The forms of evidence against vectors that the TypeScript of src/ledger wrote, and RFC 8785's own."""

import base64
import json
import struct
from pathlib import Path

import pytest
import torch

from jikji_witness.canonical import canonical_json, parse_canonical
from jikji_witness.errors import WitnessError
from jikji_witness.keys import ORDER, load_signer, new_key, signer_from_pem, verify
from jikji_witness.merkle import MerkleTree
from jikji_witness.office import read_answer
from jikji_witness.pairs import lodged_seed
from jikji_witness.state import Held, state_root
from jikji_witness.statements import parse_statement, sign_statement
from jikji_witness.transcript import bits32, bits64, next_link, read_transcript

HERE = Path(__file__).parent
VECTORS = json.loads((HERE.parents[1] / "src/ledger/testing/witness-vectors.json").read_text(encoding="utf-8"))
OWN = json.loads((HERE / "statements.json").read_text(encoding="utf-8"))


def test_canonical_json():
    for one in VECTORS["canonical"]:
        assert canonical_json(one["value"]) == one["text"]
    for bits, text in VECTORS["numbers"]:
        (x,) = struct.unpack(">d", bytes.fromhex(bits))
        assert canonical_json(x) == text
        assert bits64(float(text)) == bits or x == 0


@pytest.mark.parametrize("bits, text", [  # RFC 8785, appendix B
    ("0000000000000001", "5e-324"), ("7fefffffffffffff", "1.7976931348623157e+308"), ("4340000000000001", "9007199254740994"),
    ("444b1ae4d6e2ef50", "1e+21"), ("444b1ae4d6e2ef4f", "999999999999999900000"), ("3eb0c6f7a0b5ed8d", "0.000001"),
    ("3eb0c6f7a0b5ed8c", "9.999999999999997e-7"), ("41b3de4355555553", "333333333.3333332"), ("becbf647612f3696", "-0.0000033333333333333333"),
    ("43143ff3c1cb0959", "1424953923781206.2"), ("8000000000000000", "0"),
])  # fmt: skip
def test_rfc_8785(bits, text):
    assert canonical_json(struct.unpack(">d", bytes.fromhex(bits))[0]) == text


@pytest.mark.parametrize("value", [float("nan"), float("inf"), "\ud800", {"\udc00": 1}, {1: 2}, 2**53, {1, 2}, b"x"])
def test_what_json_cannot_hold(value):
    with pytest.raises(TypeError):
        canonical_json(value)


@pytest.mark.parametrize("text", ['{"a": 1}', '{"b":1,"a":2}', '{"a":1,"a":1}', '{"a":1.0}', "[NaN]", '"\\u0041"', "[" * 100_000])
def test_other_spellings_are_refused(text):
    with pytest.raises(ValueError):
        parse_canonical(text, "it")


def test_trees():
    tree = MerkleTree()
    for i, root in enumerate(VECTORS["trees"]):
        assert tree.root().hex() == root
        tree.add(f"leaf {i}".encode())


def test_states():
    for state in VECTORS["states"]:
        tensors = []
        for name, shape in state["tensors"]:
            count = torch.Size(shape).numel()
            units = len(name.encode("utf-16-le")) // 2
            i = torch.arange(4 * count)
            data = ((i * 7 + units * 31 + (i >> 8)) & 255).to(torch.uint8)
            tensors.append(Held(name, "F32", tuple(shape), None, count, data.view(torch.float32).reshape(shape)))
        assert state_root(state["step"], tensors) == state["root"]


def test_transcript(tmp_path):
    said = VECTORS["transcript"]
    path = tmp_path / "transcript.jsonl"
    path.write_text("".join(f"{line}\n" for line in said["lines"]))
    records, length = read_transcript(path, said["origin"])
    assert len(records) == 3 and length == path.stat().st_size
    assert records[0]["loss"] == bits64(8.25 / 3) and records[0]["learningRate"] == bits32(0.003)
    link = said["origin"]
    for record in records:
        said_link = record.pop("link")
        link = next_link(link, record)
        assert link == said_link


def test_seed():
    said = VECTORS["seed"]
    assert lodged_seed(said["recipe"], base64.b64decode(said["key"]), said["nonce"]) == said["seed"]


def test_keys_of_jikji():
    said = VECTORS["key"]
    assert signer_from_pem(said["open"].encode(), None, "key").fingerprint == said["fingerprint"]
    assert signer_from_pem(said["protected"].encode(), said["passphrase"], "key").fingerprint == said["fingerprint"]
    for passphrase in (None, "wrong"):
        with pytest.raises(WitnessError, match="passphrase"):
            signer_from_pem(said["protected"].encode(), passphrase, "key")


def test_statements_of_jikji():
    head = parse_statement(VECTORS["head"], "head", "makerKey", "head")
    assert head.predicate["step"] == 3
    assert read_answer(VECTORS["lodging"], head.digest, "lodging").predicate["time"] == "2026-01-02T03:04:05.678Z"
    with pytest.raises(WitnessError, match="answers another"):
        read_answer(VECTORS["lodging"], "0" * 64, "lodging")
    for version, text in enumerate(VECTORS["genesis"], 1):
        read = parse_statement(text, "witness-genesis", "commitment.makerKey", "genesis")
        assert read.predicate["formatVersion"] == version and ("buffers" in read.predicate["commitment"]) == (version == 2)
    signer = signer_from_pem(VECTORS["key"]["open"].encode(), None, "key")
    again = sign_statement("head", list(head.subjects.items()), head.predicate, signer)
    assert json.loads(again)["payload"] == json.loads(VECTORS["head"])["payload"]


def _other_digit(text, member):
    """Changes one character inside the member's text."""
    at = text.index(f'"{member}":"') + len(member) + 20
    return text[:at] + ("A" if text[at] != "A" else "B") + text[at + 1 :]


@pytest.mark.parametrize("change", [
    lambda text: text[:-1], lambda text: " " + text, lambda text: text + "\n", lambda text: text.replace('{"payload"', '{"a":1,"payload"', 1),
    lambda text: _other_digit(text, "keyid"), lambda text: _other_digit(text, "payload"), lambda text: _other_digit(text, "sig"),
])  # fmt: skip
def test_a_changed_statement_is_refused(change):
    with pytest.raises(WitnessError, match="is not a statement"):
        parse_statement(change(VECTORS["head"]), "head", "makerKey", "head")


def test_the_other_s_is_refused():
    from cryptography.hazmat.primitives.asymmetric import utils

    signer = signer_from_pem(VECTORS["key"]["open"].encode(), None, "key")
    for i in range(20):
        signature = signer.sign(b"%d" % i)
        r, s = utils.decode_dss_signature(signature)
        assert s <= ORDER // 2 and verify(signer.spki, b"%d" % i, signature)
        assert not verify(signer.spki, b"%d" % i, utils.encode_dss_signature(r, ORDER - s))
        assert not verify(signer.spki, b"x", signature)


def test_a_key_is_made_once_and_kept_from_others(monkeypatch):
    made = load_signer()
    assert load_signer().fingerprint == made.fingerprint
    from jikji_witness.keys import keys_folder

    path = keys_folder() / "default.pem"
    assert path.stat().st_mode & 0o777 == 0o600 and keys_folder().stat().st_mode & 0o777 == 0o700
    assert [one.name for one in keys_folder().iterdir()] == ["default.pem"]
    path.chmod(0o644)
    with pytest.raises(WitnessError, match="chmod 600"):
        load_signer()
    with pytest.raises(WitnessError, match="no such key"):
        load_signer("other")
    new_key("other", "open sesame")
    with pytest.raises(WitnessError, match="JIKJI_PASSPHRASE"):
        load_signer("other")
    monkeypatch.setenv("JIKJI_PASSPHRASE", "open sesame")
    load_signer("other")


def test_own_statements_stay_as_jikji_verified_them():
    signer = signer_from_pem(OWN["key"].encode(), OWN["passphrase"], "key")
    for kind, text in OWN["statements"].items():
        read = parse_statement(text, kind, "makerKey", kind)
        assert read.keyid == signer.fingerprint
