"""A training of milliseconds a step for the tests: tied weights, a parameter without gradient, a buffer; with DDP or FSDP1 where the recipe says so."""

import os
import sys

import torch
from torch import nn

RECIPE = {"width": 24, "vocab": 40, "batchSize": 4, "length": 8, "steps": 12, "lr": 0.01, "bfloat16": False, "noise": True, "tokens": "tokens.bin"}


class Tiny(nn.Module):
    def __init__(self, recipe):
        super().__init__()
        width = recipe["width"]
        self.embedding = nn.Embedding(recipe["vocab"], width)
        self.block = nn.Sequential(nn.Linear(width, width, bias=recipe.get("parallel") != "fsdp1"), nn.Tanh(), nn.Linear(width, width))  # halves would end with a tensor
        self.head = nn.Linear(width, recipe["vocab"], bias=False)
        if recipe.get("parallel") != "fsdp1":
            self.head.weight = self.embedding.weight
            self.unused = nn.Parameter(torch.randn(3, 2))
        self.register_buffer("seen", torch.zeros((), dtype=torch.int64))
        self.register_buffer("scratch", torch.zeros(5), persistent=False)
        self.dropout = nn.Dropout(0.1 if recipe["noise"] else 0.0)

    def forward(self, tokens):
        x = self.embedding(tokens)
        return self.head(x + self.dropout(self.block(x)))


def build(recipe, seed):
    torch.manual_seed(seed)
    model = Tiny(recipe)
    print("a print of the training code")
    if recipe.get("parallel") == "ddp":
        model = nn.parallel.DistributedDataParallel(model, find_unused_parameters=True)
    if recipe.get("parallel") == "fsdp1":
        from torch.distributed.fsdp import FullyShardedDataParallel
        from torch.distributed.fsdp.wrap import ModuleWrapPolicy

        model = FullyShardedDataParallel(model, auto_wrap_policy=ModuleWrapPolicy({nn.Sequential}), use_orig_params=True, device_id=torch.device("cpu"))
    return model, torch.optim.AdamW(model.parameters(), lr=recipe["lr"], betas=(0.9, 0.99))


def batch(recipe, step):
    with open(recipe["tokens"], "rb") as file:
        tokens = torch.frombuffer(bytearray(file.read()), dtype=torch.uint16).long()
    length = recipe["length"]
    d = torch.distributed
    rank, ranks = (d.get_rank(), d.get_world_size()) if d.is_initialized() else (0, 1)
    starts = torch.randint(len(tokens) - length, (recipe["batchSize"],), generator=torch.Generator().manual_seed(step))
    rows = torch.stack([tokens[i : i + length + 1] for i in starts.tolist()[rank::ranks]])
    return rows[:, :-1].contiguous(), rows[:, 1:].contiguous()


def learning_rate(recipe, step):
    return recipe["lr"] * (1 - step / (2 * recipe["steps"]))


def train_step(model, optimizer, recipe, step, batch):
    tokens, targets = batch
    for group in optimizer.param_groups:
        group["lr"] = learning_rate(recipe, step)
    optimizer.zero_grad()
    with torch.autocast("cpu", torch.bfloat16, enabled=recipe["bfloat16"]):
        logits = model(tokens)
    loss = nn.functional.cross_entropy(logits.float().flatten(0, 1), targets.flatten())
    loss.backward()
    norm = model.clip_grad_norm_(1.0) if hasattr(model, "clip_grad_norm_") else nn.utils.clip_grad_norm_(model.parameters(), 1.0)
    optimizer.step()
    return loss.item(), norm.item(), learning_rate(recipe, step)


def make(folder, recipe, until=None, each=lambda step: None, **options):
    """A maker's loop, in the folder of tokens.bin. `until`: stops after that step, as a crash would."""
    from jikji_witness import Witness

    model, optimizer = build(recipe, 7)
    options = {"pair_every": 4, "keep_every": 5, "code": [__file__], "data": [recipe["tokens"]], "seed": 7} | options
    with Witness(folder, model, optimizer, recipe=recipe, steps=recipe["steps"], **options) as witness:
        for step in witness.steps():
            inputs = batch(recipe, step)
            loss, grad_norm, rate = train_step(model, optimizer, recipe, step, inputs)
            witness.record(step, batch=inputs, loss=loss, grad_norm=grad_norm, learning_rate=rate)
            each(step)
            if step == until:
                raise KeyboardInterrupt
    return model, optimizer


def main():
    """As one of several ranks: FOLDER PARALLEL RANK RANKS MEET [DIES_AFTER]"""
    folder, parallel, rank, ranks, meet, *dies = sys.argv[1:]
    torch.set_num_threads(1)
    os.fsync = lambda _: None
    if int(ranks) > 1:
        torch.distributed.init_process_group("gloo", init_method=f"file://{meet}", rank=int(rank), world_size=int(ranks))

    def each(step):
        if dies and step == int(dies[0]):
            os.kill(os.getpid(), 9)

    make(folder, RECIPE | ({} if parallel == "none" else {"parallel": parallel}), each=each)
    if int(ranks) > 1:
        torch.distributed.destroy_process_group()


if __name__ == "__main__":
    main()
