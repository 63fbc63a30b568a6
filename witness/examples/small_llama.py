"""A small Llama, trained on a token file, with the four functions that an auditor calls and a loop that a maker runs.

RMSNorm, rotary embedding, SwiGLU, untied head; AdamW, warm-up and cosine, clipping. The token file is one of Jikji's corpus
(corpus/source-NN.train.bin): ids of 16 bits, or of 32 where `tokenBytes` is 4, little-endian.

    python3 small_llama.py RUN TOKENS.bin
"""

import functools
import math
import sys

import torch
import torch.nn.functional as F
from torch import nn

RECIPE = {
    "tokens": "tokens.bin", "tokenBytes": 2, "vocabSize": 4096, "width": 128, "layers": 4, "heads": 4, "hidden": 352,
    "batchSize": 8, "sequenceLength": 64, "steps": 200, "learningRate": 0.003, "minLearningRate": 0.0003, "warmupSteps": 20,
    "beta1": 0.9, "beta2": 0.95, "weightDecay": 0.1, "gradClip": 1.0, "bfloat16": False,
}  # fmt: skip


class RMSNorm(nn.Module):
    def __init__(self, width: int):
        super().__init__()
        self.weight = nn.Parameter(torch.ones(width))

    def forward(self, x):
        return self.weight * (x * torch.rsqrt(x.float().pow(2).mean(-1, keepdim=True) + 1e-5)).type_as(x)


def rotate(x, angles):
    """Rotates the two halves of each head by position; x is [B, heads, T, size], angles [T, size / 2]."""
    first, second = x.float().chunk(2, -1)
    cos, sin = angles.cos(), angles.sin()
    return torch.cat((first * cos - second * sin, second * cos + first * sin), -1).type_as(x)


class Layer(nn.Module):
    def __init__(self, recipe):
        super().__init__()
        width, hidden = recipe["width"], recipe["hidden"]
        self.heads = recipe["heads"]
        self.attention_norm, self.feed_forward_norm = RMSNorm(width), RMSNorm(width)
        self.query, self.key, self.value, self.output = (nn.Linear(width, width, bias=False) for _ in range(4))
        self.gate, self.up = nn.Linear(width, hidden, bias=False), nn.Linear(width, hidden, bias=False)
        self.down = nn.Linear(hidden, width, bias=False)

    def forward(self, x, angles):
        B, T, C = x.shape
        h = self.attention_norm(x)
        q, k, v = (p(h).view(B, T, self.heads, -1).transpose(1, 2) for p in (self.query, self.key, self.value))
        h = F.scaled_dot_product_attention(rotate(q, angles), rotate(k, angles), v, is_causal=True)
        x = x + self.output(h.transpose(1, 2).reshape(B, T, C))
        h = self.feed_forward_norm(x)
        return x + self.down(F.silu(self.gate(h)) * self.up(h))


class Llama(nn.Module):
    def __init__(self, recipe):
        super().__init__()
        self.embedding = nn.Embedding(recipe["vocabSize"], recipe["width"])
        self.layers = nn.ModuleList(Layer(recipe) for _ in range(recipe["layers"]))
        self.norm = RMSNorm(recipe["width"])
        self.head = nn.Linear(recipe["width"], recipe["vocabSize"], bias=False)
        size = recipe["width"] // recipe["heads"]
        frequencies = 10000.0 ** (-torch.arange(0, size, 2).float() / size)
        angles = torch.arange(recipe["sequenceLength"]).float()[:, None] * frequencies
        self.register_buffer("angles", angles, persistent=False)
        for name, weight in self.named_parameters():
            if weight.dim() == 2:
                deep = name.endswith(("output.weight", "down.weight"))
                nn.init.normal_(weight, std=0.02 / (math.sqrt(2 * recipe["layers"]) if deep else 1))

    def forward(self, tokens):
        x = self.embedding(tokens)
        for layer in self.layers:
            x = layer(x, self.angles)
        return self.head(self.norm(x))


