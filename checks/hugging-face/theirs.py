"""The other half, built from PyTorch and safetensors: /usr/bin/python3 theirs.py make|judge FOLDER

make   Folders of Llama, Qwen2 and Qwen3 with random weights, in the forms in which models are published: bfloat16 in two shards, float16 in one file,
       scaled frequencies, an unused attention window, an explicit head size.
judge  Logits of ours against a forward pass in float64 over the weights as they are stored: the largest difference, as a part of the
       largest logit, must stay below 1e-4. The same with mistakes planted here, one at a time: each must be found, or the check is
       blind. Nothing of ours is imported. Exit code 1 where a check fails.
"""

import json
import math
import os
import shutil
import sys

try:
    import torch
    from safetensors import safe_open
    from safetensors.torch import load_file, save_file
except ImportError as error:
    print(f"{error.name} is missing; on Debian: apt-get install python3-torch python3-safetensors", file=sys.stderr)
    sys.exit(2)

BOUND = 1e-4

LLAMA3 = {"rope_type": "llama3", "factor": 8.0, "low_freq_factor": 1.0, "high_freq_factor": 4.0, "original_max_position_embeddings": 32}
QWEN2 = {"architectures": ["Qwen2ForCausalLM"], "model_type": "qwen2", "rope_theta": 1000000.0, "rms_norm_eps": 1e-6}
WINDOW = {"use_sliding_window": False, "sliding_window": 16, "max_window_layers": 1}
QWEN3 = {"architectures": ["Qwen3ForCausalLM"], "model_type": "qwen3", "attention_bias": False, "rope_theta": 1000000.0, "rms_norm_eps": 1e-6}
PLANTED = {
    "qwen2": ["no-bias-of-q", "no-bias-of-k", "no-bias-of-v"],
    "qwen3": ["heads-not-normed", "norm-after-rotary", "key-norm-of-queries"],
}
# name: type, shards, and the differences from a Llama of two layers
FOLDERS = {
    "untied-two-shards": (torch.bfloat16, 2, {}),
    "tied-half": (torch.float16, 1, {"tie_word_embeddings": True, "num_key_value_heads": 3, "rms_norm_eps": 1e-6}),
    "scaled-llama3": (torch.bfloat16, 2, {"rope_scaling": LLAMA3, "rope_theta": 500000.0}),
    "scaled-linear": (torch.float32, 1, {"rope_scaling": {"type": "linear", "factor": 3.0}}),
    "newer-config": (torch.bfloat16, 1, {"rope_theta": None, "rope_parameters": {**LLAMA3, "rope_theta": 20000.0}}),
    "qwen2": (torch.bfloat16, 2, {**QWEN2, **WINDOW}),
    "qwen2-tied": (torch.float32, 1, {**QWEN2, "tie_word_embeddings": True, "hidden_size": 84}),
    "qwen3": (torch.bfloat16, 1, {**QWEN3, **WINDOW, "sliding_window": None, "head_dim": 32}),
    "qwen3-tied": (torch.float32, 2, {**QWEN3, "tie_word_embeddings": True, "head_dim": 10, "num_attention_heads": 4}),
    "head-size": (torch.bfloat16, 1, {"head_dim": 24, "num_attention_heads": 5, "num_key_value_heads": 1}),
}


def make(folder):
    with open(os.path.join(folder, "tokenizer.json"), encoding="utf-8") as file:
        vocab = len(json.load(file)["model"]["vocab"]) + 16  # padded, as in many models
    for number, (name, (kind, shards, said)) in enumerate(FOLDERS.items()):
        config = {
            "architectures": ["LlamaForCausalLM"], "model_type": "llama", "vocab_size": vocab, "hidden_size": 96, "intermediate_size": 160,
            "num_hidden_layers": 2, "num_attention_heads": 6, "num_key_value_heads": 2, "max_position_embeddings": 256, "rope_theta": 10000.0,
            "rms_norm_eps": 1e-5, "hidden_act": "silu", "tie_word_embeddings": False, "bos_token_id": 0, "eos_token_id": [0],
            "torch_dtype": str(kind).removeprefix("torch."), **said,
        }
        config = {key: value for key, value in config.items() if value is not None}
        generator = torch.Generator().manual_seed(number)
        weights = {}

        def matrix(name, rows, columns):
            weights[f"{name}.weight"] = torch.randn(rows, columns, generator=generator, dtype=torch.float64) * 1.5 / math.sqrt(columns)

        def vector(name, length, around):
            weights[name] = around + 0.3 * torch.randn(length, generator=generator, dtype=torch.float64)

        size, inner, head = config["hidden_size"], config["intermediate_size"], head_size(config)
        queries, keys = head * config["num_attention_heads"], head * config["num_key_value_heads"]
        matrix("model.embed_tokens", vocab, size)
        for layer in range(config["num_hidden_layers"]):
            at = f"model.layers.{layer}."
            vector(f"{at}input_layernorm.weight", size, 1)
            for part, rows, columns in (("q", queries, size), ("k", keys, size), ("v", keys, size), ("o", size, queries)):
                matrix(f"{at}self_attn.{part}_proj", rows, columns)
                if config["model_type"] == "qwen2" and part != "o":
                    vector(f"{at}self_attn.{part}_proj.bias", rows, 0)
                if config["model_type"] == "qwen3" and part in "qk":
                    vector(f"{at}self_attn.{part}_norm.weight", head, 1)
            vector(f"{at}post_attention_layernorm.weight", size, 1)
            for part, rows, columns in (("gate", inner, size), ("up", inner, size), ("down", size, inner)):
                matrix(f"{at}mlp.{part}_proj", rows, columns)
        vector("model.norm.weight", size, 1)
        if not config["tie_word_embeddings"]:
            matrix("lm_head", vocab, size)
        weights = {key: value.to(kind) for key, value in weights.items()}

        path = os.path.join(folder, "models", name)
        os.makedirs(path)
        with open(os.path.join(path, "config.json"), "w", encoding="utf-8") as file:
            json.dump(config, file, indent=2)
        shutil.copy(os.path.join(folder, "tokenizer.json"), path)
        save(path, weights, shards)


