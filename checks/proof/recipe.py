"""recipe.yaml in its one written form (docs/proof.md, "recipe.yaml"): reads it, writes it back, checks it key by key."""

import json
import re

from digests import number
from readers import READERS, is_pairs, is_talk

INTEGER = re.compile(r"[-+]?[0-9]+")
FLOAT = re.compile(r"[-+]?(\.[0-9]+|[0-9]+\.[0-9]*|(\.[0-9]+|[0-9]+(\.[0-9]*)?)[eE][-+]?[0-9]+)")
OTHER = re.compile(r"~|[Nn]ull|NULL|[Tt]rue|TRUE|[Ff]alse|FALSE|[-+]?\.(inf|Inf|INF)|\.nan|\.NaN|\.NAN|0o[0-7]+|0x[0-9a-fA-F]+|")
QUOTED = re.compile(r"""^[\t ,\[\]{}#&*!|>'"%@`]|^[?-]$|^[?-][ \t]|:[ \t]|[\t ]#|[\t :]$""")


class Broken(Exception):
    pass


def scalar(text):
    if text.startswith('"'):
        return json.loads(text)
    if text.startswith("'"):
        return text[1:-1]
    if text in ("true", "false"):
        return text == "true"
    if INTEGER.fullmatch(text):
        return int(text)
    return float(text) if FLOAT.fullmatch(text) else text


def read(text):
    """The value of a text in that form; for other texts, a value that `written` does not turn back into the text, or an error."""
    lines = []
    for line in text.split("\n"):
        content = line.lstrip(" ")
        if content:
            lines.append([len(line) - len(content), content])

    def block(i, indent):
        if lines[i][1].startswith("- "):
            items = []
            while i < len(lines) and lines[i][0] == indent and lines[i][1].startswith("- "):
                content = lines[i][1][2:]
                if re.match(r"[A-Za-z0-9]+:( |$)", content):
                    lines[i] = [indent + 2, content]
                    item, i = block(i, indent + 2)
                else:
                    item, i = scalar(content), i + 1
                items.append(item)
            return items, i
        members = {}
        while i < len(lines) and lines[i][0] == indent:
            key, colon, rest = lines[i][1].partition(":")
            if not colon or key in members:
                raise Broken(f"line {i + 1} of it")
            if rest:
                members[key], i = scalar(rest[1:]), i + 1
            elif i + 1 < len(lines) and lines[i + 1][0] > indent:
                members[key], i = block(i + 1, lines[i + 1][0])
            else:
                raise Broken(f"nothing under {key}")
        return members, i

    try:
        value, end = block(0, 0)
    except (ValueError, IndexError, RecursionError) as error:
        raise Broken("not in the form in which it is written") from error
    if end != len(lines):
        raise Broken("not in the form in which it is written")
    return value


def written(value):
    def word(value):
        if isinstance(value, bool):
            return str(value).lower()
        if not isinstance(value, str):
            return re.sub(r"^(-?\d+)e", r"\1.0e", number(value))
        if not (QUOTED.search(value) or INTEGER.fullmatch(value) or FLOAT.fullmatch(value) or OTHER.fullmatch(value)):
            return value
        return f"'{value}'" if '"' in value and "'" not in value else json.dumps(value, ensure_ascii=False)

    def block(value, space):
        lines = []
        if isinstance(value, list):
            for item in value:
                inner = block(item, space + "  ") if isinstance(item, dict) else [space + "  " + word(item)]
                lines += [f"{space}- {inner[0][len(space) + 2 :]}", *inner[1:]]
            return lines
        for key, member in value.items():
            if isinstance(member, (dict, list)):
                lines += [f"{space}{key}:", *block(member, space + "  ")]
            else:
                lines.append(f"{space}{key}: {word(member)}")
        return lines

    return "\n".join(block(value, "")) + "\n"


def whole(least, most):
    return lambda x: type(x) is int and least <= x <= most


def real(test):
    import numpy

    return lambda x: type(x) in (int, float) and test(x, float(numpy.float32(x)))


def text(pattern):
    return lambda x: isinstance(x, str) and re.fullmatch(pattern, x) is not None


LINE = r"[^\x00-\x1f\x7f-\x9f\u2028\u2029]{1,1000}"


def lines(x):
    return text(LINE)(x) or isinstance(x, list) and 1 <= len(x) <= 1000 and all(map(text(LINE), x))


def above0(most):
    return real(lambda x, single: 0 < x <= most and single > 0)


below1 = real(lambda x, single: 0 <= x < 1 and single < 1)
NPM = r"(@[a-z0-9~-][a-z0-9._~-]*/)?[a-z0-9~-][a-z0-9._~-]*@\d+\.\d+\.\d+([-+][0-9A-Za-z.+-]+)?"


def special(x):
    return text(LINE)(x) and len(x) <= 256


def token(x):
    return text(LINE)(x) and 2 <= len(x.encode("utf-16-le")) // 2 <= 256 and x != "<|endoftext|>"


