"""Writes statements.json: a key and statements that this package made, which a test of src/ledger reads. Run it after a change of a form."""

import base64
import json
import os
import tempfile
from pathlib import Path

from jikji_witness.canonical import sha256_hex
from jikji_witness.keys import keys_folder, new_key, signer_from_pem
from jikji_witness.statements import sign_statement

PASSPHRASE = "an other passphrase"
TIME = "2026-01-02T03:04:05.678Z"


def main():
    with tempfile.TemporaryDirectory() as folder:
        os.environ["XDG_CONFIG_HOME"] = folder
        new_key("maker", PASSPHRASE)
        pem = (keys_folder() / "maker.pem").read_bytes()
    signer = signer_from_pem(pem, PASSPHRASE, "key")
    key = base64.b64encode(signer.spki).decode()
    subjects = [(f"{name}.json", sha256_hex(name), 100 + len(name)) for name in ("recipe", "data", "environment", "code")]
    statements = {
        "request": sign_statement("request", subjects, {"formatVersion": 2, "makerKey": key, "time": TIME}, signer),
        "head": sign_statement("head", [("head", sha256_hex("link"))], {"formatVersion": 1, "makerKey": key, "run": sha256_hex("run"), "step": 50, "time": TIME}, signer),
    }
    text = json.dumps({"fingerprint": signer.fingerprint, "key": pem.decode(), "passphrase": PASSPHRASE, "statements": statements}, indent=1)
    Path(__file__).with_name("statements.json").write_text(text + "\n", encoding="utf-8")


if __name__ == "__main__":
    main()
