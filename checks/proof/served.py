"""A model as a receipt names it (docs/receipts.md, "Digests"): its files and digest, its weights and tokenizer, and the seal of the run that made
it. Opens the finished model of a run, or a folder in Hugging Face's form with tokenizer and weights as Jikji writes them."""

import json
import math
import os
from types import SimpleNamespace

import numpy as np

from binary32 import F32
from digests import canonical, sha_hex
from files import MIB, Run, Wrong, parse
from foreign import foreign_of
from model import weights_of
from receipt_form import digest_of_files, template_digest
from statements import MOST, Statement
from talk import Talks
from tokens import Encoder, from_json, to_json

MOST_CONFIG, MOST_WEIGHTS, MOST_CONTEXT = MIB, 1 << 32, 4096
WEIGHTS = "model.safetensors"
MEMBERS = {
    "vocabSize": "vocab_size", "hiddenSize": "hidden_size", "intermediateSize": "intermediate_size", "numHiddenLayers": "num_hidden_layers",
    "numAttentionHeads": "num_attention_heads", "numKeyValueHeads": "num_key_value_heads", "maxPositionEmbeddings": "max_position_embeddings",
    "ropeTheta": "rope_theta", "rmsNormEps": "rms_norm_eps", "initializerRange": "initializer_range", "tieWordEmbeddings": "tie_word_embeddings",
}  # fmt: skip


class NotJudged(Exception):
    """A model or a receipt that this verifier does not cover; the argument says why."""


