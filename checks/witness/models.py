"""Small models of several kinds, with the four functions that an auditor calls: what `checks/witness/segments.ts` trains.

The recipe's `model` is one of MODELS, `optimizer` one of OPTIMIZERS, `precision` float32, autocast (bfloat16 products) or bfloat16 (weights
too). All read a token file of 16-bit ids.
"""

import functools

import torch
import torch.nn.functional as F
from torch import nn

VOCABULARY, WIDTH, LENGTH, BATCH = 128, 48, 24, 8


class Transformer(nn.Module):
    """LayerNorm, biases, GELU, learned positions, a tied head; dropout where the recipe says so."""

    def __init__(self, recipe):
        super().__init__()
        self.embedding, self.positions = nn.Embedding(VOCABULARY, WIDTH), nn.Embedding(LENGTH, WIDTH)
        layer = functools.partial(nn.TransformerEncoderLayer, WIDTH, 4, 4 * WIDTH, recipe.get("dropout", 0.0), "gelu", batch_first=True, norm_first=True)
        self.layers, self.norm = nn.ModuleList(layer() for _ in range(2)), nn.LayerNorm(WIDTH)
        self.register_buffer("mask", torch.full((LENGTH, LENGTH), float("-inf")).triu(1), persistent=False)

    def forward(self, tokens):
        x = self.embedding(tokens) + self.positions.weight
        for layer in self.layers:
            x = layer(x, self.mask.to(x.dtype))
        return self.norm(x) @ self.embedding.weight.T


class Convolutions(nn.Module):
    """Causal in no way: BatchNorm over a bag of tokens."""

    def __init__(self, _recipe):
        super().__init__()
        self.embedding = nn.Embedding(VOCABULARY, WIDTH)
        self.body = nn.Sequential(nn.Conv1d(WIDTH, 2 * WIDTH, 3, padding=1), nn.BatchNorm1d(2 * WIDTH), nn.ReLU(), nn.Conv1d(2 * WIDTH, WIDTH, 3, padding=1), nn.BatchNorm1d(WIDTH), nn.ReLU())
        self.head = nn.Linear(WIDTH, VOCABULARY)

    def forward(self, tokens):
        return self.head(self.body(self.embedding(tokens).transpose(1, 2)).transpose(1, 2))


class Recurrent(nn.Module):
    def __init__(self, _recipe):
        super().__init__()
        self.embedding, self.cells, self.head = nn.Embedding(VOCABULARY, WIDTH), nn.GRU(WIDTH, 2 * WIDTH, batch_first=True), nn.Linear(2 * WIDTH, VOCABULARY)

    def forward(self, tokens):
        return self.head(self.cells(self.embedding(tokens))[0])


class Experts(nn.Module):
    """A router that sends each token to one of four experts: a choice that rounding can turn over."""

    def __init__(self, _recipe):
        super().__init__()
        self.embedding, self.router = nn.Embedding(VOCABULARY, WIDTH), nn.Linear(WIDTH, 4, bias=False)
        self.experts = nn.ModuleList(nn.Sequential(nn.Linear(WIDTH, 2 * WIDTH), nn.SiLU(), nn.Linear(2 * WIDTH, WIDTH)) for _ in range(4))
        self.head = nn.Linear(WIDTH, VOCABULARY)

    def forward(self, tokens):
        x = self.embedding(tokens)
        weight, chosen = self.router(x).float().softmax(-1).max(-1, keepdim=True)
        out = torch.zeros_like(x)
        for i, expert in enumerate(self.experts):
            out = out + torch.where(chosen == i, (expert(x) * weight).to(x.dtype), torch.zeros_like(x))
        return self.head(x + out)


class Averaged(nn.Module):
    """A perceptron over each token, with an average of its weights that is in no state dict."""

    def __init__(self, _recipe):
        super().__init__()
        self.embedding, self.inner, self.head = nn.Embedding(VOCABULARY, WIDTH), nn.Linear(WIDTH, 4 * WIDTH), nn.Linear(4 * WIDTH, VOCABULARY)
        self.__dict__["average"] = {name: weight.detach().clone() for name, weight in self.named_parameters()}

    def forward(self, tokens):
        return self.head(F.relu(self.inner(self.embedding(tokens))))

    @torch.no_grad()
    def after_step(self):
        for name, weight in self.named_parameters():
            self.__dict__["average"][name].lerp_(weight, 0.05)


