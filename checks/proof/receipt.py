"""Judges a receipt of a served answer (docs/receipts.md): whether this model gives the answers that it was signed for, token by token and bit for
bit, and whether request and response are those that it names. Shares no code with Jikji.

usage: python3 receipt.py RECEIPT --model DIR [--request FILE] [--response FILE] [--key FINGERPRINT]
Prints one JSON object: {verdict, checks, differences}. A verdict is holds, refuted, incomplete or not-judged, with why; each check is holds,
refuted or not-checked, with why; a difference is {answer, position, given, chosen}, the first token of an answer that is not the model's,
null for the end of a text. Exit code 0 where it holds, 1 where it does not, 2 where a file is not what it should be.
"""

import argparse
import json
import sys

from digests import canonical
from files import MIB, Absent, Wrong, leniently, parse
from generation import first_tokens, replay
from receipt_form import ENDS, Receipt, digest_of_ids, id_, is_receipt
from request import Request
from response import Response
from served import NotJudged, Served

MOST_RECEIPT, MOST_REQUEST, MOST_RESPONSE = 64 * MIB, 16 * MIB, 256 * MIB
REASONS = {"end": "stop", "stop": "stop", "length": "length", "full": "length"}
KEPT_IDS = ("prompt_token_ids", "token_ids")
NOT_GIVEN = "what it takes was not given"


class Checks:
    def __init__(self):
        self.list = []

    def add(self, name, verdict, why=""):
        self.list.append({"name": name, "verdict": verdict, "why": why})

    def judge(self, name, refuted, open_):
        """Refuted by one word, not checked by one, or it holds."""
        self.add(name, "refuted" if refuted else "not-checked" if open_ else "holds", "; ".join(refuted or open_))


class Answer:
    """What is known of an answer. given: ids that somebody gives; ids: those of them, or those that were generated, that have its chain."""

    def __init__(self, signed):
        self.signed, self.given, self.ids, self.is_generated, self.why = signed, None, None, False, None
        self.is_replayed, self.difference, self.ending, self.text = False, None, None, ""

    @property
    def is_broken_off(self):
        return self.signed["ended"] not in ENDS


