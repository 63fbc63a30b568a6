"""Judges the files of dump.ts with models built from PyTorch, in float64: /usr/bin/python3 check.py FOLDER

Compared, by norm(difference) / norm(theirs), below 1e-5: logits, loss, every tensor's gradient, and every tensor's weights after ten
steps of AdamW, or of Muon and AdamW; losses and gradient norms of all ten steps. Learning rates agree to binary32, and no logit depends
on a later token or another sequence. Packed conversations have a block-diagonal mask and positions of their own here, and targets of -1
are ignored. Pairs have DPO's loss against the weights of the start.

Weights are also measured against their movement since the start, which is harder: numbers near 1 are spaced 1.2e-7 apart, and AdamW
enlarges the rounding of small gradients. Muon maps singular values near 0 with a slope of 3.4445^5 = 485: where a gradient has fewer rows
than its matrix, rounding errors in the directions that it lacks grow to 2e-4 of the movement. There PyTorch in float32 shows the
achievable accuracy: ours must stay below 1e-5, or else below three times its distance from float64.

Then the same is done with mistakes planted here one at a time (a rotation with the wrong sign, decay on norms, ...): each must be
found, or the check is blind. Nothing of ours is imported, and the files are read by their format. Exit code 1 where a check fails.
"""

import json
import math
import os
import struct
import sys

try:
    import torch
except ImportError:
    print("PyTorch is missing; on Debian: apt-get install python3-torch", file=sys.stderr)
    sys.exit(2)
import torch.nn.functional as F

BOUND = 1e-5
# A gradient below this part of all gradients' norm is 0 but for rounding: with one token there is nothing to attend to.
NOTHING = 1e-12
KINDS = {"F32": torch.float32, "I32": torch.int32}


def read(path):
    """Tensors of a safetensors file as they are."""
    with open(path, "rb") as file:
        data = bytearray(file.read())
    (length,) = struct.unpack_from("<Q", data)
    header = json.loads(data[8 : 8 + length])
    header.pop("__metadata__", None)
    body = memoryview(data)[8 + length :]
    tensors = {}
    for name, entry in header.items():
        start, end = entry["data_offsets"]
        tensors[name] = torch.frombuffer(body[start:end], dtype=KINDS[entry["dtype"]]).reshape(entry["shape"])
    return tensors


class Case:
    """One folder of dump.ts."""

    def __init__(self, folder):
        with open(os.path.join(folder, "case.json"), encoding="utf-8") as file:
            said = json.load(file)
        self.model, self.train, self.records = said["model"], said["train"], said["records"]
        self.start, self.end, self.gradients, self.batches, self.logits = (
            read(os.path.join(folder, f"{part}.safetensors")) for part in ("start", "end", "gradients", "batches", "logits")
        )


    def positions(self, step):
        """Where each slot stands in its sequence, [B, T]: without conversations a window is one."""
        tokens = self.batches[f"tokens.{step}"]
        whole = torch.arange(tokens.shape[1]).expand(tokens.shape)
        return self.batches.get(f"positions.{step}", whole).long()


def rotate_half(x):
    first, second = x.chunk(2, dim=-1)
    return torch.cat((-second, first), dim=-1)