def build(recipe, seed):
    torch.manual_seed(seed)
    model = shared_among_ranks(Llama(recipe), recipe)
    decayed = [weight for weight in model.parameters() if weight.dim() == 2]
    others = [weight for weight in model.parameters() if weight.dim() != 2]
    if recipe.get("parallel") == "fsdp1":  # its pieces are flat: the shape is gone
        decayed, others = list(model.parameters()), []
    groups = [{"params": decayed, "weight_decay": recipe["weightDecay"]}]
    if others:
        groups.append({"params": others, "weight_decay": 0.0})
    return model, torch.optim.AdamW(groups, lr=recipe["learningRate"], betas=(recipe["beta1"], recipe["beta2"]))


def shared_among_ranks(model, recipe):
    """The model in the wrapper that the recipe's `parallel` names, where there are ranks."""
    if recipe.get("parallel") == "ddp":
        return nn.parallel.DistributedDataParallel(model)
    if recipe.get("parallel") == "fsdp1":
        from torch.distributed.fsdp import FullyShardedDataParallel
        from torch.distributed.fsdp.wrap import ModuleWrapPolicy

        device = None if torch.cuda.is_available() else torch.device("cpu")
        return FullyShardedDataParallel(model, auto_wrap_policy=ModuleWrapPolicy({Layer}), use_orig_params=True, device_id=device)
    return model


@functools.cache
def tokens_of(path, width):
    with open(path, "rb") as file:
        data = bytearray(file.read())
    if width == 4:
        return torch.frombuffer(data, dtype=torch.int32).long()
    return torch.frombuffer(data, dtype=torch.uint16).to(torch.int32).long()


def rank_and_ranks():
    d = torch.distributed
    return (d.get_rank(), d.get_world_size()) if d.is_available() and d.is_initialized() else (0, 1)


def batch(recipe, step):
    """Tokens and targets, [B, T] each: windows in an order that only the step decides; this rank's share of them."""
    tokens, length = tokens_of(recipe["tokens"], recipe["tokenBytes"]), recipe["sequenceLength"]
    windows = (len(tokens) - 1) // length
    order = torch.randint(windows, (recipe["batchSize"],), generator=torch.Generator().manual_seed(step))
    rank, ranks = rank_and_ranks()
    rows = torch.stack([tokens[k * length : (k + 1) * length + 1] for k in order.tolist()[rank::ranks]])
    return rows[:, :-1].contiguous(), rows[:, 1:].contiguous()


def learning_rate(recipe, step):
    most, least, warm, steps = (recipe[name] for name in ("learningRate", "minLearningRate", "warmupSteps", "steps"))
    if step <= warm:
        return most * step / warm
    return least + (most - least) * (1 + math.cos(math.pi * (step - warm) / max(1, steps - warm))) / 2


def train_step(model, optimizer, recipe, step, batch):
    tokens, targets = batch
    rate = learning_rate(recipe, step)
    for group in optimizer.param_groups:
        group["lr"] = rate
    optimizer.zero_grad(set_to_none=True)
    with torch.autocast(tokens.device.type, torch.bfloat16, enabled=recipe["bfloat16"]):
        logits = model(tokens)
    loss = F.cross_entropy(logits.float().flatten(0, 1), targets.flatten())
    loss.backward()
    if hasattr(model, "clip_grad_norm_"):  # FSDP1: over the pieces of all ranks
        norm = model.clip_grad_norm_(recipe["gradClip"])
    else:
        norm = nn.utils.clip_grad_norm_(model.parameters(), recipe["gradClip"])
    optimizer.step()
    return loss.item(), norm.item(), rate


def main(folder, tokens):
    from jikji_witness import Witness

    recipe = RECIPE | {"tokens": tokens}
    seed = 7
    model, optimizer = build(recipe, seed)
    with Witness(folder, model, optimizer, recipe=recipe, seed=seed, steps=recipe["steps"], code=[__file__], data=[tokens], pair_every=50) as witness:
        for step in witness.steps():
            inputs = batch(recipe, step)
            loss, grad_norm, rate = train_step(model, optimizer, recipe, step, inputs)
            witness.record(step, batch=inputs, loss=loss, grad_norm=grad_norm, learning_rate=rate)
            if step % 20 == 0:
                print(f"step {step}: loss {loss:.3f}")


if __name__ == "__main__":
    if len(sys.argv) != 3:
        sys.exit("usage: python3 small_llama.py RUN TOKENS.bin")
    main(*sys.argv[1:])
