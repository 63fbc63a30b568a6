"""What the body of a request means for a model (docs/serving.md, docs/receipts.md): prompts as ids, and the parameters with their defaults."""

import re

from digests import canonical, sha_hex
from files import Wrong
from receipt_form import MOST_SAFE, between, is_nonce
from served import NotJudged
from split import BLANK
from statements import whole
from talk import Unrendered

is_text = lambda x: isinstance(x, str)
is_bool = lambda x: isinstance(x, bool)
is_ids = lambda x: isinstance(x, list) and len(x) > 0 and all(whole(0, 2**31)(id) for id in x)
anything = lambda x: True


def is_stop(x):
    return all(is_text(one) and len(one) <= 1000 for one in (x if isinstance(x, list) else [x])) and (is_text(x) or len(x) <= 16)


def is_bias(x):
    return isinstance(x, dict) and all(re.fullmatch(r"[0-9]{1,10}", id) and between(-100, 100)(bias) for id, bias in x.items())


def is_prompt(x):
    return is_text(x) or is_ids(x) or isinstance(x, list) and 1 <= len(x) <= 256 and (all(map(is_text, x)) or all(map(is_ids, x)))


BOTH = {
    "model": is_text, "temperature": between(0, 100), "top_p": between(0, 1), "top_k": whole(-1, MOST_SAFE), "min_p": between(0, 1), "seed": whole(-1, MOST_SAFE),
    "n": whole(1, 16), "stop": is_stop, "presence_penalty": between(-2, 2), "frequency_penalty": between(-2, 2), "repetition_penalty": between(0.01, 100),
    "logit_bias": is_bias, "response_format": lambda x: isinstance(x, dict), "stream": is_bool, "stream_options": anything, "max_tokens": whole(0, 10**6),
    "nonce": is_nonce, "return_token_ids": is_bool,
    **dict.fromkeys(("user", "store", "metadata", "service_tier", "safety_identifier", "prompt_cache_key"), anything),
}  # fmt: skip
COMPLETION = {**BOTH, "prompt": is_prompt, "echo": is_bool, "logprobs": whole(0, 20), "best_of": anything, "suffix": lambda x: x == ""}
CHAT = {**BOTH, "messages": lambda x: isinstance(x, list) and len(x) > 0, "max_completion_tokens": whole(1, 10**6), "logprobs": is_bool, "top_logprobs": whole(0, 20), "modalities": lambda x: x == ["text"]}
TOOLS = ("tools", "tool_choice", "parallel_tool_calls")
ROLES = {"system": "system", "developer": "system", "user": "user", "assistant": "assistant"}
DEFAULTS = {
    "temperature": 1, "topK": 0, "topP": 1, "minP": 0, "presencePenalty": 0, "frequencyPenalty": 0, "repetitionPenalty": 1,
}  # fmt: skip


def messages_of(given):
    """As a template takes them. @raises Wrong, NotJudged"""
    found = []
    for one in given:
        if not isinstance(one, dict) or not is_text(one.get("role")):
            raise Wrong("is not the body of a request")
        content = one.get("content")
        if one["role"] not in ROLES or "tool_calls" in one:
            raise NotJudged("a conversation with calls of tools")
        if isinstance(content, list):
            content = "".join(part["text"] for part in content)
        if not is_text(content):
            raise Wrong("has a message without a text")
        found.append({"role": ROLES[one["role"]], "content": content.strip("".join(map(chr, BLANK)))})
    return found


class Request:
    """body: the parsed JSON. is_servers: nobody but the server says that this was the request. @raises Wrong, NotJudged"""

    def __init__(self, body, model, is_servers):
        self.is_servers, self.is_chat = is_servers, isinstance(body, dict) and "messages" in body
        forms = CHAT if self.is_chat else COMPLETION
        if isinstance(body, dict) and any(body.get(name) is not None for name in TOOLS):
            raise NotJudged("a request with tools: which tokens they leave is defined by Jikji's program alone")
        given = {name: value for name, value in body.items() if value is not None} if isinstance(body, dict) else {}
        if not given.keys() <= forms.keys() or not all(forms[name](value) for name, value in given.items()) or "model" not in given:
            raise Wrong("is not the body of a request")
        given = {name: value for name, value in given.items() if not (name in ("seed", "top_k") and value == -1)}  # the same as none
        self.model, self.n, self.seed, self.nonce = given["model"], given.get("n", 1), given.get("seed"), given.get("nonce")
        self.echo = given.get("echo", False)
        ends = set(model.ends)
        if self.is_chat:
            most = given.get("max_completion_tokens", given.get("max_tokens", model.context))
            self.chat_prompt(given, model, ends)
        else:
            most = given.get("max_tokens", 16)
            self.completion_prompts(given, model)
        if any(len(ids) > model.context for ids in self.prompts):
            raise Wrong("is not a request to this model: a prompt is longer than its context")
        spelled = {re.sub("([A-Z])", lambda found: "_" + found[0].lower(), name): name for name in DEFAULTS}
        stop = given.get("stop", [])
        bias = {int(id): value for id, value in given.get("logit_bias", {}).items()}
        if any(id >= model.entries for id in bias):
            raise Wrong("is not a request to this model: it has a bias of a token that there is not")
        self.parameters = {
            **DEFAULTS,
            **{name: given[member] for member, name in spelled.items() if member in given},
            "maxTokens": most,
            "logitBias": [{"id": id, "bias": bias[id]} for id in sorted(bias)],
            "stop": [stop] if is_text(stop) else stop,
            "ends": sorted(ends),
            "schema": schema_digest(given.get("response_format")),
        }

    def completion_prompts(self, given, model):
        prompt = given.get("prompt")
        if prompt is None:
            raise Wrong("is not the body of a request")
        prompts = [prompt] if is_text(prompt) or is_ids(prompt) else prompt
        if any(id >= model.entries for one in prompts if not is_text(one) for id in one):
            raise Wrong("is not a request to this model: it has an id that there is not")
        self.prompts = [[model.start, *model.plain(one)] if is_text(one) else one for one in prompts]
        self.texts = [one if is_text(one) else model.decoded(one) for one in prompts]
        self.template = None

    def chat_prompt(self, given, model, ends):
        if model.talks is None:
            raise Wrong("is not a request to this model: it has no chat template")
        try:
            self.prompts, self.texts = [model.talks.prompt(messages_of(given["messages"]))], [""]
            end = model.talks.end()
        except Unrendered as error:
            raise NotJudged("jinja2 is not installed, which renders its chat template") from error
        ends |= set() if end is None else {end}
        self.template = model.template_digest


def schema_digest(form):
    if form is None or form.get("type") == "text":
        return None
    is_object = form.get("type") == "json_object"
    schema = (form.get("schema") or {"type": "object"}) if is_object else form["json_schema"]["schema"]
    return sha_hex(canonical(schema))
