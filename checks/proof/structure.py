"""Structure (docs/proof.md): everything that forms, digests and signatures show, without training a step. Passes what could be read to the other checks."""

import json
import math
import re
import struct
from types import SimpleNamespace

import numpy as np

import recipe as recipes
from corpus import check_texts
from digests import canonical, indented, sha, sha_hex, state_root
from files import MIB, Absent, Wrong, leniently
from foreign import Foreign, foreign_of
from hand_overs import check_against_transcript
from model import EMBEDDING, shape_of, weights_of
from optimizer import state_shapes
from references import check_references
from statements import START, check_statements
from talk import Talks, Unrendered
from tokens import Encoder, begins_with, from_json, of_bytes

MOST_STEPS, MOST_RECIPE, MOST_FILE, LONGEST_RECORD = 10**7, MIB // 4, 256 * MIB, 512
TOKENIZER, TRANSCRIPT, PARENT_TOKENIZER = "tokenizer/tokenizer.json", "transcript.jsonl", "start/tokenizer.json"
WEIGHTS = "model/model.safetensors"
SEALED = ["recipe.yaml", "model/README.md", "model/config.json", WEIGHTS, "model/tokenizer.json"]
LINE = re.compile(
    rb'\{"batch":"([0-9a-f]{64})","gradNorm":"([0-9a-f]{16})","learningRate":"([0-9a-f]{8})",("link":"([0-9a-f]{64})",)'
    rb'"loss":"([0-9a-f]{16})"(?:,"stateRoot":"([0-9a-f]{64})")?,"step":([1-9][0-9]{0,9})\}'
)


def state_file(step):
    """Of step 0 there is one in a run with a parent: the parent's weights."""
    return START if step == 0 else f"checkpoints/step-{step:06}/state.safetensors"


def plan_of(train):
    """Steps at which a state is written, and those whose states are kept."""
    n = train["steps"]
    steps = [*range(train["checkpointEvery"], n, train["checkpointEvery"]), n]
    return steps, [s for i, s in enumerate(steps, 1) if i % train["keepEvery"] == 0 or s == n]


def layout(tensors, kind):
    """The header bytes of a safetensors file, and the ranges of its tensors after them: name -> (shape, from, to)."""
    header, places, at = {"__metadata__": {"format": kind}}, {}, 0
    for name in sorted(tensors):
        shape = tensors[name]
        end = at + 4 * math.prod(shape)
        header[name] = {"dtype": "F32", "shape": shape, "data_offsets": [at, end]}
        places[name] = (shape, at, end)
        at = end
    text = json.dumps(header, separators=(",", ":"), ensure_ascii=False).encode()
    text += b" " * (-len(text) % 8)
    return struct.pack("<Q", len(text)) + text, places


def tensors_of(data, tensors, kind):
    """Arrays by name. @raises Wrong where the header is not that of these tensors."""
    head, places = layout(tensors, kind)
    if not data.startswith(head) or len(data) != len(head) + max(end for _, _, end in places.values()):
        raise Wrong("is not a file of this model's tensors")
    body = memoryview(data)[len(head) :]
    return {name: np.frombuffer(body[at:end], "<f4").reshape(shape) for name, (shape, at, end) in places.items()}


