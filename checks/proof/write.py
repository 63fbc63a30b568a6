"""Writes a whole run from docs/proof.md and docs/arithmetic.md alone: corpus, tokenizer, genesis, training, model and seal. So not all evidence
that both verifiers judge comes from Jikji.

usage: python3 write.py RECIPE FOLDER OUT --key PEM [--office PEM] [--forge STEP]
RECIPE: a recipe.yaml with every key written out; its sources are files of texts or conversations, and a run that it begins with (`from.run`) is one too, both
relative to FOLDER. OUT: the folder to write. PEM: a private key of P-256, the maker's and that of an office, which then decides the seed and answers
the seal. --forge: this step takes another learning rate than the recipe's, and its record does not say so.
Prints {"root", "head"}: of the last state, and of the transcript. Needs numpy and python3-cryptography.
"""

import argparse
import json
import pathlib
from types import SimpleNamespace

import recipe as recipes
from digests import indented, sha_hex
from figures import CARD, card_of, fixed, lengths_of
from model import shape_of, weights_of
from random_streams import Batches, Source
from signing import Maker
from statements import START
from structure import TOKENIZER, WEIGHTS, config_of, tensors_of
from talk import BUILT_IN, Talks
from tokens import Encoder
from training import initial_state, root_of
from validation import bits_per_byte
from write_corpus import write_corpus
from write_statements import commitment_of, lodge, version_of, with_lodging, write_genesis, write_seal
from write_steps import safetensors, train_run
from write_tokens import write_tokens


class Folder:
    """A new folder, and the digest and size of each file written into it."""

    def __init__(self, path):
        self.path, self.files = pathlib.Path(path), {}
        self.path.mkdir(parents=True)

    def write(self, name, data):
        path = self.path / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(data)
        self.files[name] = (sha_hex(data), len(data))

    def read(self, name):
        return (self.path / name).read_bytes()


def take_parent(out, parent):
    """Copies what a run leaves of the run that it begins with; what the commitment says of that. parent: its folder, or None."""
    if parent is None:
        return None
    for name, there in {"start/seal.json": "seal.json", "start/genesis.json": "genesis.json", START: WEIGHTS}.items():
        out.write(name, (parent / there).read_bytes())
    return {"seal": out.files["start/seal.json"][0], "weights": out.files[START][0]}


def start_weights(out, c):
    """The weights of the parent, by name."""
    return tensors_of(out.read(START), {name: shape for name, (shape, _) in weights_of(c).items()}, "pt")


def write_model(out, recipe, c, commitment, manifest, *, vocabulary, state, root, head, figures):
    """The files of model/. figures: those of the last state, and with a parent those of S_0."""
    out.write(WEIGHTS, safetensors({name: state[name] for name in weights_of(c)}, "pt"))
    out.write("model/tokenizer.json", out.read(TOKENIZER))
    encoder = Encoder(vocabulary)
    for name, text in Talks(BUILT_IN, encoder).files(recipe["model"]["maxPositionEmbeddings"]).items() if "chat" in recipe else ():
        out.write(name, text.encode())
    out.write("model/config.json", (indented(config_of(c, recipe, encoder)) + "\n").encode())
    shown = lambda figure: "" if figure is None else fixed(figure, 3)
    cells, *before = [(shown(figure), list(map(shown, by_source))) for figure, by_source, _ in figures]
    seal = SimpleNamespace(version=version_of(commitment), subjects={"state": root}, predicate={"head": head})
    facts = SimpleNamespace(recipe=recipe, shape=c, texts=SimpleNamespace(manifest=manifest), seal=seal, commitment=commitment)
    seed = recipe["seed"] if commitment["lodging"] is None else f"0x{commitment['seed']} (from the office's nonce)"
    out.write(CARD, card_of(facts, figures[0][0], cells[1], before[0] if before else None, None, seed).encode())


def write_run(given):
    text = pathlib.Path(given.recipe).read_text()
    recipe, out = recipes.recipe_of(text), Folder(given.out)
    maker, office = (path and Maker(pathlib.Path(path).read_bytes()) for path in (given.key, given.office))
    train, asked = recipe["train"], recipe["corpus"]["sources"]
    parent = pathlib.Path(given.folder) / recipe["from"]["run"] if "from" in recipe else None
    out.write("recipe.yaml", text.encode())
    manifest, texts = write_corpus(out, recipe, given.folder)
    vocabulary, tokens, encoded = write_tokens(out, recipe, manifest, texts, parent and (parent / TOKENIZER).read_bytes())
    c = shape_of(recipe, len(vocabulary.spelled))
    commitment = commitment_of(out, recipe, maker, manifest=manifest, tokens=tokens, parent=take_parent(out, parent))
    if office:
        commitment = with_lodging(out, commitment, maker, office)
    seed = int(commitment["seed"], 16)
    first = initial_state(c, train, seed, start_weights(out, c) if parent else None, vocabulary)
    commitment["stateRoot"] = root_of(0, first)
    write_genesis(out, maker, commitment)

    sources = {split: [Source(ids, one["weight"], marks) for (ids, marks), one in zip((of[split] for of in encoded), asked)] for split in ("train", "validation")}
    batches = Batches(sources["train"], seed, c.T)
    state, root, head = train_run(out, c, train, commitment, batches, first, given.forge)
    lengths = lengths_of(json.loads(out.read(TOKENIZER)), c.V)
    figures = [bits_per_byte(c, one, sources["validation"], train["validationTokens"], lengths) for one in ([state, first] if parent else [state])]
    write_model(out, recipe, c, commitment, manifest, vocabulary=vocabulary, state=state, root=root, head=head, figures=figures)
    used = sum(int((batches.batch(t, train["batchSize"])[2] >= 0).sum()) for t in range(train["steps"])) if "chat" in recipe else None
    write_seal(out, recipe, maker, commitment, root=root, head=head, figure=figures[0][0], used=used)
    if office:
        lodge(out, "seal-lodging.json", "seal.json", office)
    return {"root": root, "head": head}


if __name__ == "__main__":
    options = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    for argument in ("recipe", "folder", "out"):
        options.add_argument(argument)
    options.add_argument("--key", required=True)
    options.add_argument("--office")
    options.add_argument("--forge", type=int)
    print(json.dumps(write_run(options.parse_args())))
