"""An answer as a client has saved it: the body of an answer, or a stream of server-sent events."""

import re
from types import SimpleNamespace

from files import Wrong, leniently
from receipt_form import id_


def ids_of(value):
    if value is not None and not (isinstance(value, list) and all(map(id_, value))):
        raise Wrong("has ids that are none")
    return value


PLACES = ("text", "message", "delta")


def said_of(one):
    """The text of a choice, or of a piece of one; and whether it calls tools."""
    said = one.get("message") or one.get("delta") or {}
    if said.get("role") not in (None, "assistant") or said.get("function_call") is not None or said.get("refusal") is not None:
        raise Wrong("says what no server of Jikji says")
    return one.get("text") or said.get("content") or "", bool(said.get("tool_calls"))


class Response:
    """choices: by index. is_part: a stream that ends before its end. @raises Wrong"""

    def __init__(self, text):
        self.id = self.receipt = self.usage = prompt = None
        self.models = set()
        self.choices, self.is_part, self.is_stream = {}, False, True
        values = self.values(text.removeprefix("\ufeff"))
        self.places = set()
        for value in values:
            try:
                self.id = self.id or value.get("id")
                self.receipt = value.get("receipt") or self.receipt
                self.models |= {value["model"]} if value.get("model") is not None else set()
                self.usage = value.get("usage") or self.usage
                prompt = prompt or ids_of(value.get("prompt_token_ids"))
                for one in value.get("choices") or []:
                    self.add(one)
            except (AttributeError, KeyError, TypeError) as error:
                raise Wrong("does not have the shape of an answer") from error
        for one in self.choices.values():
            one.prompt = one.prompt or prompt
        if not self.choices:
            raise Wrong("has no choices")

    def values(self, text):
        if text.lstrip().startswith("{"):
            self.is_stream = False
            return [leniently(text)]
        events = [line[5:].removeprefix(" ") for line in re.split("\r\n|\n|\r", text) if line.startswith("data:")]
        self.is_part = events[-1:] != ["[DONE]"]
        if not self.is_part:
            events.pop()
        elif events and text.endswith(events[-1]):
            try:
                leniently(events[-1])
            except Wrong:  # the connection broke within it
                events.pop()
        if not events:
            raise Wrong("is neither an answer nor a stream of events")
        return [leniently(event) for event in events]

    def add(self, one):
        """A client reads a text in one place, and takes a choice once, with one end."""
        self.places |= {place for place in PLACES if one.get(place) is not None}
        before = self.choices.get(one["index"])
        twice = before and (not self.is_stream or before.finish and one.get("finish_reason") is not None)
        if len(self.places) > 1 or ("message" if self.is_stream else "delta") in self.places or twice:
            raise Wrong("says a text in two places, or twice")
        known = self.choices.setdefault(one["index"], SimpleNamespace(text="", calls=False, finish=None, ids=None, prompt=None))
        text, calls = said_of(one)
        known.text += text
        known.calls = known.calls or calls
        known.finish = one.get("finish_reason") or known.finish
        ids = ids_of(one.get("token_ids"))
        known.ids = known.ids if ids is None else (known.ids or []) + ids
        known.prompt = known.prompt or ids_of(one.get("prompt_token_ids"))