def config_of(files):
    """config.json as Jikji reads it. @raises Wrong, NotJudged"""
    value = parse(files.text("config.json", MOST_CONFIG))
    if value.get("model_type") not in ("llama", "qwen2", "qwen3"):
        raise NotJudged("its architecture is another one")
    if not value.keys() >= set(MEMBERS.values()) or "rope_scaling" in value or "rope_parameters" in value:
        raise NotJudged("its config.json is not in the form of a run's")
    config = {name: value[member] for name, member in MEMBERS.items()}
    if value["model_type"] != "llama":
        config["architecture"] = value["model_type"]
    head = value.get("head_dim", value["hidden_size"] // value["num_attention_heads"])
    if head * value["num_attention_heads"] != value["hidden_size"]:
        config["headDim"] = head
    return config, value, head


def shape_of(config, head):
    return SimpleNamespace(
        architecture=config.get("architecture", "llama"), D=config["hiddenSize"], F=config["intermediateSize"], V=config["vocabSize"],
        H=config["numAttentionHeads"], G=config["numKeyValueHeads"], d=head, layers=config["numHiddenLayers"], theta=config["ropeTheta"],
        eps=F32(config["rmsNormEps"]), std=config["initializerRange"], tied=config["tieWordEmbeddings"], T=0,
    )  # fmt: skip


def listed(value):
    return [] if value is None else value if isinstance(value, list) else [value]


def token_text(value):
    return value["content"] if isinstance(value, dict) else value


def weights_in(data, shape):
    """Arrays by name. @raises Wrong, NotJudged"""
    size = int.from_bytes(data[:8], "little")
    if size > len(data) - 8:
        raise Wrong(f"{WEIGHTS} is cut short")
    header, body = json.loads(data[8 : 8 + size]), memoryview(data)[8 + size :]
    wanted, found = {name: of for name, (of, _) in weights_of(shape).items()}, {}
    for name, tensor in header.items():
        if name == "__metadata__":
            continue
        if tensor["dtype"] != "F32":
            raise NotJudged("its weights are not binary32")
        start, end = tensor["data_offsets"]
        if name not in wanted or tensor["shape"] != wanted[name] or end - start != 4 * math.prod(wanted[name]) or end > len(body):
            raise Wrong(f"{WEIGHTS} is not of this config")
        found[name] = np.frombuffer(body[start:end], "<f4").reshape(wanted[name])
    if found.keys() != wanted.keys():
        raise Wrong(f"{WEIGHTS} is not of this config")
    return found


class Served:
    """@raises Wrong, Absent, NotJudged"""

    def __init__(self, path):
        if not os.path.isdir(path):
            raise NotJudged("it is not a folder: a file of another form, with weights that may be quantized")
        self.run = path if os.path.exists(os.path.join(path, "recipe.yaml")) else None
        folder = os.path.join(path, "model") if self.run else path
        if not os.path.isdir(folder):
            raise NotJudged("it is a run that is not finished")
        files = self.folder = Run(folder)
        config, value, head = config_of(files)
        self.context, self.shape = min(config["maxPositionEmbeddings"], MOST_CONTEXT), shape_of(config, head)
        tokenizer = files.read("tokenizer.json", 256 * MIB)
        optional = lambda name: parse(files.text(name, MOST_CONFIG)) if files.has(name) else {}
        more, generation = optional("tokenizer_config.json"), optional("generation_config.json")
        self.encoder, by_text = self.encoder_of(tokenizer, value, more)
        begins, ends = token_text(more.get("bos_token")), token_text(more.get("eos_token"))
        ids = [*listed(value.get("eos_token_id")), *listed(generation.get("eos_token_id")), *([by_text[ends]] if ends else [])]
        self.start = by_text[begins] if begins else listed(value.get("bos_token_id"))[0]
        text_of = {id: text for text, id in by_text.items()}
        self.ends = sorted({*self.own_ends, *ids})
        self.encoder.begins, self.encoder.ends = begins or text_of[self.start], ends or text_of[ids[0]]
        config |= {"prefixId": self.start, "endIds": self.ends}
        weights = files.read(WEIGHTS, MOST_WEIGHTS)
        self.weights = weights_in(weights, self.shape)
        digests = {"config": sha_hex(canonical(config)), "tokenizer": sha_hex(tokenizer), WEIGHTS: sha_hex(weights)}
        self.files = [{"name": name, "digest": digest} for name, digest in digests.items()]
        self.digest = digest_of_files(self.files)
        template = files.text("chat_template.jinja", MIB) if files.has("chat_template.jinja") else more.get("chat_template")
        self.talks = Talks(template, self.encoder) if template else None
        self.template_digest = template_digest(template, self.encoder.begins, self.encoder.ends) if template else None

    def encoder_of(self, data, config, more):
        """With the ids by text of all its entries. @raises Wrong, NotJudged"""
        value = parse(data.decode())
        try:
            vocabulary = from_json(value)
            if to_json(vocabulary).encode() == data:
                self.entries, encoder = len(vocabulary.spelled), Encoder(vocabulary)
                self.own_ends = [encoder.end]
                return encoder, {text: id for id, text in enumerate(vocabulary.spelled)}
        except (KeyError, TypeError, AttributeError, ValueError):
            pass
        texts = {id: text for text, id in value["model"]["vocab"].items()} | {one["id"]: one["content"] for one in value["added_tokens"]}
        of = lambda word: token_text(more.get(f"{word}_token")) or next((texts.get(id) for id in listed(config.get(f"{word}_token_id"))), None)
        begins, ends = of("bos"), of("eos")
        if not (begins and ends):
            raise NotJudged("its tokenizer is not one that Jikji wrote, and no tokens begin and end a text")
        encoder = foreign_of(value, {"bosToken": begins, "eosToken": ends, "vocabSize": config["vocab_size"]})
        self.entries, self.own_ends = max(encoder.tokens) + 1, []
        return encoder, {text: id for id, text in encoder.tokens.items()}

    def decoded(self, ids):
        """The text of ids, without the space that a tokenizer puts before a text."""
        text = b"".join(map(self.encoder.bytes_of, ids)).decode(errors="replace")
        return text[1:] if getattr(self.encoder, "prefix", None) not in (None, "never") and text.startswith(" ") else text

    def plain(self, text):
        """The ids of a text, with none before it."""
        return self.encoder.measured(text)[0]

    def seal(self):
        """The statement that seals this model; None where no run made it. @raises Wrong where it is not sound, or seals other files"""
        if self.run is None or not os.path.exists(os.path.join(self.run, "seal.json")):
            return None
        seal = Statement(Run(self.run).read("seal.json", MOST), "seal")
        named = {"config.json": sha_hex(self.folder.read("config.json", MOST_CONFIG))}
        named |= {"tokenizer.json" if one["name"] == "tokenizer" else one["name"]: one["digest"] for one in self.files[1:]}
        for name, digest in named.items():
            if seal.subjects.get(f"model/{name}") != digest:
                raise Wrong(f"model/{name} is not the file that seal.json names")
        return seal
