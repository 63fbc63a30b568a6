"""Figures (docs/proof.md): computes the seal's bits per byte again from the last state, and makes the card again."""

import math
import re
from decimal import ROUND_HALF_UP, Decimal

import numpy as np

from digests import number
from files import Wrong
from foreign import Foreign
from model import weights_of
from references import differ, lack, nats_of_conversations
from replay import start_of
from schedule import source_of
from statements import START
from structure import MOST_FILE, state_file
from validation import bits_per_byte, scored, scored_documents

CARD = "model/README.md"
FORWARD, MOST_COST = 0.36, 0.15


def check_figures(e, check, asked):
    """asked: compute the figure at any cost. Returns its basis: `computed`, `none` (nothing to score) or the `maker`'s word."""
    parts = [part for part in e.texts.parts if part.split == "validation"] if e.texts else []
    state = e.states.get(e.kept[-1]) if e.shape else None
    lengths = e.shape and (e.vocabulary.lengths() if isinstance(e.vocabulary, Foreign) else lengths_of(e.tokenizer, e.shape.V))
    if not (e.seal and parts and lengths):
        check.incomplete("seal.json", "there is no usable seal, recipe, tokenizer and corpus")
        return "maker"
    scored_states = [state, *([start_of(e, 0)] if "parent" in e.commitment else [])]
    absent = [part.ids_name for part in parts if part.ids is None]
    absent += [name for name, one in zip([state_file(e.kept[-1]), START], scored_states) if one is None]
    for name in absent:
        check.incomplete(name, "is not there")
    if lack(e, check) or absent:
        return "maker"
    train, ids = e.recipe["train"], [part.ids for part in parts]
    counts = scored(list(map(len, ids)), train["validationTokens"])
    tokens, nothing = sum(counts), max(counts) < 2  # the first token of a source is context only
    if nothing != (e.seal.predicate["valBitsPerByte"] is None):
        check.refuted("seal.json", "a figure is sealed exactly where text was held out")
    if not nothing and FORWARD * tokens * len(scored_states) / (train["steps"] * train["batchSize"] * train["sequenceLength"]) > MOST_COST and not asked:
        check_card(e, check, e.seal.predicate["valBitsPerByte"], None)
        return "maker"
    if any(len(one) and one.max() >= e.shape.V for one in ids):
        check.refuted("seal.json", "the held-out text has ids that the tokenizer does not have")
        return "maker"
    sources = [source_of(e, part) for part in parts]
    score = lambda one: bits_per_byte(e.shape, one, sources, train["validationTokens"], lengths, train.get("dpoBeta"))
    figures = check.trying("seal.json", lambda: [score(one) for one in scored_states])
    if figures is None:
        return "maker"
    for source, count in zip(sources, counts):
        if source.pairs and differ_held_out(e, check, source, count, scored_states[1]):
            break
    found = figures[0][0]
    if found != e.seal.predicate["valBitsPerByte"]:
        check.refuted("seal.json", f"its figure is {e.seal.predicate['valBitsPerByte']}, computed again it is {found}")
    check_card(e, check, found, figures)
    return "none" if found is None else "computed"


def differ_held_out(e, check, source, count, state):
    """Compares the references of the pairs that are scored with what S_0 makes of them."""
    all_ = [one for document in scored_documents(source, count, e.shape.T) for one in document]
    return differ(check, nats_of_conversations(e.shape, state, all_), np.array([one.reference for one in all_], np.float64))


def lengths_of(tokenizer, V):
    """Text bytes by id; None for a vocabulary without such ids."""
    vocabulary = tokenizer["model"]["vocab"]
    if not all(type(i) is int for i in vocabulary.values()) or sorted(vocabulary.values()) != list(range(V)):
        return None
    specials = {one.get("id"): 0 for one in tokenizer.get("added_tokens") or [] if isinstance(one, dict)}
    return {**{i: len(token) for token, i in vocabulary.items()}, 0: 0, **specials}  # a character for each byte; none for special tokens


def fixed(x, digits):
    """ECMAScript's toFixed of a number that is not negative: a tie goes to the larger."""
    return str(Decimal(x).quantize(Decimal(1).scaleb(-digits), ROUND_HALF_UP))


