"""Conversations as documents, and as ids and marks (docs/arithmetic.md, "Encoding conversations"). The built-in template is written out
here; any other one needs jinja2, and is not judged without it. A template runs in this process: it is trusted to end."""

import re

from digests import canonical, indented, sha
from files import Wrong, leniently
from split import BLANK

TEMPLATE = "tokenizer/chat_template.jinja"
ROLES = ("system", "user", "assistant", "tool")
CONVERSATIONS = ("conversations", "wordnet-exercises")
BUILT_IN = (
    "{{- bos_token -}}{%- for message in messages -%}{{- '<|' + message['role'] + '|>' + message['content'] | trim + '<|end|>' -}}{%- endfor -%}"
    "{%- if add_generation_prompt -%}{{- '<|assistant|>' -}}{%- endif -%}\n"
)


class Unrendered(Exception):
    """A template that this Python cannot render."""


def is_talk(source):
    return source["read"] in CONVERSATIONS


def messages_of(text):
    """The messages of a document. @raises Wrong"""
    value = leniently(text)
    found = value.get("messages") if isinstance(value, dict) else None
    if not isinstance(found, list) or not all(isinstance(one, dict) and sorted(one) == ["content", "role"] for one in found) or len(value) != 1:
        raise Wrong("is no conversation")
    for number, one in enumerate(found):
        role, content = one["role"], one["content"]
        if role not in ROLES or not isinstance(content, str) or role == "system" and number > 0:
            raise Wrong("has a message that there is not")
        if not content or ord(content[0]) in BLANK or ord(content[-1]) in BLANK or "\r\n" in content:
            raise Wrong("has a message that is empty, or white space around it")
    if not any(one["role"] == "assistant" for one in found):
        raise Wrong("has no answer")
    if canonical(value) != text.encode():
        raise Wrong("is not in its one spelling")
    return found


def jinja(template, messages, encoder):
    try:
        from jinja2.exceptions import TemplateError
        from jinja2.sandbox import ImmutableSandboxedEnvironment
    except ImportError as error:
        raise Unrendered from error

    def refuse(words):
        raise TemplateError(words)

    try:
        room = ImmutableSandboxedEnvironment(trim_blocks=True, lstrip_blocks=True)
        room.globals.update(raise_exception=refuse, strftime_now=refuse)
        return room.from_string(template).render(messages=messages, add_generation_prompt=False, bos_token=encoder.begins, eos_token=encoder.ends)
    except TemplateError as error:
        raise Wrong(f"the template fails: {error}") from error


def pieces_of(template, document, encoder):
    """The rendered text as (text, number of the message or None). @raises Wrong, Unrendered"""
    messages = messages_of(document)
    if template == BUILT_IN:
        said = [[(f"<|{one['role']}|>", None), (one["content"], n), ("<|end|>", None)] for n, one in enumerate(messages)]
        return [(encoder.begins, None), *(piece for one in said for piece in one)]
    digits = str(int.from_bytes(sha(document.encode())[:16])).zfill(39)
    mark = lambda n, c: f"{c}{digits}{n}{c}"
    marked = [{**one, "content": mark(n, "\U000f0000") + one["content"] + mark(n, "\U000f0001")} for n, one in enumerate(messages)]
    text = jinja(template, marked, encoder)
    parts = re.split(f"\U000f0000{digits}(\\d+)\U000f0000(.*?)\U000f0001{digits}\\1\U000f0001", text, flags=re.S)
    found = [(parts[0], None)]
    for number, content, after in zip(parts[1::3], parts[2::3], parts[3::3]):
        if content != messages[int(number)]["content"]:
            raise Wrong("the template changes a message")
        found += [(content, int(number)), (after, None)]
    answers = [n for _, n in found if n is not None and messages[n]["role"] == "assistant"]
    if answers != [n for n, one in enumerate(messages) if one["role"] == "assistant"]:
        raise Wrong("the template does not have every answer once, in order")
    if "".join(text for text, _ in found) != jinja(template, messages, encoder):
        raise Wrong("the template changes its text by what is said")
    return [piece for piece in found if piece[0]]