SOURCE = {
    "title": lambda x: text(LINE)(x) and len(x.encode("utf-16-le")) // 2 <= 200,
    "npm": text(NPM),
    "files": lines,
    "sha512": text(r"[0-9a-fA-F]{128}|sha512-[A-Za-z0-9+/]{86}=="),
    "path": lines,
    "read": lambda x: x in READERS,
    "field": text(LINE),
    "script": text(r"[A-Za-z_]{1,1000}"),
    "language": text(r"[A-Za-z]{2,8}(-[A-Za-z0-9]{1,8})*"),
    "licence": text(LINE),
    "weight": above0(1000),
}
OPTIONAL = {"title", "npm", "files", "sha512", "path", "field", "script", "architecture", "headDim", "optimizer", "momentum", "dpoBeta", "template", "bosToken", "eosToken"}
SECTIONS = {
    "tokenizer": {"vocabSize": whole(258, 262_144), "bosToken": special, "eosToken": special},
    "chat": {"template": text(LINE), "tokens": lambda x: isinstance(x, list) and 1 <= len(x) <= 64 and all(map(token, x)) and len(set(x)) == len(x)},
    "model": {
        "architecture": lambda x: x in ("qwen2", "qwen3"),
        "hiddenSize": whole(2, 65_536),
        "intermediateSize": whole(1, 262_144),
        "numHiddenLayers": whole(1, 1000),
        "numAttentionHeads": whole(1, 1024),
        "numKeyValueHeads": whole(1, 1024),
        "headDim": whole(2, 1024),
        "maxPositionEmbeddings": whole(1, 2048),
        "ropeTheta": real(lambda x, _: 1 <= x <= 1e12),
        "rmsNormEps": above0(1),
        "initializerRange": above0(10),
        "tieWordEmbeddings": lambda x: type(x) is bool,
    },
    "train": {
        "steps": whole(1, 10**9),
        "batchSize": whole(1, 10**6),
        "microBatchSize": whole(1, 10**6),
        "sequenceLength": whole(1, 2048),
        "gradientGroups": whole(1, 10**6),
        "optimizer": lambda x: x == "muon",
        "learningRate": above0(10),
        "minLearningRate": real(lambda x, _: 0 <= x <= 10),
        "schedule": lambda x: x in ("cosine", "wsd"),
        "decayFraction": real(lambda x, _: 0 <= x <= 1),
        "warmupSteps": whole(0, 10**9),
        "weightDecay": real(lambda x, _: 0 <= x <= 100),
        "beta1": below1,
        "beta2": below1,
        "eps": above0(1),
        "momentum": below1,
        "dpoBeta": above0(1000),
        "gradClip": above0(3e38),
        "validateEvery": whole(1, 10**9),
        "validationTokens": whole(1, 10**12),
        "checkpointEvery": whole(1, 10**9),
        "keepEvery": whole(1, 10**9),
    },
}


def members(value, form, name, optional=frozenset()):
    if not isinstance(value, dict) or [key for key in form if key in value] != list(value) or form.keys() - value.keys() - optional:
        raise Broken(f"{name} has other members, or in another order")
    for key, check in form.items():
        if key in value and not check(value[key]):
            raise Broken(f"{name}.{key} is not what it may be")


def parent(x):
    return isinstance(x, dict) and list(x) in (["run"], ["model"]) and all(map(text(LINE), x.values()))


def anything(_):
    return True


def recipe_of(text_of_file):
    """@raises Broken"""
    value = read(text_of_file)
    top = {"name": text(r"[a-z0-9][a-z0-9._-]{0,99}"), "seed": whole(0, 2**53 - 1), "from": parent, "corpus": anything}
    members(value, {**top, **dict.fromkeys(SECTIONS, anything)}, "the recipe", {"from", "chat"})
    members(value["corpus"], {"sources": lambda x: isinstance(x, list) and 1 <= len(x) <= 1000, "validation": real(lambda x, _: 0 <= x <= 0.5)}, "corpus")
    for section, form in SECTIONS.items():
        if section in value:
            members(value[section], form, section, OPTIONAL)
    for i, source in enumerate(value["corpus"]["sources"]):
        members(source, SOURCE, f"source {i}", OPTIONAL)
        npm, read_by = "npm" in source, source["read"]
        wrong = npm == ("files" in source) or npm != ("path" in source) or not npm and "sha512" in source
        paths = source.get("path", [])
        wrong = wrong or any(path.startswith("/") or ".." in path.split("/") for path in ([paths] if isinstance(paths, str) else paths))
        if wrong or "field" in source and read_by not in ("jsonl", "json-strings") or read_by == "jsonl" and "field" not in source:
            raise Broken(f"source {i} has keys that do not go together")
    m, t, sources = value["model"], value["train"], value["corpus"]["sources"]
    pairs = any(map(is_pairs, sources))
    share, rest = divmod(m["hiddenSize"], m["numAttentionHeads"])
    bounds = [key for key in ("bosToken", "eosToken") if key in value["tokenizer"]]
    rules = [
        len(bounds) != 1 and (not bounds or "from" in value),
        m["headDim"] % 2 == 0 and (m["headDim"] != share or rest) if "headDim" in m else rest == 0 and share % 2 == 0,
        m["numAttentionHeads"] % m["numKeyValueHeads"] == 0,
        t["sequenceLength"] <= m["maxPositionEmbeddings"] * (2 if pairs else 1),
        t["batchSize"] % t["gradientGroups"] == 0,
        t["batchSize"] // t["gradientGroups"] % t["microBatchSize"] == 0,
        t["minLearningRate"] <= t["learningRate"],
        t["validationTokens"] >= t["sequenceLength"],
        ("optimizer" in t) == ("momentum" in t),
        ("dpoBeta" in t) == pairs,
        not pairs or "from" in value and all(map(is_pairs, sources)),
        ("chat" in value) == any(map(is_talk, sources)),
        "chat" not in value or value["tokenizer"]["vocabSize"] >= 257 + len(value["chat"]["tokens"]),
    ]
    if not all(rules):
        raise Broken("has numbers that do not go together")
    if written(value) != text_of_file:
        raise Broken("is not in the form in which it is written")
    return value


def digest_input(recipe):
    return {**recipe, "train": {key: x for key, x in recipe["train"].items() if key != "microBatchSize"}}