class Judge:
    """One receipt against one model; request, response and kept (what the server keeps beside the receipt) may be None."""

    def __init__(self, receipt, model, request, response, kept):
        self.receipt, self.it, self.model = receipt, receipt.it, model
        self.request, self.response, self.kept = request, response, kept

    def prompt(self, at):
        """The ids of a prompt; None where nobody gives any with its digest."""
        wanted = self.it["request"]["prompts"][at]
        lists = [self.request.prompts[at] if self.request and at < len(self.request.prompts) else None, self.prompt_ids(at)]
        return next((ids for ids in lists if ids is not None and len(ids) == wanted["tokens"] and digest_of_ids(ids) == wanted["digest"]), None)

    def prompt_ids(self, at):
        """As an answer, or the server, names them."""
        choice = self.response.choices.get(at * self.it["request"]["n"]) if self.response else None
        named = choice.prompt if choice else None
        kept = self.kept["prompt_token_ids"] if self.kept else []
        return named if named is not None else kept[at] if at < len(kept) else None

    def ids_given(self, at):
        choice, lists = self.response.choices.get(at) if self.response else None, []
        if choice and choice.ids is not None and not (self.response.is_part and len(choice.ids) < self.it["answers"][at]["tokens"]):
            lists.append(choice.ids)
        kept = self.kept["token_ids"] if self.kept else []
        return lists + ([kept[at]] if at < len(kept) else [])

    def why_not(self, prompt, ids):
        """Why an answer cannot be replayed."""
        p = self.it["request"]["parameters"]
        if self.receipt.model != self.model.digest:
            return "the model is another one"
        if self.it["arithmeticVersion"] != 1:
            return "its arithmetic is another one"
        if prompt is None:
            return "its prompt was not given"
        if len(prompt) > self.model.context:
            return "its prompt is longer than the context"
        if any(id >= self.model.entries for id in [*prompt, *ids, *(one["id"] for one in p["logitBias"])]):
            return "there is no such token"
        return "which tokens a schema leaves is defined by Jikji's program alone" if p["schema"] is not None else None

    def answers(self):
        found = []
        for at, signed in enumerate(self.it["answers"]):
            one, lists = Answer(signed), self.ids_given(at)
            one.given = lists[0] if lists else None
            one.ids = next((ids for ids in lists if self.receipt.is_chain(at, ids)), None)
            prompt = self.prompt(at // self.it["request"]["n"])
            known = one.ids if one.ids is not None else one.given
            one.why = self.why_not(prompt, known or [])
            if one.why is None:
                p, seed = self.it["request"]["parameters"], signed["seed"]
                if known is None:
                    known = first_tokens(self.model, prompt, p, seed, min(signed["tokens"], self.model.context + 1))
                    one.is_generated, one.ids = True, known if self.receipt.is_chain(at, known) else None
                one.difference, one.ending, one.text = replay(self.model, prompt, p, seed, known, one.is_broken_off)
                one.is_replayed = True
            found.append(one)
        return found

    def agrees(self, checks, name):
        """What agrees with a request holds if it is the client's, and not only the server's word for it."""
        checks.add(name, "not-checked" if self.request.is_servers else "holds", "the server's word" if self.request.is_servers else "")

    def check_model(self, checks):
        same = self.receipt.model == self.model.digest
        named = {one["name"]: one["digest"] for one in self.it["model"]["files"]}
        others = [one["name"] for one in self.model.files if named.get(one["name"]) != one["digest"]]
        checks.add("model", "holds" if same else "refuted", "" if same else f"other files: {', '.join(others) or 'in another order'}")

    def check_run(self, checks):
        run = self.it["run"]
        try:
            seal = self.model.seal()
        except (Wrong, Absent) as error:
            return checks.add("run", "refuted" if run else "not-checked", str(error))
        if run is None or seal is None:
            return checks.add("run", "not-checked", "the receipt names no run" if run is None else NOT_GIVEN)
        same = (seal.digest, seal.subjects.get("state")) == (run["seal"], run["state"])
        return checks.add("run", "holds" if same else "refuted", "" if same else "another seal")

    def check_prompt(self, checks):
        wanted, request = self.it["request"]["prompts"], self.request
        if request is None:
            named = [at for at in range(len(wanted)) if self.prompt_ids(at) is not None]
            wrong = any(self.prompt(at) is None for at in named)
            return checks.add("prompt", "refuted" if wrong else "not-checked", "the ids are those of another prompt" if wrong else NOT_GIVEN)
        if len(request.prompts) != len(wanted):
            return checks.add("prompt", "refuted", "another number of prompts")
        if request.template != self.it["request"]["chatTemplate"]:
            return checks.add("prompt", "refuted", "another chat template")
        if any((len(ids), digest_of_ids(ids)) != (one["tokens"], one["digest"]) for ids, one in zip(request.prompts, wanted)):
            return checks.add("prompt", "refuted", "another prompt")
        return self.agrees(checks, "prompt")

    def check_parameters(self, checks):
        request, signed = self.request, self.it["request"]
        if request is None:
            return checks.add("parameters", "not-checked", NOT_GIVEN)
        others = [name for name, value in signed["parameters"].items() if canonical(value) != canonical(request.parameters[name])]
        pairs = {"n": (signed["n"], request.n), "model": (self.it["model"]["name"], request.model), "nonce": (self.it["nonce"], request.nonce)}
        others += [name for name, (here, there) in pairs.items() if here != there]
        return checks.add("parameters", "refuted", f"other {', '.join(others)}") if others else self.agrees(checks, "parameters")

    def check_seed(self, checks):
        answers, chooser, request = self.it["answers"], self.it["seedFrom"], self.request
        first = answers[0]["seed"]
        refuted = lambda why: checks.add("seed", "refuted", why)
        if any(one["seed"] != first + at % self.it["request"]["n"] for at, one in enumerate(answers)):
            return refuted("the seeds do not follow one another")
        if request:
            wanted = "client" if request.seed is not None else "nonce" if request.nonce is not None else "server"
            if wanted != chooser:
                return refuted("somebody else chose it")
            if request.seed not in (None, first):
                return refuted("the client chose another one")
        if chooser == "nonce":
            if self.it["nonce"] is None or self.receipt.seed_of_nonce() != first:
                return refuted("it does not follow from the nonce")
            return checks.add("seed", "holds")
        return self.agrees(checks, "seed") if request else checks.add("seed", "not-checked", NOT_GIVEN)

    def check_answers(self, checks, found):
        lacking = lambda one: one.ids is None
        checks.judge(
            "chain",
            [f"answer {at}: other tokens" for at, one in enumerate(found, 1) if lacking(one) and (one.is_generated or one.given is not None)],
            [f"answer {at}: {NOT_GIVEN}" for at, one in enumerate(found, 1) if lacking(one)],
        )
        other = lambda one: one.difference is not None and one.difference[1] is not None
        checks.judge(
            "replay",
            [f"answer {at}: another token" for at, one in enumerate(found, 1) if other(one) or one.is_generated and lacking(one)],
            [f"answer {at}: {one.why}" for at, one in enumerate(found, 1) if one.why],
        )
        checks.judge(
            "ending",
            [f"answer {at}: {self.wrong_end(one)}" for at, one in enumerate(found, 1) if self.wrong_end(one)],
            [f"answer {at}: the server's word" for at, one in enumerate(found, 1) if one.is_broken_off or not one.is_replayed],
        )

    def wrong_end(self, one):
        if one.difference is not None:
            return "it was cut short" if one.difference[1] is None else None
        if one.is_broken_off or not one.is_replayed or one.is_generated and one.ids is None:
            return None
        return None if one.ending == one.signed["ended"] else f"it ends by {one.ending}"

    def check_response(self, checks, found):
        response, id = self.response, self.it["id"]
        if response is None:
            return checks.add("response", "not-checked", NOT_GIVEN)
        refuted = [] if response.receipt in (None, id) and (response.id or f"-{id}").endswith(f"-{id}") else ["it is another answer's"]
        refuted += [] if response.models <= {self.it["model"]["name"]} else ["it names another model"]
        prompt = sum(one["tokens"] for one in self.it["request"]["prompts"])
        completion = sum(one["tokens"] for one in self.it["answers"])
        counted = {"prompt_tokens": prompt, "completion_tokens": completion, "total_tokens": prompt + completion}
        same = response.usage is None or all(response.usage.get(name) == n for name, n in counted.items())
        refuted += [] if same else ["its usage counts other tokens"]
        prompts = self.it["request"]["prompts"]
        named = [(at, one.prompt) for at, one in response.choices.items() if at < len(found) and one.prompt is not None]
        others = [at for at, ids in named if digest_of_ids(ids) != prompts[at // self.it["request"]["n"]]["digest"]]
        refuted += ["its ids of the prompt are others"] if others else []
        refuted += ["it has more choices"] if any(index >= len(found) for index in response.choices) else []
        open_ = []
        for at, one in enumerate(found):
            choice = response.choices.get(at)
            if choice is None:
                refuted += [] if response.is_part else [f"answer {at + 1} is missing"]
                continue
            self.compare(one, choice, at, refuted, open_)
        return checks.judge("response", refuted, open_)

    def compare(self, one, choice, at, refuted, open_):
        """The text, the ids and the reason of an answer's end."""
        name, is_part = f"answer {at + 1}", one.is_broken_off or self.response.is_part
        echo = self.request.texts[at // self.it["request"]["n"]] if self.request and self.request.echo else ""
        text = echo + one.text
        if not one.is_replayed or choice.calls:
            open_.append(f"{name}: its text is not known")
        elif not (text.startswith(choice.text) if is_part else text == choice.text):
            may_be_echo = self.request is None and choice.text.endswith(one.text)
            (open_ if may_be_echo else refuted).append(f"{name}: another text")
        if choice.ids is not None and one.ids is not None:
            short = self.response.is_part and len(choice.ids) < len(one.ids)
            if choice.ids != (one.ids[: len(choice.ids)] if short else one.ids):
                refuted.append(f"{name}: other ids")
        reason = "tool_calls" if one.signed["ended"] == "end" and choice.calls else REASONS.get(one.signed["ended"])
        if choice.finish != reason and not (self.response.is_part and choice.finish is None):
            refuted.append(f"{name}: another reason of its end")

    def judge(self, checks):
        self.check_model(checks)
        self.check_run(checks)
        found = self.answers()
        self.check_prompt(checks)
        self.check_parameters(checks)
        self.check_seed(checks)
        self.check_answers(checks, found)
        self.check_response(checks, found)
        differences = [{"answer": at, **dict(zip(("position", "given", "chosen"), one.difference))} for at, one in enumerate(found) if one.difference]
        standings = {check["name"]: check["verdict"] for check in checks.list}
        refuted = "refuted" in standings.values()
        is_something = any(one.signed["tokens"] > 0 or one.signed["ended"] == "end" for one in found)
        holds = is_something and standings["replay"] == "holds"
        return {"verdict": "refuted" if refuted else "holds" if holds else "incomplete", "differences": differences}


def read(path, most):
    with open(path, "rb") as file:
        data = file.read(most + 1)
    if len(data) > most:
        raise Wrong("is too large")
    return data


def verify(path, model, request=None, response=None, key=None):
    """@raises Wrong where a file is not what it should be, OSError, NotJudged"""
    data, kept = read(path, MOST_RECEIPT), None
    if not is_receipt(data):
        kept = parse(data.decode())
        if not isinstance(kept, dict) or kept.keys() != {"receipt", "request", *KEPT_IDS}:
            raise Wrong("is not a receipt")
        if not all(isinstance(kept[name], list) and all(isinstance(ids, list) and all(map(id_, ids)) for ids in kept[name]) for name in KEPT_IDS):
            raise Wrong("has ids that are none")
        try:
            data = canonical(kept["receipt"]) + b"\n"
        except (ValueError, TypeError) as error:
            raise Wrong("is not a receipt") from error
        if not is_receipt(data):
            raise Wrong("is not a receipt")
    body = leniently(read(request, MOST_REQUEST).decode()) if request else kept and kept["request"]
    saved, checks = Response(read(response, MOST_RESPONSE).decode()) if response else None, Checks()
    try:
        receipt = Receipt(data)
    except Wrong as error:
        checks.add("signature", "refuted", str(error))
        return {"verdict": "refuted", "checks": checks.list, "differences": []}
    own = key in (None, receipt.keyid)
    checks.add("signature", "holds" if own else "refuted", "" if own else "is signed by another key")
    opened = Served(model)
    asked = None if body is None else Request(body, opened, request is None)
    found = Judge(receipt, opened, asked, saved, kept).judge(checks)
    return {"verdict": found["verdict"], "checks": checks.list, "differences": found["differences"]}


if __name__ == "__main__":
    options = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    options.add_argument("receipt")
    options.add_argument("--model", required=True)
    for option in ("--request", "--response", "--key"):
        options.add_argument(option)
    given = options.parse_args()
    try:
        result = verify(given.receipt, given.model, given.request, given.response, given.key)
    except NotJudged as error:
        result = {"verdict": "not-judged", "why": str(error), "checks": [], "differences": []}
    except (Wrong, Absent, OSError, UnicodeDecodeError) as error:
        sys.exit(print(f"error: {given.receipt}: {error}", file=sys.stderr) or 2)
    print(json.dumps(result))
    sys.exit(0 if result["verdict"] == "holds" else 1)
