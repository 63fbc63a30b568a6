"""Origin (docs/proof.md): draws S_0 again, and makes corpus root, tokenizer and all token files from the texts."""

from corpus import MANIFEST, documents
from digests import sha, tree
from files import Check
from readers import is_talk
from references import check_windows
from replay import no_state, start_of
from schedule import batches_of
from statements import START
from structure import MOST_FILE, TOKENIZER, encoder_of
from talk import TEMPLATE, Talks, Unrendered, conversations_of, said_in
from tokens import Unknown, in_turn, to_json, train
from training import root_of


def check_origin(e, check, segments):
    """segments: those that are trained again."""
    if not e.shape:
        return check.incomplete("genesis.json", "there is no usable genesis, recipe and tokenizer")
    state = None if no_state(e) else start_of(e, 0)
    if no_state(e):
        check.incomplete("genesis.json", "no kept state of this model is whole, so none is drawn")
    elif state is None:
        check.incomplete(START, "is not there as genesis names it", 0)
    elif root_of(0, state) != e.commitment["stateRoot"]:
        check.refuted("genesis.json", "S_0 is not what it says", 0)
    if state is not None and e.texts and e.steps and all(part.references is not None for part in e.texts.parts):
        batches = batches_of(e, Check(check.name))  # the check `schedule` says why there are none
        if batches:
            check_windows(e, check, batches, segments, state)
    if not e.texts:
        return check.incomplete(MANIFEST, "there is no usable manifest")
    manifest, parts, texts = e.texts.manifest, e.texts.parts, {}
    for part in parts:
        if part.ids is None:
            check.incomplete(part.ids_name, "is not there")
        if part.texts is None:
            check.incomplete(part.text_name, "is not there")
        else:
            texts[part] = check.trying(part.text_name, lambda: documents(part.texts))
    if all(texts.get(part) is not None for part in parts):
        if tree([sha(text.encode()) for part in parts for text in texts[part]]).hex() != manifest["corpusRoot"]:
            check.refuted(MANIFEST, "these are other texts than the corpus root names")
        try:
            if "parent" not in e.commitment or e.base and e.recipe["tokenizer"]["vocabSize"] > len(e.base.spelled):
                check.trying(TOKENIZER, lambda: check_tokenizer(e, check, parts, texts))
        except Unknown as error:
            check.incomplete(TOKENIZER, f"this Python's Unicode does not know {error}")
    encoder = encoder_of(e)
    for part in parts:
        if texts.get(part) is None:
            continue
        size = sum(len(text.encode()) for text in texts[part])
        if len(texts[part]) != part.shard["documents"] or size != part.bytes:
            check.refuted(part.text_name, "has another number of documents or bytes than the manifest says")
        try:
            if part.ids is not None and is_talk(e.recipe["corpus"]["sources"][part.source]):
                check_talks(e, check, part, texts[part], encoder)
            elif part.ids is not None and [i for text in texts[part] for i in encoder.document(text)] != part.ids.tolist():
                check.refuted(part.ids_name, "is not what these documents encode to")
        except Unknown as error:
            check.incomplete(part.ids_name, f"this Python's Unicode does not know {error}")
    return None


def check_talks(e, check, part, texts, encoder):
    """Ids and marks of conversations, alone or in pairs."""
    if e.texts.template is None:
        return check.incomplete(TEMPLATE, "is not there")
    talks, source = Talks(e.texts.template, encoder), e.recipe["corpus"]["sources"][part.source]
    if check.trying(part.text_name, lambda: all(conversations_of(source, text) for text in texts)) is None:
        return None
    try:
        made = check.trying(TEMPLATE, lambda: [one for text in texts for one in talks.document(source, text)])
    except Unrendered:
        return check.incomplete(TEMPLATE, "cannot be rendered: jinja2 is not installed")
    if made is None:
        return None
    if [id for ids, _ in made for id in ids] != part.ids.tolist():
        return check.refuted(part.ids_name, "is not what these conversations encode to")
    if [mark for _, marks in made for mark in marks] != part.marks.tolist():
        check.refuted(f"corpus/{part.shard['marks']['file']}", "learns other tokens than the answers")
    return None


def check_tokenizer(e, check, parts, texts):
    sources = e.recipe["corpus"]["sources"]
    learned = [part for part in parts if part.split == "train"]
    made = [([(text, said_in(sources[part.source], text)) for text in texts[part]], sources[part.source]["weight"], part.bytes) for part in learned]
    turns = e.recipe["chat"]["tokens"] if "chat" in e.recipe else []
    if to_json(train(in_turn(made), e.recipe["tokenizer"]["vocabSize"], e.base, turns)) != e.run.text(TOKENIZER, MOST_FILE):
        check.refuted(TOKENIZER, "is not the one that these texts train")