class Muon(torch.optim.Optimizer):
    """As PyTorch 2.9 documents torch.optim.Muon, which older versions lack; what is no matrix takes the momentum as it is."""

    def __init__(self, params, lr, weight_decay=0.1, momentum=0.95):
        more = {"nesterov": True, "ns_coefficients": (3.4445, -4.775, 2.0315), "eps": 1e-7, "ns_steps": 5, "adjust_lr_fn": None}
        super().__init__(params, {"lr": lr, "weight_decay": weight_decay, "momentum": momentum, **more})

    @torch.no_grad()
    def step(self):
        for group in self.param_groups:
            rate, momentum = group["lr"], group["momentum"]
            for p in group["params"]:
                if p.grad is None:
                    continue
                held = self.state[p].setdefault("momentum_buffer", torch.zeros_like(p))
                held.lerp_(p.grad, 1 - momentum)
                update = p.grad.lerp(held, momentum)
                p.mul_(1 - rate * group["weight_decay"])
                if p.dim() == 2:
                    p.add_(_orthogonal(update, group).to(p.dtype), alpha=-rate * max(1, p.shape[0] / p.shape[1]) ** 0.5)
                else:
                    p.add_(update, alpha=-rate)


def _orthogonal(g, group):
    a, b, c = group["ns_coefficients"]
    x = g.bfloat16()
    x = x.T if g.shape[0] > g.shape[1] else x
    x = x / x.norm().clamp(min=group["eps"])
    for _ in range(group["ns_steps"]):
        gram = x @ x.T
        x = torch.addmm(x, torch.addmm(gram, gram, gram, beta=b, alpha=c), x, beta=a)
    return x.T if g.shape[0] > g.shape[1] else x


MODELS = {"transformer": Transformer, "convolutions": Convolutions, "recurrent": Recurrent, "experts": Experts, "averaged": Averaged}
OPTIMIZERS = {
    "adamw": lambda params: torch.optim.AdamW(params, lr=2e-3, betas=(0.9, 0.95), weight_decay=0.1),
    "adam": lambda params: torch.optim.Adam(params, lr=1e-3),
    "sgd": lambda params: torch.optim.SGD(params, lr=0.05),
    "nesterov": lambda params: torch.optim.SGD(params, lr=0.03, momentum=0.9, nesterov=True, weight_decay=1e-4),
    "muon": lambda params: Muon(params, lr=0.01),
    "rmsprop": lambda params: torch.optim.RMSprop(params, lr=1e-3),
}


def build(recipe, seed):
    torch.manual_seed(seed)
    model = MODELS[recipe["model"]](recipe)
    if recipe["precision"] == "bfloat16":
        model = model.bfloat16()
    return model, OPTIMIZERS[recipe["optimizer"]](model.parameters())


def buffers(model):
    return [name for name in model.state_dict() if name not in dict(model.named_parameters())]


def averages(model):
    return model.__dict__.get("average", {})


@functools.cache
def tokens_of(path):
    with open(path, "rb") as file:
        return torch.frombuffer(bytearray(file.read()), dtype=torch.uint16).to(torch.int32).long() % VOCABULARY


def batch(recipe, step):
    tokens = tokens_of(recipe["tokens"])
    starts = torch.randint(len(tokens) - LENGTH - 1, (BATCH,), generator=torch.Generator().manual_seed(1000 * recipe["shuffle"] + step))
    rows = torch.stack([tokens[k : k + LENGTH + 1] for k in starts.tolist()])
    return rows[:, :-1].contiguous(), rows[:, 1:].contiguous()


def learning_rate(recipe, step):
    first = OPTIMIZERS[recipe["optimizer"]]([nn.Parameter(torch.zeros(1))]).param_groups[0]["lr"]
    return first * min(1, step / 10)


def train_step(model, optimizer, recipe, step, batch):
    tokens, targets = batch
    rate = learning_rate(recipe, step)
    for group in optimizer.param_groups:
        group["lr"] = rate
    optimizer.zero_grad(set_to_none=True)
    with torch.autocast("cpu", torch.bfloat16, enabled=recipe["precision"] == "autocast"):
        logits = model(tokens)
    loss = F.cross_entropy(logits.float().flatten(0, 1), targets.flatten())
    loss.backward()
    norm = nn.utils.clip_grad_norm_(model.parameters(), 1.0)
    optimizer.step()
    if hasattr(model, "after_step"):
        model.after_step()
    return loss.item(), norm.item(), rate