class Talks:
    """Encodes conversations with a template and an encoder."""

    def __init__(self, template, encoder):
        self.template, self.encoder, self.specials = template, encoder, encoder.specials

    def ids(self, text):
        """Of a text of the template: special tokens are found in it."""
        return self.encoder.measured(text, special=True)[0]

    def text(self, id):
        return self.encoder.text(id)

    def control(self, id):
        return id in self.specials.values() or re.fullmatch(r"[<\[|].+[>\]|]", self.text(id), re.S) is not None

    def encode(self, pieces):
        """Ids and the bytes of the text that each stands for. @raises Wrong"""
        controls = {id: self.text(id) for text, said in pieces if said is None for id in self.ids(text) if self.control(id)}
        separate = []
        for text, said in pieces:
            if said is None:
                separate.append(self.encoder.measured(text, special=True))
                continue
            parts = [text]
            for word in controls.values():
                parts = cut(parts, word)
            separate += map(self.encoder.measured, parts)
        whole, lengths = self.encoder.measured("".join(text for text, _ in pieces), special=True)
        special = lambda ids: [id for id in ids if id in controls or id in self.specials.values()]
        found = [id for ids, _ in separate for id in ids]
        if lengths is not None and special(whole) == special(found):
            return whole, lengths
        if any(of is None for _, of in separate):
            raise Wrong("the template writes text that the tokenizer changes")
        return found, [length for _, of in separate for length in of]

    def document(self, text):
        """Ids and marks. @raises Wrong, Unrendered"""
        messages, pieces = messages_of(text), pieces_of(self.template, text, self.encoder)
        ids, lengths = self.encode(pieces)
        starts = [0]
        for length in lengths:
            starts.append(starts[-1] + length)
        marks, end = [0] * len(ids), 0
        for words, said in pieces:
            start, end = end, end + len(words.encode())
            if said is None or messages[said]["role"] != "assistant":
                continue
            at = 0
            while at < len(ids) and starts[at] < end:
                marks[at] |= starts[at] >= start
                at += 1
            while at < len(ids) and ids[at] not in self.specials.values() and all(ord(c) in BLANK for c in self.text(ids[at])):
                marks[at] = 1
                at += 1
            if at == len(ids) or ids[at] not in self.specials.values():
                raise Wrong("the template ends an answer without a special token")
            marks[at] = 1
        marks[0] = 2
        return ids, marks

    def files(self, context):
        """The files beside a model, by name."""
        ids, marks = self.document('{"messages":[{"content":"a","role":"user"},{"content":"b","role":"assistant"}]}')
        end = next(id for id, mark in zip(reversed(ids), reversed(marks)) if mark)
        others = [text for text in sorted(self.specials, key=self.specials.get) if text not in (self.encoder.begins, self.encoder.ends)]
        config = {"tokenizer_class": "PreTrainedTokenizerFast", "bos_token": self.encoder.begins, "eos_token": self.encoder.ends}
        more = {"additional_special_tokens": others} if others else {}
        config |= {**more, "add_bos_token": True, "clean_up_tokenization_spaces": False, "model_max_length": context}
        generation = {"bos_token_id": self.encoder.start, "eos_token_id": list(dict.fromkeys([end, self.encoder.end]))}
        return {
            "model/chat_template.jinja": self.template,
            "model/generation_config.json": indented(generation) + "\n",
            "model/tokenizer_config.json": indented(config) + "\n",
        }


def cut(parts, word):
    """Cuts texts behind the first character of each occurrence of a word."""
    found = []
    for part in parts:
        pieces = part.split(word)
        found += [("" if n == 0 else word[1:]) + piece + (word[0] if n < len(pieces) - 1 else "") for n, piece in enumerate(pieces)]
    return found