def forward(c, weights, tokens, positions, planted):
    """Logits [B, T, V] by Hugging Face's names and conventions; 0 in slots that are not used, whose position is -1."""
    batch, length = tokens.shape
    heads, groups = c["numAttentionHeads"], c["numKeyValueHeads"]
    head = c.get("headDim", c["hiddenSize"] // heads)
    architecture = c.get("architecture", "llama")
    if architecture not in ("llama", "qwen2", "qwen3"):
        sys.exit(f"check.py does not compute {architecture}")
    head_eps = c["rmsNormEps"] * (0.1 if planted == "head-norm-epsilon" else 1)
    eps = c["rmsNormEps"] * (0.1 if planted == "norm-epsilon" else 1)
    theta = c["ropeTheta"] * (1.01 if planted == "rotary-base" else 1)

    inverse = theta ** (-torch.arange(0, head, 2, dtype=torch.float64) / head)
    angle = (positions.double()[:, None, :, None] * inverse).repeat(1, 1, 1, 2)
    kind = weights["model.norm.weight"].dtype
    cosine, sine = angle.cos().to(kind), angle.sin().to(kind) * (-1 if planted == "rotary-sign" else 1)
    mask = torch.ones(length, length, dtype=torch.bool).tril(1 if planted == "mask-one-later" else 0)
    sequence = (positions == 0).cumsum(1)
    if planted != "neighbours-seen":
        mask = mask & (sequence[:, None, :, None] == sequence[:, None, None, :])
    if planted == "mask-block":  # the first key of each block of 48 is forgotten by later blocks
        mask = mask & ~((torch.arange(length)[None] % 48 == 0) & (torch.arange(length)[:, None] // 48 > torch.arange(length)[None] // 48))

    def norm(x, name, eps=eps):
        return F.rms_norm(x, (x.shape[-1],), weights[name], eps)

    def rotary(x):
        if planted == "rotary-pairs":
            x = x.unflatten(-1, (-1, 2)).transpose(-1, -2).flatten(-2)
        if planted == "rotary-keys" and x.shape[1] == groups:
            return x
        return x * cosine + rotate_half(x) * sine

    def spread(x):
        if planted == "head-order":
            return x.repeat(1, heads // groups, 1, 1)
        return x.repeat_interleave(heads // groups, dim=1)

    x = F.embedding(tokens, weights["model.embed_tokens.weight"])
    for layer in range(c["numHiddenLayers"]):
        at = f"model.layers.{layer}."

        def linear(y, part, bias=None, at=at):
            return F.linear(y, weights[f"{at}{part}.weight"], bias)

        def projected(part, count, at=at):
            """Queries, keys or values [B, heads, T, d]: with Qwen2's bias and Qwen3's norm of each head, rotated."""
            bias = weights[f"{at}self_attn.{part}_proj.bias"] if architecture == "qwen2" else None
            late = planted == "bias-after-rotary" and part != "v"
            y = linear(h, f"self_attn.{part}_proj", None if late or planted == f"no-bias-of-{part}" else bias)
            normed = architecture == "qwen3" and part != "v"
            name = f"{at}self_attn.{'q' if planted == 'key-norm-of-queries' else part}_norm.weight"
            if normed and planted == "norm-over-heads":
                y = F.rms_norm(y, (y.shape[-1],), weights[name].repeat(count), eps)
            y = y.view(batch, length, count, head)
            if normed and planted not in ("norm-over-heads", "norm-after-rotary"):
                y = norm(y, name, head_eps)
            y = y.transpose(1, 2)
            if part != "v":
                y = rotary(y)
            if normed and planted == "norm-after-rotary":
                y = norm(y, name)
            return y + bias.view(count, 1, head) if late else y

        h = norm(x, f"{at}input_layernorm.weight")
        q, k, v = projected("q", heads), projected("k", groups), projected("v", groups)
        scale = (1 / head if planted == "attention-scale" else 1 / math.sqrt(head))
        o = F.scaled_dot_product_attention(q, spread(k), spread(v), attn_mask=mask, scale=scale)
        x = x + linear(o.transpose(1, 2).reshape(batch, length, heads * head), "self_attn.o_proj")
        h = norm(x, f"{at}post_attention_layernorm.weight")
        activation = F.gelu if planted == "activation" else F.silu
        x = x + linear(activation(linear(h, "mlp.gate_proj")) * linear(h, "mlp.up_proj"), "mlp.down_proj")
    last = x if planted == "last-norm" else norm(x, "model.norm.weight")
    head_weight = weights["model.embed_tokens.weight" if c["tieWordEmbeddings"] else "lm_head.weight"]
    if planted == "tied-gradient":
        head_weight = head_weight.detach()
    return F.linear(last, head_weight) * (positions >= 0)[..., None]


def log_likelihoods(c, weights, tokens, targets, positions, planted):
    """Of each packed conversation in order: the log likelihood of its learned targets."""
    logs = F.log_softmax(forward(c, weights, tokens, positions, planted), dim=-1).flatten(0, 1)
    found = logs.gather(1, targets.flatten().clamp(min=0)[:, None])[:, 0] * (targets.flatten() >= 0)
    number = (positions == 0).flatten().cumsum(0) - 1
    return torch.zeros(int(number[-1]) + 1, dtype=found.dtype).index_add(0, number, found)


def preference_loss(s, policy, reference, planted):
    """-log sigmoid(beta (margin of the chosen conversation - margin of the rejected one)), its mean over pairs."""
    if planted == "reference-follows":
        reference = policy.detach()
    gained = policy if planted == "no-reference" else policy - reference
    margin = gained[0::2] - gained[1::2]
    if planted == "pairs-exchanged":
        margin = -margin
    loss = -F.logsigmoid(s["dpoBeta"] * (1.01 if planted == "beta" else 1) * margin)
    return loss.sum() if planted == "sum-of-pairs" else loss.mean()


def learning_rate(s, t):
    """Learning rate of step t, counted from 1."""
    if t <= s["warmupSteps"]:
        return s["learningRate"] * t / s["warmupSteps"]
    peak, low = s["learningRate"], s["minLearningRate"]
    if s["schedule"] == "cosine":
        x = (t - s["warmupSteps"]) / (s["steps"] - s["warmupSteps"])
        return low + (peak - low) * 0.5 * (1 + math.cos(math.pi * x))
    decay_from = s["steps"] - math.floor(s["decayFraction"] * s["steps"])
    return peak if t <= decay_from else peak + (low - peak) * (t - decay_from) / (s["steps"] - decay_from)


def orthogonal(x, planted):
    """x over its norm, then the five steps of Newton and Schulz that Muon has; the shorter side of x gives the products' size."""
    first, third, fifth = 3.4445, -4.775, 2.031 if planted == "muon-coefficient" else 2.0315
    y = x / (x.norm() + 1e-7)
    wide = y.shape[0] <= y.shape[1]
    y = y if wide else y.mT
    for _ in range(4 if planted == "muon-four-steps" else 5):
        p = y @ y.mT
        y = first * y + (third * p + fifth * p @ p) @ y
    return y if wide else y.mT


class Muon:
    """Muon with Nesterov's momentum for a list of named matrices, in the number format that they have."""

    def __init__(self, s, matrices, planted):
        self.s, self.planted, self.matrices = s, planted, matrices
        self.moments = {name: torch.zeros_like(w) for name, w in matrices.items()}

    @torch.no_grad()
    def step(self, rate):
        s, planted = self.s, self.planted
        for name, w in self.matrices.items():
            before, g, mu = self.moments[name], w.grad, s["momentum"] - (0.001 if planted == "muon-momentum" else 0)
            m = self.moments[name] = before * mu + g * (1 - mu)
            x = m if planted == "muon-no-nesterov" else (before if planted == "muon-late-momentum" else m) * mu + g * (1 - mu)
            if planted == "muon-heads" and name.endswith("q_proj.weight"):
                x = torch.cat([orthogonal(part, planted) for part in x.chunk(2)])
            else:
                x = orthogonal(x, planted)
            rows, columns = w.shape
            size = min(rows, columns) if planted == "muon-scale-min" else max(rows, columns)
            scale = math.sqrt(max(1, rows / columns)) if planted == "muon-scale-of-rows" else 0.2 * math.sqrt(size)
            decay = 0 if planted == "muon-no-decay" else s["weightDecay"]
            w -= rate * (scale * x + decay * w)


class Theirs:
    """PyTorch's results from the start and batches of a case; with a planted mistake, or in another number format."""

    def __init__(self, case, planted=None, kind=torch.float64):
        s = case.train
        weights = {name: w.to(kind, copy=True).requires_grad_() for name, w in case.start.items()}
        inside = "model." if planted == "muon-embedding" else "model.layers."
        matrices = {name: w for name, w in weights.items() if w.dim() == 2 and name.startswith(inside)} if s.get("optimizer") == "muon" else {}
        muon = Muon(s, matrices, planted)
        wrongly = {"decay-on-norms": "norm.weight", "decay-on-biases": ".bias"}.get(planted, "nothing")
        decayed = [w for name, w in weights.items() if (w.dim() > 1 or name.endswith(wrongly)) and name not in matrices]
        plain = [w for name, w in weights.items() if w.dim() == 1 and not name.endswith(wrongly)]
        groups = [{"params": decayed, "weight_decay": s["weightDecay"]}, {"params": plain, "weight_decay": 0.0}]
        make = torch.optim.Adam if planted == "decay-through-moments" else torch.optim.AdamW
        eps = s["eps"] * (1.1 if planted == "adam-epsilon" else 1)
        betas = (s["beta1"], s["beta2"] + (0.001 if planted == "second-moment" else 0))
        optimizer = make([g for g in groups if g["params"]], lr=1.0, betas=betas, eps=eps)
        self.rates, self.losses, self.norms = [], [], []
        for step in range(len(case.records)):
            tokens, targets = (case.batches[f"{part}.{step}"].long() for part in ("tokens", "targets"))
            logits = forward(case.model, weights, tokens, case.positions(step), planted)
            if planted == "learned-all":
                targets = torch.where(case.positions(step) >= 0, targets.clamp(min=0), targets)
            if "dpoBeta" in s:
                here = (tokens, targets, case.positions(step), planted)
                policy = log_likelihoods(case.model, weights, *here)
                with torch.no_grad():
                    start = {name: w.to(kind) for name, w in case.start.items()}
                    reference = log_likelihoods(case.model, start, *here)
                loss = preference_loss(s, policy, reference, planted)
            else:
                loss = F.cross_entropy(logits.flatten(0, 1), targets.flatten(), ignore_index=-1)
            if planted == "mean-over-slots":
                loss = loss * (targets >= 0).sum() / targets.numel()
            for w in weights.values():
                w.grad = None
            (loss * 1.001 if planted == "gradient-scale" else loss).backward()
            if step == 0:
                self.logits = logits.detach()
                self.gradients = {name: torch.zeros_like(w) if w.grad is None else w.grad.clone() for name, w in weights.items()}
            limit = s["gradClip"] if s["gradClip"] > 0 and planted != "no-clipping" else math.inf
            norm = torch.nn.utils.clip_grad_norm_(weights.values(), limit)
            rate = learning_rate(s, step + (0 if planted == "schedule-late" else 1))
            for group in optimizer.param_groups:
                group["lr"] = rate
            optimizer.step()
            muon.step(rate)
            self.rates.append(rate)
            self.losses.append(loss.item())
            self.norms.append(norm.item())
        self.end = {name: w.detach() for name, w in weights.items()}

    def moves(self, name):
        """Whether a tensor has a true gradient, beyond rounding."""
        return self.gradients[name].norm().item() > NOTHING * self.norms[0]


def far(ours, theirs, scale=None):
    """norm(ours - theirs) / norm(scale), where the scale is theirs by default; infinite where the quotient is not a number."""
    if ours.shape != theirs.shape:
        return math.inf
    top, bottom = (ours.double() - theirs).norm().item(), (theirs if scale is None else scale).norm().item()
    if top == 0:
        return 0.0
    return top / bottom if bottom > 0 and math.isfinite(top) else math.inf


def far_numbers(ours, theirs):
    """The largest |ours - theirs| / |theirs|."""
    pairs = [(a, b) for a, b in zip(ours, theirs, strict=True) if a != b]
    return max((abs(a - b) / abs(b) if b else math.inf for a, b in pairs), default=0.0)


def movement(case, theirs, end, name):
    return far(end[name], theirs.end[name], theirs.end[name] - case.start[name].double())


def compare(case, theirs, float32):
    """Rows (column, what, distance, bound); `float32` is PyTorch's own largest distance in movement."""
    yield "logits", "logits", far(case.logits["logits"], theirs.logits), BOUND
    ours = {key: [record[key] for record in case.records] for key in ("loss", "gradNorm", "learningRate")}
    yield "loss", "loss of step 1", far_numbers(ours["loss"][:1], theirs.losses[:1]), BOUND
    yield "10 losses", "losses of ten steps", far_numbers(ours["loss"], theirs.losses), BOUND
    yield "10 norms", "gradient norms of ten steps", far_numbers(ours["gradNorm"], theirs.norms), BOUND
    yield "10 rates", "learning rates of ten steps", far_numbers(ours["learningRate"], theirs.rates), 1e-7
    for name, gradient in theirs.gradients.items():
        if not theirs.moves(name):
            # Compared with all gradients; its weights are not compared: AdamW makes steps of rounding errors there.
            whole = torch.tensor(theirs.norms[0], dtype=torch.float64)
            yield "gradient", f"gradient of {name}", far(case.gradients[name], gradient, whole), BOUND
            continue
        yield "gradient", f"gradient of {name}", far(case.gradients[name], gradient), BOUND
        yield "weights", f"{name} after ten steps", far(case.end[name], theirs.end[name]), BOUND
        yield "movement", f"movement of {name} in ten steps", movement(case, theirs, case.end, name), max(BOUND, 3 * float32)


def causal(case):
    """Rows (what, holds): an altered token changes the logits at its position, and none before it or in another sequence."""
    before = case.logits["logits"]
    sequence = (case.positions(0) == 0).cumsum(1)[0]
    for name, after in case.logits.items():
        if name == "logits":
            continue
        place = int(name.split(".")[1])
        changed = (before != after).any(dim=-1)
        others = changed[0, sequence != sequence[place]]
        quiet = not changed[1:].any() and not changed[0, :place].any() and not others.any()
        yield f"token {place} altered: logits before it and of other sequences stay", quiet
        yield f"token {place} altered: logits at its place change", bool(changed[0, place])


PLANTED = {
    "everything": [
        "rotary-sign", "rotary-pairs", "rotary-base", "rotary-keys", "mask-one-later", "mask-block", "head-order", "attention-scale",
        "activation", "norm-epsilon", "last-norm", "gradient-scale", "no-clipping", "decay-on-norms", "decay-through-moments", "adam-epsilon",
        "second-moment", "schedule-late",
    ],
    "tied": ["tied-gradient"],
    "muon-0.95-clipped": [
        "muon-coefficient", "muon-four-steps", "muon-no-nesterov", "muon-late-momentum", "muon-momentum", "muon-scale-min", "muon-scale-of-rows",
        "muon-no-decay", "muon-embedding", "muon-heads", "no-clipping", "decay-on-norms", "adam-epsilon", "second-moment", "schedule-late",
    ],
    "muon-0": ["muon-coefficient", "muon-four-steps", "muon-scale-min", "muon-no-decay"],
    "muon-0.99-clipped": ["muon-no-nesterov", "muon-momentum", "no-clipping"],
    "qwen2-odd-sizes": ["no-bias-of-q", "no-bias-of-k", "no-bias-of-v", "bias-after-rotary", "decay-on-biases"],
    "qwen3-head-size": ["norm-over-heads", "norm-after-rotary", "key-norm-of-queries", "head-norm-epsilon"],
    "qwen3-odd-sizes": ["norm-over-heads", "norm-after-rotary", "key-norm-of-queries", "decay-on-norms"],
}
PLANTED |= {f"{name}-conversations": ["neighbours-seen", "learned-all", "mean-over-slots", "rotary-base"] for name in ("llama", "qwen2", "qwen3")}
PLANTED |= {
    f"{name}-pairs": ["reference-follows", "no-reference", "pairs-exchanged", "beta", "sum-of-pairs", "learned-all", "neighbours-seen"]
    for name in ("llama", "qwen2", "qwen3")
}
COLUMNS = ["logits", "loss", "gradient", "10 losses", "10 norms", "10 rates", "weights", "movement"]


def main(folder):
    passed, failures = 0, []
    cases = {name: Case(os.path.join(folder, name)) for name in sorted(os.listdir(folder))}
    if not cases:
        sys.exit(f"no cases in {folder}")
    print(f"PyTorch {torch.__version__}, float64: the largest distance of a kind; what the columns are is said in check.py.\n")
    print(f"{'case':20}{'tensors':>8}" + "".join(f"{column:>10}" for column in COLUMNS) + "   float32  causal")
    float32 = {}
    for name, case in cases.items():
        worst = dict.fromkeys(COLUMNS, 0.0)
        same = set(case.start) == set(case.gradients) == set(case.end)
        if not same:
            failures.append(f"{name}: the files do not hold the same tensors")
            continue
        theirs, single = Theirs(case), Theirs(case, kind=torch.float32)
        float32[name] = max(movement(case, theirs, single.end, tensor) for tensor in case.start if theirs.moves(tensor))
        for column, what, distance, bound in compare(case, theirs, float32[name]):
            worst[column] = max(worst[column], distance)
            if distance < bound:
                passed += 1
            else:
                failures.append(f"{name}: {what}: {distance:.2e} is not below {bound:g}")
        rows = list(causal(case))
        for what, holds in rows:
            if holds:
                passed += 1
            else:
                failures.append(f"{name}: {what}: does not hold")
        held = f"{sum(holds for _, holds in rows)}/{len(rows)}"
        numbers = "".join(f"{distance:10.1e}" for distance in [*worst.values(), float32[name]])
        print(f"{name:20}{len(case.start):8}{numbers}  {held if rows else '-'}", flush=True)

    print("\nMistakes planted in the PyTorch side; each must be found.")
    for name, mistakes in PLANTED.items():
        for mistake in mistakes if name in float32 else []:
            found = {}
            for column, _, distance, bound in compare(cases[name], Theirs(cases[name], mistake), float32[name]):
                if not distance < bound:
                    found[column] = max(found.get(column, 0.0), distance)
            where = ", ".join(f"{column} {distance:.0e}" for column, distance in found.items())
            print(f"{mistake:24}{'found: ' + where if found else 'NOT FOUND'}", flush=True)
            if found:
                passed += 1
            else:
                failures.append(f"{name}: the planted mistake {mistake} was not found")

    print()
    for failure in failures:
        print(f"FAILED {failure}")
    print(f"{passed} passed, {len(failures)} failed")
    return 1 if failures else 0


if __name__ == "__main__":
    if len(sys.argv) != 2:
        print("usage: /usr/bin/python3 check.py FOLDER (written by dump.ts)", file=sys.stderr)
        sys.exit(2)
    sys.exit(main(sys.argv[1]))
