"""Writes a whole run that begins with drawn weights, from docs/proof.md and docs/arithmetic.md alone: corpus, tokenizer, genesis, training, model
and seal. What is read elsewhere in this folder is written here, so that no evidence has to come from Jikji for both verifiers to judge it.

usage: python3 write.py RECIPE FOLDER OUT --key PEM [--forge STEP]
RECIPE: a recipe.yaml with every key written out; its sources are files, read as text, relative to FOLDER. OUT: the folder to write. PEM: a private
key of P-256. --forge: this step goes another way than the recipe's learning rate, and the record does not say so.
Prints {"root", "head"}: of the last state, and of the transcript. Needs numpy and python3-cryptography.
"""

import argparse
import json
import os
import pathlib
import platform
from datetime import UTC, datetime
from types import SimpleNamespace

import recipe as recipes
from corpus import MANIFEST, TOKENS
from digests import canonical, indented, sha_hex
from figures import CARD, card_of, fixed, lengths_of
from model import shape_of, weights_of
from random_streams import Batches, Source
from signing import Maker
from structure import SEALED, TOKENIZER, WEIGHTS, config_of, plan_of
from tokens import Encoder
from training import initial_state, root_of
from validation import bits_per_byte
from write_corpus import write_corpus
from write_steps import safetensors, train_run
from write_tokens import write_tokens

VERSION = 2


class Folder:
    """A new folder, and the size and digest of each file written into it."""

    def __init__(self, path):
        self.path, self.files = pathlib.Path(path), {}
        self.path.mkdir(parents=True)

    def write(self, name, data):
        path = self.path / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(data)
        self.files[name] = (sha_hex(data), len(data))


def now():
    return datetime.now(UTC).strftime("%Y-%m-%dT%H:%M:%S.%f")[:-3] + "Z"


def circumstances():
    """The maker's word, which decides nothing."""
    python = f"Python {platform.python_version()}"
    here = pathlib.Path(__file__).parent
    code = sha_hex("".join(f"{sha_hex(path.read_bytes())}  {path.name}\n" for path in sorted(here.glob("*.py"))).encode())
    return {"time": now(), "device": platform.machine() or "unknown", "threads": 1, "node": python, "v8": "none", "version": python, "code": code}


def commitment_of(out, recipe, maker, *, manifest, tokens, root):
    checkpoints, kept = plan_of(recipe["train"])
    return {
        "arithmeticVersion": 1,
        "recipe": sha_hex(canonical(recipes.digest_input(recipe))),
        "corpusManifest": out.files[MANIFEST][0],
        "corpusRoot": manifest["corpusRoot"],
        "tokensManifest": out.files[TOKENS][0],
        "tokensRoot": tokens["root"],
        "tokenizer": out.files[TOKENIZER][0],
        "seed": f"{recipe['seed']:016x}",
        "stateRoot": root,
        "steps": recipe["train"]["steps"],
        "checkpoints": checkpoints,
        "kept": kept,
        "makerKey": maker.key,
        "lodging": None,
    }


def write_genesis(out, maker, commitment):
    files = [("corpus/manifest.json", MANIFEST), ("corpus/tokens.json", TOKENS), ("tokenizer", TOKENIZER)]
    roots = [("recipe", "recipe"), ("corpus", "corpusRoot"), ("tokens", "tokensRoot"), ("state-0", "stateRoot")]
    subjects = [(name, *out.files[file]) for name, file in files] + [(name, commitment[member], None) for name, member in roots]
    out.write("genesis.json", maker.statement("genesis", VERSION, subjects, {"commitment": commitment, "circumstances": circumstances()}))


def write_model(out, recipe, c, state, vocabulary, manifest, *, root, head, validation):
    """The files of model/, and the figure of the seal."""
    tokenizer = (out.path / TOKENIZER).read_bytes()
    lengths = lengths_of(json.loads(tokenizer), c.V)
    figure, by_source, _ = bits_per_byte(c, state, validation, recipe["train"]["validationTokens"], lengths)
    out.write(WEIGHTS, safetensors({name: state[name] for name in weights_of(c)}, "pt"))
    out.write("model/tokenizer.json", tokenizer)
    out.write("model/config.json", (indented(config_of(c, recipe, Encoder(vocabulary))) + "\n").encode())
    seal = SimpleNamespace(version=VERSION, subjects={"state": root}, predicate={"head": head})
    facts = SimpleNamespace(recipe=recipe, shape=c, texts=SimpleNamespace(manifest=manifest), seal=seal, commitment={})
    cells = ["" if one is None else fixed(one, 3) for one in by_source]
    out.write(CARD, card_of(facts, figure, cells, None, None, recipe["seed"]).encode())
    return figure


def write_seal(out, recipe, maker, *, root, head, figure):
    train = recipe["train"]
    predicate = {
        "makerKey": maker.key,
        "genesis": out.files["genesis.json"][0],
        "head": head,
        "steps": train["steps"],
        "tokens": train["steps"] * train["batchSize"] * train["sequenceLength"],
        "valBitsPerByte": figure,
        "time": now(),
    }
    subjects = [("state", root, None), *((name, *out.files[name]) for name in SEALED)]
    out.write("seal.json", maker.statement("seal", VERSION, subjects, predicate))


def write_run(recipe_path, folder, path, pem, forged):
    text = pathlib.Path(recipe_path).read_text()
    recipe, maker, out = recipes.recipe_of(text), Maker(pathlib.Path(pem).read_bytes()), Folder(path)
    if "from" in recipe or "chat" in recipe:
        raise ValueError("only a run that begins with drawn weights and learns from texts can be written here")
    train = recipe["train"]
    out.write("recipe.yaml", text.encode())
    manifest, texts = write_corpus(out, recipe, folder)
    vocabulary, tokens, ids = write_tokens(out, recipe, manifest, texts)
    c = shape_of(recipe, len(vocabulary.spelled))
    state = initial_state(c, train, recipe["seed"])
    commitment = commitment_of(out, recipe, maker, manifest=manifest, tokens=tokens, root=root_of(0, state))
    write_genesis(out, maker, commitment)
    sources = {
        split: [Source(of[split], asked["weight"]) for of, asked in zip(ids, recipe["corpus"]["sources"])] for split in ("train", "validation")
    }
    batches = Batches(sources["train"], recipe["seed"], c.T)
    state, root, head = train_run(out, c, train, commitment, batches, state, forged)
    figure = write_model(out, recipe, c, state, vocabulary, manifest, root=root, head=head, validation=sources["validation"])
    write_seal(out, recipe, maker, root=root, head=head, figure=figure)
    return {"root": root, "head": head}


if __name__ == "__main__":
    options = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    for argument in ("recipe", "folder", "out"):
        options.add_argument(argument)
    options.add_argument("--key", required=True)
    options.add_argument("--forge", type=int)
    given = options.parse_args()
    print(json.dumps(write_run(given.recipe, given.folder, given.out, given.key, given.forge)))