def read_transcript(run, check, origin, commitment):
    """Records by step as far as they can be read; head is the last link."""
    data = run.read(TRANSCRIPT, commitment["steps"] * LONGEST_RECORD)
    found = SimpleNamespace(records=[], head=origin, whole=True)
    checkpoints, chained = set(commitment["checkpoints"]), True
    lines = data.split(b"\n")
    if lines.pop():
        check.refuted(TRANSCRIPT, "the last line does not end", len(lines) + 1)
        found.whole = False
    for step, line in enumerate(lines, 1):
        fields = LINE.fullmatch(line)
        if not fields or int(fields[8]) != step or step > commitment["steps"]:
            check.refuted(TRANSCRIPT, "is not the record of this step", step)
            found.whole = False
            break
        record = line.replace(fields[4], b"", 1)
        if chained and sha(bytes.fromhex(found.head) + record).hex().encode() != fields[5]:
            check.refuted(TRANSCRIPT, "the chain breaks", step)
            chained = False
        found.head = fields[5].decode()
        loss, norm = (struct.unpack(">d", bytes.fromhex(fields[i].decode()))[0] for i in (6, 2))
        if not math.isfinite(loss):
            check.refuted(TRANSCRIPT, "the loss is not finite", step)
        if not (math.isfinite(norm) and norm >= 0):
            check.refuted(TRANSCRIPT, "the gradient norm is not a finite number from 0 on", step)
        root = fields[7] and fields[7].decode()
        if (root is not None) != (step in checkpoints):
            check.refuted(TRANSCRIPT, "has a root where none was planned, or none where one was", step)
        texts = [fields[i].decode() for i in (6, 2, 3, 1)]
        found.records.append(SimpleNamespace(loss=texts[0], gradNorm=texts[1], learningRate=texts[2], batch=texts[3], root=root, norm=norm, link=found.head))
    return found


def entries(tokenizer):
    """The size of its vocabulary; 0 without one."""
    try:
        vocabulary = tokenizer["model"]["vocab"]
    except (KeyError, TypeError):
        return 0
    return len(vocabulary) if isinstance(vocabulary, dict) else 0