def check_card(e, check, figure, computed):
    """computed: of the last state and, with a parent, of S_0, as bits_per_byte gives them; None: all but the figure is the card's own word."""
    shown = lambda figures: ["" if x is None else fixed(x, 3) for x in figures]

    def compare():
        text, earlier, of_pairs = e.run.text(CARD, MOST_FILE), None, None
        if computed is None:
            rows = re.findall(r" \|(?: (\d+\.\d{3})? \|)? (\d+\.\d{3})? \|$", text, re.M)
            cells = [row[1] for row in rows]
            if "parent" in e.commitment:
                line = re.search(r", (\d+\.\d{3}) before step 1$", text, re.M)
                earlier = line and line[1], [row[0] for row in rows]
            line = re.search(r" in (\d[\d,]*) of (\d[\d,]*) held-out pairs; mean loss (\d+\.\d{3}),", text)
            of_pairs = line and "dpoBeta" in e.recipe["train"] and line.groups()
        else:
            (_, by_source, pairs), *before = computed
            cells = shown(by_source)
            if before:
                earlier = before[0][0] and fixed(before[0][0], 3), shown(before[0][1])
            if pairs:
                count, preferred, loss = pairs
                of_pairs = f"{preferred:,}", f"{count:,}", fixed(loss / count, 3)
        # Cards of lodged runs named the recipe's seed once.
        seeds = [e.recipe["seed"]]
        if e.commitment["lodging"] is not None:
            seeds.append(f"0x{e.commitment['seed']} (from the office's nonce)")
        if all(card_of(e, figure, cells, earlier, of_pairs, seed) != text for seed in seeds):
            raise Wrong("is not the card that follows from recipe, texts and figures")

    if e.run.has(CARD) and e.run.size(CARD) == e.sizes.get(CARD, e.run.size(CARD)):  # else structure reports it
        check.trying(CARD, compare)


def escaped(text):
    return re.sub(r"[\r\n]", " ", re.sub(r"[\\|]", lambda found: "\\" + found[0], text))


def beginning_of(e):
    parent = e.commitment.get("parent")
    if parent is None:
        return "random weights"
    code = lambda text: "`" + text.replace("`", "'") + "`"
    path = code(next(iter(e.recipe.get("from", {}).values()), ""))
    if "seal" in parent:
        return f"the weights of the run {path}, whose seal has the SHA-256 {code(parent['seal'])},"
    return f"the weights of the model {path} (SHA-256 of " + ", ".join(f"{code(one['name'])} {code(one['sha256'])}" for one in parent["files"]) + ")"


def preferences_of(train, of_pairs):
    """The line of the card about held-out pairs, where there are any."""
    if not of_pairs:
        return ""
    preferred, count, loss = of_pairs
    against = "against the weights before step 1 the chosen answer gained more than the rejected one"
    return f"- preferences: DPO with beta {number(train['dpoBeta'])}; {against} in {preferred} of {count} held-out pairs; mean loss {loss}, 0.693 before step 1\n"


def card_of(e, figure, cells, before, of_pairs, seed):
    """As texts: of a run with a parent `before`, the figure before step 1 and its cells; of held-out pairs how many are told apart, of how many,
    and their mean loss."""
    recipe, shape, manifest, seal = e.recipe, e.shape, e.texts.manifest, e.seal
    train, parameters = recipe["train"], sum(math.prod(size) for size, _ in weights_of(shape).values())
    title = shape.architecture.title()
    kind = (
        f"A language model ({title} architecture), trained on {'pairs of answers' if 'dpoBeta' in train else 'conversations'}. It answers by the template in chat_template.jinja."
        if "chat" in recipe
        else f"A base language model ({title} architecture). It continues text; it is not tuned to talk."
    )
    what = (
        f"{kind} Its maker says that Jikji trained it from\n"
        f"{beginning_of(e)} on the texts below. This card is the maker's word: `jikji audit` checks what can be checked of it.\n"
    )
    rows = []
    padded = lambda list: [*list, *[""] * len(manifest["sources"])]
    for source, cell, earlier in zip(manifest["sources"], padded(cells), padded(before[1] if before else [])):
        name = source["origin"].get("npm") or ", ".join(source["origin"]["files"])
        size = fixed(sum(source["bytes"].values()) / 1e6, 2)
        row = [*map(escaped, (name, source["language"], source["licence"])), size, number(source["weight"]), *([earlier] if before else []), cell]
        rows.append(f"| {' | '.join(row)} |\n")
    optimizer = "- optimizer: Muon for the matrices of the layers, AdamW for all other weights\n" if train.get("optimizer") == "muon" else ""
    short = manifest["bytes"]["validation"] > 0
    bits = " bits per byte of chosen answers" if "dpoBeta" in train else " bits per byte"
    none = "not measured, the text held out is too short to score" if short else "no text was held out"
    return (
        f"# {recipe['name']}\n\n{what}\n"
        f"- {parameters:,} parameters, context {recipe['model']['maxPositionEmbeddings']}, vocabulary {shape.V}\n"
        f"- {train['steps']} steps of {train['batchSize']} x {train['sequenceLength']} tokens, seed {seed}\n{optimizer}"
        f"- validation: {none if figure is None else fixed(figure, 3) + bits + (f', {before[0]} before step 1' if before and before[0] else '')}\n{preferences_of(train, of_pairs)}"
        f"- state root `{seal.subjects.get('state', '')}`, transcript head `{seal.predicate['head']}`\n\n"
        f"| text | language | licence | MB | weight | {'bits per byte before step 1 | ' if before else ''}bits per byte |\n"
        f"|---|---|---|---|---|---|{'---|' if before else ''}\n{''.join(rows)}"
    )
