"""Conversations as documents, and as ids and marks (docs/arithmetic.md, "Encoding conversations"). The built-in template is written out
here; any other one needs jinja2, and is not judged without it. A template runs in this process: it is trusted to end."""

import re

from digests import canonical, indented, sha
from files import Wrong, leniently
from random_streams import FIRST, REJECTED
from readers import is_pairs, is_talk
from split import BLANK

TEMPLATE = "tokenizer/chat_template.jinja"
ROLES = ("system", "user", "assistant", "tool")
BUILT_IN = (
    "{{- bos_token -}}{%- for message in messages -%}{{- '<|' + message['role'] + '|>' + message['content'] | trim + '<|end|>' -}}{%- endfor -%}"
    "{%- if add_generation_prompt -%}{{- '<|assistant|>' -}}{%- endif -%}\n"
)


class Unrendered(Exception):
    """A template that this Python cannot render."""


def check_content(content):
    """@raises Wrong"""
    if not isinstance(content, str):
        raise Wrong("has a message that there is not")
    if not content or ord(content[0]) in BLANK or ord(content[-1]) in BLANK or "\r\n" in content:
        raise Wrong("has a message that is empty, or white space around it")


def check_messages(found):
    """@raises Wrong"""
    if not isinstance(found, list) or not all(isinstance(one, dict) and sorted(one) == ["content", "role"] for one in found):
        raise Wrong("is no conversation")
    for number, one in enumerate(found):
        if one["role"] not in ROLES or one["role"] == "system" and number > 0:
            raise Wrong("has a message that there is not")
        check_content(one["content"])


def conversations_of(source, text):
    """The conversations of a document, as messages: one, or the chosen and the rejected one of a pair. @raises Wrong"""
    value = leniently(text)
    if not isinstance(value, dict) or sorted(value) != (["chosen", "messages", "rejected"] if is_pairs(source) else ["messages"]):
        raise Wrong("is no conversation" if not is_pairs(source) else "is no pair")
    messages = value["messages"]
    check_messages(messages)
    if is_pairs(source):
        answers = [value["chosen"], value["rejected"]]
        for answer in answers:
            check_content(answer)
        if not messages or messages[-1]["role"] not in ("user", "tool"):
            raise Wrong("has nothing that its answers are to")
        if answers[0] == answers[1]:
            raise Wrong("has the same answer twice")
        found = [[*messages, {"content": answer, "role": "assistant"}] for answer in answers]
    else:
        if not any(one["role"] == "assistant" for one in messages):
            raise Wrong("has no answer")
        found = [messages]
    if canonical(value) != text.encode():
        raise Wrong("is not in its one spelling")
    return found


def said_in(source, text):
    """The texts of a document for the tokenizer. @raises Wrong"""
    if not is_talk(source):
        return [text]
    first, *second = conversations_of(source, text)
    return [one["content"] for one in [*first, *(messages[-1] for messages in second)]]


def jinja(template, messages, encoder, answer=False):
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
        return room.from_string(template).render(messages=messages, add_generation_prompt=answer, bos_token=encoder.begins, eos_token=encoder.ends)
    except TemplateError as error:
        raise Wrong(f"the template fails: {error}") from error


def pieces_of(template, messages, encoder, answer=False):
    """The rendered text as (text, number of the message or None), up to where an answer begins if one is asked for. @raises Wrong, Unrendered"""
    if template == BUILT_IN:
        said = [[(f"<|{one['role']}|>", None), (one["content"], n), ("<|end|>", None)] for n, one in enumerate(messages)]
        return [(encoder.begins, None), *(piece for one in said for piece in one), *([("<|assistant|>", None)] if answer else [])]
    digits = str(int.from_bytes(sha(canonical({"messages": messages}))[:16])).zfill(39)
    mark = lambda n, c: f"{c}{digits}{n}{c}"
    marked = [{**one, "content": mark(n, "\U000f0000") + one["content"] + mark(n, "\U000f0001")} for n, one in enumerate(messages)]
    text = jinja(template, marked, encoder, answer)
    parts = re.split(f"\U000f0000{digits}(\\d+)\U000f0000(.*?)\U000f0001{digits}\\1\U000f0001", text, flags=re.S)
    found = [(parts[0], None)]
    for number, content, after in zip(parts[1::3], parts[2::3], parts[3::3]):
        if content != messages[int(number)]["content"]:
            raise Wrong("the template changes a message")
        found += [(content, int(number)), (after, None)]
    answers = [n for _, n in found if n is not None and messages[n]["role"] == "assistant"]
    if answers != [n for n, one in enumerate(messages) if one["role"] == "assistant"]:
        raise Wrong("the template does not have every answer once, in order")
    if "".join(text for text, _ in found) != jinja(template, messages, encoder, answer):
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

    def prompt(self, messages):
        """Ids of a conversation up to where an answer begins. @raises Wrong, Unrendered"""
        return self.encode(pieces_of(self.template, messages, self.encoder, answer=True))[0]

    def end(self):
        """The control token that the template puts first behind an answer; None where it puts another one. @raises Wrong, Unrendered"""
        pieces = pieces_of(self.template, [{"content": "a", "role": "user"}, {"content": "b", "role": "assistant"}], self.encoder)
        last = max(at for at, (_, said) in enumerate(pieces) if said is not None)
        first = self.ids("".join(text for text, _ in pieces[last + 1 :]).lstrip("".join(map(chr, BLANK))))[:1]
        return first[0] if first and self.control(first[0]) else None

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

    def document(self, source, text):
        """Ids and marks of its conversations. @raises Wrong, Unrendered"""
        found = conversations_of(source, text)
        if not is_pairs(source):
            return [self.conversation(messages, 0, FIRST) for messages in found]
        return [self.conversation(messages, len(messages) - 1, first) for messages, first in zip(found, (FIRST, FIRST | REJECTED))]

    def conversation(self, messages, learned, first):
        """Ids and marks: answers are learned from message number `learned` on; `first` is the mark of the first token. @raises Wrong, Unrendered"""
        pieces = pieces_of(self.template, messages, self.encoder)
        ids, lengths = self.encode(pieces)
        starts = [0]
        for length in lengths:
            starts.append(starts[-1] + length)
        marks, end = [0] * len(ids), 0
        for words, said in pieces:
            start, end = end, end + len(words.encode())
            if said is None or said < learned or messages[said]["role"] != "assistant":
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
        marks[0] = first
        return ids, marks

    def files(self, context):
        """The files beside a model, by name."""
        ids, marks = self.conversation([{"content": "a", "role": "user"}, {"content": "b", "role": "assistant"}], 0, FIRST)
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