def save(path, weights, shards):
    if shards == 1:
        save_file(weights, os.path.join(path, "model.safetensors"), {"format": "pt"})
        return
    names, where = list(weights), {}
    for i in range(shards):
        shard = f"model-{i + 1:05}-of-{shards:05}.safetensors"
        part = names[i * len(names) // shards : (i + 1) * len(names) // shards]
        save_file({name: weights[name] for name in part}, os.path.join(path, shard), {"format": "pt"})
        where.update(dict.fromkeys(part, shard))
    total = sum(weight.numel() * weight.element_size() for weight in weights.values())
    with open(os.path.join(path, "model.safetensors.index.json"), "w", encoding="utf-8") as file:
        json.dump({"metadata": {"total_size": total}, "weight_map": where}, file, indent=2)


def head_size(config):
    return config.get("head_dim") or config["hidden_size"] // config["num_attention_heads"]


def frequencies(config, planted):
    head = head_size(config)
    rope = config.get("rope_parameters") or config.get("rope_scaling") or {}
    theta = config.get("rope_theta") or rope["rope_theta"]
    plain = 1 / theta ** (torch.arange(0, head, 2, dtype=torch.float64) / head)
    kind = rope.get("rope_type", rope.get("type", "default"))
    if kind == "default" or planted == "frequencies-not-scaled":
        return plain
    if kind == "linear" or planted == "all-frequencies-scaled":
        return plain / rope["factor"]
    low, high, context = rope["low_freq_factor"], rope["high_freq_factor"], rope["original_max_position_embeddings"]
    length = 2 * math.pi / plain
    smooth = (context / length - low) / (high - low)
    between = (1 - smooth) * plain / rope["factor"] + smooth * plain
    return torch.where(length > context / low, plain / rope["factor"], torch.where(length < context / high, plain, between))


def forward(config, weights, tokens, planted=None):
    """Logits [B, T, V] in float64, by Hugging Face's names and conventions."""
    batch, length = tokens.shape
    heads, groups = config["num_attention_heads"], config["num_key_value_heads"]
    head = head_size(config)
    angle = torch.outer(torch.arange(length, dtype=torch.float64), frequencies(config, planted)).repeat(1, 2)
    seen = torch.ones(length, length, dtype=torch.bool).tril(0)
    if planted == "window-used":
        seen = seen.triu(1 - config["sliding_window"])

    def norm(x, name):
        return x * (x.pow(2).mean(-1, keepdim=True) + config["rms_norm_eps"]).rsqrt() * weights[f"{name}.weight"]

    def rotate(x):
        first, second = x.chunk(2, dim=-1)
        return x * angle.cos() + torch.cat((-second, first), dim=-1) * angle.sin()

    def spread(x):
        if planted == "groups-in-turn":
            return x.repeat(1, heads // groups, 1, 1)
        return x.repeat_interleave(heads // groups, dim=1)

    x = weights["model.embed_tokens.weight"][tokens]
    for layer in range(config["num_hidden_layers"]):
        at = f"model.layers.{layer}."
        h = norm(x, f"{at}input_layernorm")

        def projected(part, count, at=at):
            """[B, heads, T, head]: with Qwen2's bias and Qwen3's norm of each head, rotated."""
            y = h @ weights[f"{at}self_attn.{part}_proj.weight"].T
            if config["model_type"] == "qwen2" and planted != f"no-bias-of-{part}":
                y = y + weights[f"{at}self_attn.{part}_proj.bias"]
            y = y.view(batch, length, count, head).transpose(1, 2)
            if part == "v":
                return y
            if config["model_type"] != "qwen3" or planted == "heads-not-normed":
                return rotate(y)
            name = f"{at}self_attn.{'q' if planted == 'key-norm-of-queries' else part}_norm"
            return norm(rotate(y), name) if planted == "norm-after-rotary" else rotate(norm(y, name))

        q, k, v = projected("q", heads), projected("k", groups), projected("v", groups)
        scores = q @ spread(k).transpose(2, 3) / math.sqrt(head)
        o = scores.masked_fill(~seen, -math.inf).softmax(-1) @ spread(v)
        x = x + o.transpose(1, 2).reshape(batch, length, -1) @ weights[f"{at}self_attn.o_proj.weight"].T
        h = norm(x, f"{at}post_attention_layernorm")
        gate, up = (h @ weights[f"{at}mlp.{part}_proj.weight"].T for part in ("gate", "up"))
        x = x + (gate * gate.sigmoid() * up) @ weights[f"{at}mlp.down_proj.weight"].T
    tied = config["tie_word_embeddings"] or planted == "head-tied"
    return norm(x, "model.norm") @ weights["model.embed_tokens.weight" if tied else "lm_head.weight"].T


def read_weights(path):
    """All tensors of a folder as float64, and their types."""
    index = os.path.join(path, "model.safetensors.index.json")
    if not os.path.exists(index):
        stored = load_file(os.path.join(path, "model.safetensors"))
    else:
        stored = {}
        with open(index, encoding="utf-8") as file:
            where = json.load(file)["weight_map"]
        for shard in sorted(set(where.values())):
            with safe_open(os.path.join(path, shard), framework="pt") as file:
                stored.update({name: file.get_tensor(name) for name in file.keys()})
    return {name: weight.double() for name, weight in stored.items()}, sorted({str(w.dtype).removeprefix("torch.") for w in stored.values()})


def far(ours, theirs):
    return ((ours.double() - theirs).abs().max() / theirs.abs().max()).item()


def judge(folder):
    failed = []
    for name in sorted(os.listdir(os.path.join(folder, "models"))):
        path = os.path.join(folder, "models", name)
        with open(os.path.join(path, "config.json"), encoding="utf-8") as file:
            config = json.load(file)
        weights, kinds = read_weights(path)
        ours = load_file(os.path.join(folder, "logits", f"{name}.safetensors"))
        tokens = ours["tokens"].long()
        theirs = forward(config, weights, tokens)
        distances = {what: far(ours[what], theirs) for what in ("decoder", "training")}
        planted = ["groups-in-turn"] if 1 < config["num_key_value_heads"] < config["num_attention_heads"] else []
        if not config["tie_word_embeddings"]:
            planted.append("head-tied")
        scaled = config.get("rope_parameters") or config.get("rope_scaling")
        if scaled:
            planted.append("frequencies-not-scaled")
            if scaled.get("rope_type") == "llama3":
                planted.append("all-frequencies-scaled")
        planted += PLANTED.get(config["model_type"], [])
        if config.get("sliding_window"):
            planted.append("window-used")
        blind = [p for p in planted if not far(ours["decoder"], forward(config, weights, tokens, p)) > BOUND]
        wrong = [what for what, distance in distances.items() if not distance < BOUND]
        shown = ", ".join(f"{what} {distance:.1e}" for what, distance in distances.items())
        print(f"{name:22} {'+'.join(kinds):10} {shown}   planted mistakes found: {len(planted) - len(blind)} of {len(planted)}")
        failed += [f"{name}: {what}" for what in wrong] + [f"{name}: blind to {p}" for p in blind]
    runs = [f"run{name}{kind}" for name in ("", "-llama", "-qwen2", "-qwen3", "-foreign") for kind in ("", "-exported")]
    missing = {*FOLDERS, *runs, "scaled-llama3-exported"} - set(os.listdir(os.path.join(folder, "models")))
    failed += [f"{name} is missing" for name in sorted(missing)]
    for line in failed:
        print(f"FAILED  {line}")
    print(f"logits agree to {BOUND:g} of the largest" if not failed else f"{len(failed)} failed")
    return 1 if failed else 0


if len(sys.argv) == 3 and sys.argv[1] == "make":
    make(sys.argv[2])
elif len(sys.argv) == 3 and sys.argv[1] == "judge":
    sys.exit(judge(sys.argv[2]))
else:
    print("usage: theirs.py make|judge FOLDER", file=sys.stderr)
    sys.exit(2)
