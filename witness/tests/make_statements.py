"""Writes statements.json: a key and statements that this package made, which a test of src/ledger reads. Run it after a change of a form."""

import base64
import json
import os
import tempfile
from pathlib import Path

import torch

from jikji_witness.canonical import canonical_json, sha256_hex
from jikji_witness.environment import environment
from jikji_witness.keys import keys_folder, new_key, signer_from_pem
from jikji_witness.statements import sign_statement

PASSPHRASE = "an other passphrase"
TIME = "2026-01-02T03:04:05.678Z"


def _genesis(signer, key, subjects, declared):
    commitment = {name.removesuffix(".json"): digest for name, digest, _ in subjects} | declared
    commitment |= {"kept": [5, 10], "lodging": None, "makerKey": key, "pairEvery": 2, "ranks": 1, "seed": f"{7:016x}", "stateRoot": sha256_hex("S_0"), "steps": 10}
    predicate = {"commitment": commitment, "formatVersion": 2 if declared else 1, "time": TIME}
    return sign_statement("witness-genesis", [*subjects, ("state-0", sha256_hex("S_0"))], predicate, signer)


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
    genesis = [_genesis(signer, key, subjects, declared) for declared in ({}, {"averages": ["average.w"], "buffers": ["seen"]})]
    told = environment(torch.device("cpu"), 1, "none", {"OMP_NUM_THREADS": "2"})
    text = json.dumps({"fingerprint": signer.fingerprint, "key": pem.decode(), "passphrase": PASSPHRASE, "statements": statements, "genesis": genesis, "environment": canonical_json(told)}, indent=1)
    Path(__file__).with_name("statements.json").write_text(text + "\n", encoding="utf-8")


if __name__ == "__main__":
    main()