def check_structure(run, check, makers=None, office=None, register_of=None):
    """Evidence: a member exists only where it could be used."""
    e = SimpleNamespace(
        run=run, signed=None, commitment=None, seal=None, sizes={}, recipe=None, shape=None, tokenizer=None, steps=None, texts=None, kept=[], states={}, start=None, vocabulary=None, base=None
    )  # fmt: skip
    signed = e.signed = check_statements(run, check, makers, office, register_of)
    if signed is None:
        return e
    commitment, seal = signed["genesis"].predicate["commitment"], signed["seal"]
    e.commitment, e.seal, e.sizes = commitment, seal, signed["sizes"]
    if commitment["arithmeticVersion"] != 1:
        check.incomplete("genesis.json", "names another version of the arithmetic")
        return e

    def the_recipe():
        try:
            return recipes.recipe_of(run.text("recipe.yaml", MOST_RECIPE))
        except recipes.Broken as error:
            raise Wrong(str(error)) from error

    recipe = check.trying("recipe.yaml", the_recipe)
    if recipe is None:
        return e
    train = recipe["train"]
    if sha_hex(canonical(recipes.digest_input(recipe))) != commitment["recipe"]:
        check.refuted("recipe.yaml", "is another recipe than genesis names")
    if ("from" in recipe) != ("parent" in commitment):
        check.refuted("genesis.json", "of it and the recipe, one names a parent")
    if commitment["lodging"] is None and commitment["seed"] != f"{recipe['seed']:016x}":
        check.refuted("genesis.json", "the seed is not the recipe's")
    count = -(-train["steps"] // train["checkpointEvery"])
    if commitment["steps"] != train["steps"] or count != len(commitment["checkpoints"]) or plan_of(train) != (commitment["checkpoints"], commitment["kept"]):
        check.refuted("genesis.json", "its plan of steps and states is not the recipe's")
        return e
    e.recipe, e.kept = recipe, commitment["kept"]

    def the_tokenizer():
        if not has_size(e, check, TOKENIZER):
            return None
        if sha_hex(run.read(TOKENIZER, MOST_FILE)) != commitment["tokenizer"]:
            check.refuted(TOKENIZER, "is another tokenizer than genesis names")
        return leniently(run.text(TOKENIZER, MOST_FILE))  # that it is what the texts train, to the byte, is origin's business

    e.tokenizer = check.trying(TOKENIZER, the_tokenizer)
    if e.tokenizer is not None:
        e.vocabulary = vocabulary_of(e.tokenizer) if not is_foreign(recipe) else check.trying(TOKENIZER, lambda: foreign_of(e.tokenizer, recipe["tokenizer"]))
        vocabulary = entries(e.tokenizer)
        if is_foreign(recipe):
            e.shape = e.vocabulary and shape_of(recipe, e.vocabulary.V)
        elif 257 <= vocabulary <= recipe["tokenizer"]["vocabSize"]:
            e.shape = shape_of(recipe, vocabulary)
        else:
            check.refuted(TOKENIZER, "has more entries than the recipe, or none")

    if commitment["steps"] > MOST_STEPS:
        check.incomplete(TRANSCRIPT, "has more steps than are audited")
        return e
    e.steps = check.trying(TRANSCRIPT, lambda: read_transcript(run, check, sha_hex(canonical(commitment)), commitment))
    check_end(e, check, seal)
    check_against_transcript(check, commitment, signed["hand_overs"], e.steps)
    of_size = lambda name: has_size(e, check, name)
    e.texts = check_texts(e, check, of_size)
    check_references(e, check, of_size)
    if e.shape:
        e.tensors = state_shapes(e.shape, train)
        if "parent" in commitment:
            e.start = check.trying(START, lambda: start_weights(e, check))
            e.base = check.trying(PARENT_TOKENIZER, lambda: parent_tokenizer(e, check, signed["parent"]))
        for step in e.kept:
            check_state(e, check, step)
    if seal:
        check_model(e, check, seal)
    return e


def start_weights(e, check):
    """The weights of the parent, by name; None where they are not those that genesis names. @raises Absent, Wrong"""

    def shapes(rows):
        return {weight: shape for weight, (shape, _) in weights_of(SimpleNamespace(**{**vars(e.shape), "V": rows})).items()}

    if not has_size(e, check, START):
        return None
    data = e.run.read(START, size_of(shapes(e.shape.V), "pt"))
    weights = tensors_of(data, shapes(rows_of(data, e.shape.V)), "pt")
    if sha_hex(data) != e.commitment["parent"]["weights"]:
        raise Wrong("has other weights than genesis names")
    return weights


def rows_of(data, most):
    """Rows of the embedding in the weights of a parent. @raises Wrong"""
    try:
        (length,) = struct.unpack("<Q", data[:8])
        rows = json.loads(data[8 : 8 + length])[EMBEDDING]["shape"][0]
    except (struct.error, ValueError, KeyError, TypeError, IndexError, RecursionError) as error:
        raise Wrong("is not a file of this model's tensors") from error
    if type(rows) is not int or not 1 <= rows <= most:
        raise Wrong("has an embedding of another size than its tokenizer can have")
    return rows


def is_foreign(recipe):
    """Whether the tokenizer is that of a parent which another maker made."""
    return "eosToken" in recipe["tokenizer"]


def encoder_of(e):
    return e.vocabulary if isinstance(e.vocabulary, Foreign) else Encoder(e.vocabulary or of_bytes())


def vocabulary_of(tokenizer):
    try:
        return from_json(tokenizer)
    except (KeyError, TypeError, AttributeError, ValueError):
        return None


def parent_tokenizer(e, check, genesis):
    """The vocabulary of the parent, with which that of the run must begin; None where it is not known. @raises Absent, Wrong"""
    parent, digest = e.commitment["parent"], None
    if "files" in parent:
        digest = next((one["sha256"] for one in parent["files"] if one["name"] == "tokenizer"), None)
        if digest is None:
            check.refuted("genesis.json", "names no tokenizer of its parent")
    elif genesis:
        digest = genesis.predicate["commitment"]["tokenizer"]
    if digest is None:
        return None
    rows = None if e.start is None else len(e.start[EMBEDDING])
    if isinstance(e.vocabulary, Foreign):
        if digest != e.commitment["tokenizer"]:
            check.refuted("genesis.json", "names another tokenizer than its parent's")
        elif rows not in (None, e.vocabulary.V):
            check.refuted(START, "has another number of rows than the recipe")
        return None
    found = e.vocabulary
    if digest != e.commitment["tokenizer"]:
        if rows is not None and e.recipe["tokenizer"]["vocabSize"] <= rows:
            return check.refuted("genesis.json", "names another tokenizer than its parent's")
        size, signed = e.run.size(PARENT_TOKENIZER), genesis and genesis.sizes.get("tokenizer")
        if size is not None and signed not in (None, size):
            return check.refuted(PARENT_TOKENIZER, f"has {size} bytes, not the {signed} that the parent signed")
        data = e.run.read(PARENT_TOKENIZER, MOST_FILE // 2)
        if sha_hex(data) != digest:
            return check.refuted(PARENT_TOKENIZER, "is another tokenizer than the parent's")
        found = vocabulary_of(leniently(data.decode()))
        if found is None:
            raise Wrong("is no tokenizer")
        if e.vocabulary is None or not begins_with(e.vocabulary, found):
            return check.refuted(TOKENIZER, "does not begin with the parent's tokenizer")
    if found and rows is not None and rows != len(found.spelled):
        return check.refuted(START, "has another number of rows than the parent has entries")
    return found


def has_size(e, check, name):
    """Whether a file has the signed size; a file of another size is not read. @raises Absent"""
    size, signed = e.run.size(name), e.sizes.get(name)
    if size is None:
        raise Absent(name)
    if signed in (None, size):
        return True
    check.refuted(name, f"has {size} bytes, not the {signed} that were signed")
    return False


def size_of(tensors, kind):
    head, places = layout(tensors, kind)
    return len(head) + max(end for _, _, end in places.values())


def check_end(e, check, seal):
    planned, train = e.commitment["steps"], e.recipe["train"]
    count = len(e.steps.records) if e.steps else None
    if e.steps and e.steps.whole and count < planned:
        (check.refuted if seal else check.incomplete)(TRANSCRIPT, "ends before the last step", count)
    if not seal:
        return
    sealed = seal.predicate
    if sealed["steps"] != planned or sealed["tokens"] != planned * train["batchSize"] * train["sequenceLength"]:
        check.refuted("seal.json", "its steps or tokens are not the recipe's")
    if "usedTokens" in sealed and "chat" not in e.recipe:
        check.refuted("seal.json", "states used tokens of a run without conversations")
    if e.steps and count == planned:
        if sealed["head"] != e.steps.head:
            check.refuted("seal.json", "seals another transcript", planned)
        root = e.steps.records[-1].root
        if root is not None and seal.subjects.get("state") != root:
            check.refuted("seal.json", "seals another last state", planned)


def check_state(e, check, step):
    """A kept state, its root and its note; e.states[step] is its arrays, or None."""
    name, note = state_file(step), f"checkpoints/step-{step:06}/state.json"
    before = len(check.findings)

    def read():
        state = tensors_of(e.run.read(name, size_of(e.tensors, "jikji-state")), e.tensors, "jikji-state")
        root = state_root(step, [(tensor, e.tensors[tensor], state[tensor].tobytes()) for tensor in sorted(state)])
        if e.steps and step <= len(e.steps.records) and e.steps.records[step - 1].root != root:
            check.refuted(name, "is not the state whose root the transcript has", step)
        if e.run.read(note, 1024) != canonical({"formatVersion": 1, "stateRoot": root, "step": step}) + b"\n":
            check.refuted(note, "does not say the root of the state beside it", step)
        return state

    state = check.trying(name, read, step)
    e.states[step] = state if len(check.findings) == before else None


# Fields of config.json that differ between architectures.
FIELDS = {
    "llama": {"attention_bias": False, "mlp_bias": False},
    "qwen2": {"use_sliding_window": False},
    "qwen3": {"attention_bias": False, "use_sliding_window": False},
}


def config_of(shape, recipe, encoder):
    m, name = recipe["model"], shape.architecture
    return {
        "architectures": [f"{name.title()}ForCausalLM"], "model_type": name, "vocab_size": shape.V, "hidden_size": shape.D, "intermediate_size": shape.F,
        "num_hidden_layers": shape.layers, "num_attention_heads": shape.H, "num_key_value_heads": shape.G, "head_dim": shape.d,
        "max_position_embeddings": m["maxPositionEmbeddings"], "rope_theta": m["ropeTheta"], "rms_norm_eps": m["rmsNormEps"],
        "initializer_range": m["initializerRange"], "tie_word_embeddings": shape.tied, "hidden_act": "silu", **FIELDS[name],
        "bos_token_id": encoder.start, "eos_token_id": encoder.end, "torch_dtype": "float32",
    }  # fmt: skip


TALKING = ["model/chat_template.jinja", "model/generation_config.json", "model/tokenizer_config.json"]


def check_talking(e, check, whole):
    """The files beside a model that was trained on conversations."""
    if not e.texts or e.texts.template is None:
        return check.incomplete(TALKING[0], "cannot be compared")
    try:
        made = check.trying(TALKING[0], lambda: Talks(e.texts.template, encoder_of(e)).files(e.recipe["model"]["maxPositionEmbeddings"]))
    except Unrendered:
        return check.incomplete(TALKING[0], "cannot be rendered: jinja2 is not installed")
    for name, text in (made or {}).items():
        if name in whole and e.run.text(name, MOST_FILE) != text:
            check.refuted(name, "does not follow from template and tokenizer")
    return None


def check_model(e, check, seal):
    run, whole = e.run, set()
    sealed = [*SEALED, *(TALKING if "chat" in e.recipe else [])]
    for name in seal.subjects.keys() - {"state", *sealed}:
        check.refuted("seal.json", f"names {name}, which does not belong there")
        return
    shapes = e.shape and {weight: shape for weight, (shape, _) in weights_of(e.shape).items()}
    if seal.sizes.keys() != set(sealed):
        check.refuted("seal.json", "does not say the sizes of exactly the files that it names")

    def compare(name):
        most = size_of(shapes, "pt") if shapes and name == WEIGHTS else MOST_FILE
        if has_size(e, check, name) and sha_hex(run.read(name, most)) == seal.subjects[name]:
            whole.add(name)
        else:
            check.refuted(name, "is not the file that was sealed")

    for name in sealed:
        if name not in seal.subjects:
            check.refuted("seal.json", f"does not name {name}")
        else:
            check.trying(name, lambda name=name: compare(name))
    for name in run.names("model"):
        if f"model/{name}" not in seal.subjects:
            check.refuted(f"model/{name}", "is there, but was not sealed")
    if not e.shape:
        return
    if seal.subjects.get("model/tokenizer.json", e.commitment["tokenizer"]) != e.commitment["tokenizer"]:
        check.refuted("model/tokenizer.json", "is not the run's tokenizer")
    if "model/config.json" in whole and run.read("model/config.json", MOST_FILE) != (indented(config_of(e.shape, e.recipe, encoder_of(e))) + "\n").encode():
        check.refuted("model/config.json", "is not the recipe's model")
    if "chat" in e.recipe:
        check_talking(e, check, whole)
    last = e.kept[-1]
    state = e.states.get(last)
    if WEIGHTS in whole and state is not None:
        model = check.trying(WEIGHTS, lambda: tensors_of(run.read(WEIGHTS, size_of(shapes, "pt")), shapes, "pt"))
        different = model and next((weight for weight in shapes if model[weight].tobytes() != state[weight].tobytes()), None)
        if different:
            check.refuted(WEIGHTS, "has other weights than the last state", last, different)
