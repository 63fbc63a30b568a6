"""The training that the adapters' tests compare: a small causal model with dropout, parts that add up to a step, and the plain loop over it."""

import torch
from torch import nn

RECIPE = {"width": 16, "vocab": 40, "rows": 2, "length": 8, "parts": 3, "steps": 12, "lr": 0.01, "clip": 0.5, "dropout": 0.2}


class Causal(nn.Module):
    """As Hugging Face's: given labels, and the number of them in the step, it computes its loss itself."""

    def __init__(self, recipe):
        super().__init__()
        self.embedding = nn.Embedding(recipe["vocab"], recipe["width"])
        self.block = nn.Sequential(nn.Linear(recipe["width"], recipe["width"]), nn.Tanh(), nn.Dropout(recipe["dropout"]))
        self.head = nn.Linear(recipe["width"], recipe["vocab"], bias=False)

    def forward(self, input_ids, labels=None, num_items_in_batch=None):
        x = self.embedding(input_ids)
        logits = self.head(x + self.block(x))
        return logits if labels is None else {"logits": logits, "loss": sum_of_losses(logits, labels) / num_items_in_batch}


def sum_of_losses(logits, labels):
    return nn.functional.cross_entropy(logits.flatten(0, 1), labels.flatten(), reduction="sum")


def build(recipe, seed):
    torch.manual_seed(seed)
    model = Causal(recipe)
    return model, torch.optim.AdamW(model.parameters(), lr=recipe["lr"], betas=(0.9, 0.99))


def batch(recipe, step):
    """The parts of a step: input_ids and labels, in the order of these names."""
    draw = torch.Generator().manual_seed(step)
    rows = [torch.randint(recipe["vocab"], (recipe["rows"], recipe["length"] + 1), generator=draw) for _ in range(recipe["parts"])]
    return [(row[:, :-1].contiguous(), row[:, 1:].contiguous()) for row in rows]


def factor(recipe, done):
    """Of the learning rate, after so many steps."""
    return 1 - done / (2 * recipe["steps"])


def learning_rate(recipe, step):
    return recipe["lr"] * factor(recipe, step - 1)


def train_step(model, optimizer, recipe, step, batch):
    for group in optimizer.param_groups:
        group["lr"] = learning_rate(recipe, step)
    optimizer.zero_grad()
    items, total = sum(labels.numel() for _, labels in batch), 0.0
    for input_ids, labels in batch:
        loss = model(input_ids, labels, items)["loss"]
        loss.backward()
        total += loss.item()
    norm = nn.utils.clip_grad_norm_(model.parameters(), recipe["clip"])
    optimizer.step()
    return total, norm.item(), learning_rate(recipe, step)


def witness_of(folder, model, optimizer, **more):
    from jikji_witness import Witness

    options = {"recipe": RECIPE, "seed": 7, "steps": RECIPE["steps"], "code": [__file__], "data": [], "pair_every": 4, "keep_every": 5}
    return Witness(folder, model, optimizer, **options | more)


def plain_loop(folder):
    model, optimizer = build(RECIPE, 7)
    with witness_of(folder, model, optimizer) as witness:
        for step in witness.steps():
            parts = batch(RECIPE, step)
            loss, norm, rate = train_step(model, optimizer, RECIPE, step, parts)
            witness.record(step, batch=parts, loss=loss, grad_norm=norm, learning_rate=rate)
