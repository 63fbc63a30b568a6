"""The model of docs/arithmetic.md: its weights, loss and gradients, every sum in its documented order. Plain functions over dictionaries of arrays."""

import math
from types import SimpleNamespace

import numpy as np

from binary32 import F32, F64, ONE, chains, exp, fma, row_sum, row_sum_of_products, sigmoid
from binary64 import cos64, exp64, log64, sin64

BLOCK = 48
EMBEDDING, HEAD, LAST_NORM = "model.embed_tokens.weight", "lm_head.weight", "model.norm.weight"


def shape_of(recipe, vocabulary):
    m = recipe["model"]
    D, H, G = m["hiddenSize"], m["numAttentionHeads"], m["numKeyValueHeads"]
    return SimpleNamespace(
        architecture=m.get("architecture", "llama"), D=D, F=m["intermediateSize"], V=vocabulary, H=H, G=G, d=m.get("headDim", D // H), layers=m["numHiddenLayers"], theta=m["ropeTheta"],
        eps=F32(m["rmsNormEps"]), std=m["initializerRange"], tied=m["tieWordEmbeddings"], T=recipe["train"]["sequenceLength"],
    )  # fmt: skip


def weights_of(c):
    """Name -> (shape, std or None), in the order of names. Without std they are norms and biases."""
    small = c.std / math.sqrt(2 * c.layers)
    found = {EMBEDDING: ([c.V, c.D], c.std), LAST_NORM: ([c.D], None)}
    if not c.tied:
        found[HEAD] = ([c.V, c.D], c.std)
    for layer in range(c.layers):
        parts = [
            ("input_layernorm.weight", [c.D], None),
            ("post_attention_layernorm.weight", [c.D], None),
            ("self_attn.q_proj.weight", [c.H * c.d, c.D], c.std),
            ("self_attn.k_proj.weight", [c.G * c.d, c.D], c.std),
            ("self_attn.v_proj.weight", [c.G * c.d, c.D], c.std),
            ("self_attn.o_proj.weight", [c.D, c.H * c.d], small),
            ("mlp.gate_proj.weight", [c.F, c.D], c.std),
            ("mlp.up_proj.weight", [c.F, c.D], c.std),
            ("mlp.down_proj.weight", [c.D, c.F], small),
        ]
        if c.architecture == "qwen2":
            parts += [(f"self_attn.{part}_proj.bias", [count * c.d], None) for part, count in (("q", c.H), ("k", c.G), ("v", c.G))]
        if c.architecture == "qwen3":
            parts += [(f"self_attn.{part}_norm.weight", [c.d], None) for part in "qk"]
        found |= {f"model.layers.{layer}.{part}": (shape, std) for part, shape, std in parts}
    return {name: found[name] for name in sorted(found)}  # all names are ASCII


def linear(x, w, start=None):
    start = np.zeros((len(x), len(w)), F32) if start is None else start
    x, w = x.astype(F64), w.astype(F64)
    return chains(x.T[:, :, None], w.T[:, None, :], start)


def input_gradient(dy, w, start=None):
    start = np.zeros((len(dy), w.shape[1]), F32) if start is None else start
    return chains(dy.astype(F64).T[:, :, None], w.astype(F64)[:, None, :], start)


def weight_gradient(dy, x):
    start = np.zeros((dy.shape[1], x.shape[1]), F32)
    return chains(dy.astype(F64)[:, :, None], x.astype(F64)[:, None, :], start)


def bias_gradient(dy):
    acc = np.zeros(dy.shape[1], F32)
    for row in dy:
        acc = acc + row
    return acc


def norm(x, w, eps):
    D = F32(x.shape[1])
    inv = ONE / np.sqrt(row_sum_of_products(x, x) / D + eps)
    return (x * inv[:, None]) * w, inv


def norm_gradient(dy, x, w, inv, dx):
    """The gradient of the input, added to dx, and that of the weight."""
    h, t = x * inv[:, None], dy * w
    c = row_sum_of_products(t, h) / F32(x.shape[1])
    dw = chains(dy.astype(F64), h.astype(F64), np.zeros_like(w))
    return fma(inv[:, None], fma(-h, c[:, None], t), dx), dw


def heads_gradient(dy, x, w, inv):
    """Backward pass of a norm of heads; the heads are the rows of x; dy [M, heads * d]."""
    dx, dw = norm_gradient(dy.reshape(x.shape), x, w, inv, np.zeros_like(x))
    return dx.reshape(dy.shape), dw


def angles(c):
    """cos and sin [T, d/2]."""
    i = np.arange(c.d // 2, dtype=F64)
    f = exp64(-((2 * i) / c.d) * log64(c.theta))
    angle = np.arange(c.T, dtype=F64)[:, None] * f
    return cos64(angle).astype(F32), sin64(angle).astype(F32)


def rotary(x, c, table, positions, back=False):
    """x [M, heads * d], positions [M]."""
    x = x.reshape(len(x), -1, c.d)
    cos, sin = (part[positions][:, None, :] for part in table)
    low, high = x[..., : c.d // 2], x[..., c.d // 2 :]
    first, second = (high, -low) if back else (-high, low)
    y = np.concatenate([fma(first, sin, low * cos), fma(second, sin, high * cos)], -1)
    return y.reshape(len(y), -1)


def sequences(positions):
    """The rows of the sequences, which begin at the positions of 0: for each length an array [B, T]."""
    found = {}
    starts = np.flatnonzero(positions == 0)
    for start, end in zip(starts, [*starts[1:], len(positions)]):
        found.setdefault(end - start, []).append(np.arange(start, end))
    return [np.stack(of_length) for of_length in found.values()]


def heads(x, c, of_queries):
    """[B, T, heads * d] -> [B, H, T, d]; repeats a key-value head for each query head that uses it."""
    x = x.reshape(*x.shape[:2], -1, c.d).transpose(0, 2, 1, 3)
    return x if of_queries else np.repeat(x, c.H // c.G, 1)


def rows(x):
    B, H, T, d = x.shape
    return np.ascontiguousarray(x.transpose(0, 2, 1, 3)).reshape(B, T, H * d)


def products(a, b):
    """[.., i, d], [.., j, d] -> [.., i, j]: chains over d."""
    a, b = np.moveaxis(a.astype(F64), -1, 0), np.moveaxis(b.astype(F64), -1, 0)
    return chains(a[..., :, None], b[..., None, :], np.zeros(a.shape[1:] + (b.shape[-1],), F32))


def over_keys(p, v):
    """[.., i, j], [.., j, d] -> [.., i, d]: chains over j."""
    p, v = np.moveaxis(p.astype(F64), -1, 0), np.moveaxis(v.astype(F64), -2, 0)
    return chains(p[..., None], v[..., None, :], np.zeros(p.shape[1:] + (v.shape[-1],), F32))


def blocks(T):
    return [(i0, min(i0 + BLOCK, T)) for i0 in range(0, T, BLOCK)]


def probabilities(q, k, i0, E, scale):
    """Probabilities of the queries i0 to E - 1 over the keys 0 to E - 1."""
    s = products(q[:, :, i0:E], k[:, :, :E]) * scale
    seen = np.arange(E)[None, :] <= np.arange(i0, E)[:, None]
    largest = np.where(seen, s, F32(-np.inf)).max(-1, keepdims=True)
    e = np.where(seen, exp(s - largest), F32(0)).astype(F32)
    return e * (ONE / row_sum(e))[..., None], seen


def scale_of(c):
    return F32(1 / math.sqrt(c.d))


def attention(q, k, v, c, positions):
    o = np.empty_like(q)
    for at in sequences(positions):
        o[at] = attention_of(q[at], k[at], v[at], c)
    return o


def attention_gradient(do, o, q, k, v, c, positions):
    found = np.empty_like(q), np.empty_like(k), np.empty_like(v)
    for at in sequences(positions):
        for whole, part in zip(found, attention_gradient_of(do[at], o[at], q[at], k[at], v[at], c)):
            whole[at] = part
    return found


def attention_of(q, k, v, c):
    """Of B sequences of T, [B, T, heads * d] each."""
    q, k, v = heads(q, c, True), heads(k, c, False), heads(v, c, False)
    parts = [over_keys(probabilities(q, k, i0, E, scale_of(c))[0], v[:, :, :E]) for i0, E in blocks(q.shape[2])]
    return rows(np.concatenate(parts, 2))


def attention_gradient_of(do, o, q, k, v, c):
    T = do.shape[1]
    do, o, q = heads(do, c, True), heads(o, c, True), heads(q, c, True)
    k, v = heads(k, c, False), heads(v, c, False)
    B, group = len(q), c.H // c.G
    dq = np.zeros_like(q)
    p, ds = (np.zeros((B, c.H, T, T), F32) for _ in range(2))
    for i0, E in blocks(T):
        own, seen = probabilities(q, k, i0, E, scale_of(c))
        dp = products(do[:, :, i0:E], v[:, :, :E])
        delta = row_sum_of_products(do[:, :, i0:E], o[:, :, i0:E])[..., None]
        slope = np.where(seen, (own * (dp - delta)) * scale_of(c), F32(0)).astype(F32)
        dq[:, :, i0:E] = over_keys(slope, k[:, :, :E])
        p[:, :, i0:E, :E], ds[:, :, i0:E, :E] = own, slope
    dk, dv = (np.zeros((B, c.G, T, c.d), F32) for _ in range(2))
    for h in range(group):  # the h-th query head of every key-value head
        for i0, E in blocks(T):
            for i in range(i0, E):
                of = slice(h, None, group)
                dk[:, :, :E] = fma(ds[:, of, i, :E, None], q[:, of, i, None, :], dk[:, :, :E])
                dv[:, :, :E] = fma(p[:, of, i, :E, None], do[:, of, i, None, :], dv[:, :, :E])
    return rows(dq), rows(dk), rows(dv)


def swiglu(g, u):
    return (g * sigmoid(g)) * u


def swiglu_gradient(dy, g, u):
    z = sigmoid(g)
    return (dy * u) * (z * fma(g, ONE - z, ONE)), dy * (g * z)


def cross_entropy(logits, targets):
    """Losses in f64, +0 where the target is -1, and the gradient of the logits before its last factor."""
    at = np.arange(len(targets)), targets
    largest = logits.max(1)
    e = exp(logits - largest[:, None])
    total = row_sum(e)
    losses = log64(total.astype(F64)) + (largest.astype(F64) - logits[at].astype(F64))
    p = e * (ONE / total)[:, None]
    p[at] = p[at] - ONE
    losses[targets < 0] = 0
    return losses, p


def of_layer(layer, part, what="weight"):
    return f"model.layers.{layer}.{part}.{what}"


def projected(c, w, layer, part, h):
    """q, k or v; with biases (Qwen2) the chains start there."""
    weight, start = w[of_layer(layer, f"self_attn.{part}_proj")], None
    if c.architecture == "qwen2":
        start = np.tile(w[of_layer(layer, f"self_attn.{part}_proj", "bias")], (len(h), 1))
    return linear(h, weight, start)


def forward(c, w, tokens, positions, table):
    """Everything that the backward pass needs, with the logits; tokens and positions [M]."""
    x = w[EMBEDDING][tokens]
    traces = []
    for layer in range(c.layers):
        t = SimpleNamespace(x0=x)
        of = t.of = lambda part, layer=layer: w[of_layer(layer, part)]
        t.h1, t.inv1 = norm(x, of("input_layernorm"), c.eps)
        t.q, t.k, t.v = (projected(c, w, layer, part, t.h1) for part in "qkv")
        t.q0, t.k0 = t.q.reshape(-1, c.d), t.k.reshape(-1, c.d)
        if c.architecture == "qwen3":
            t.q, t.inv_q = norm(t.q0, of("self_attn.q_norm"), c.eps)
            t.k, t.inv_k = norm(t.k0, of("self_attn.k_norm"), c.eps)
        t.q, t.k = (rotary(part.reshape(len(x), -1), c, table, positions) for part in (t.q, t.k))
        t.o = attention(t.q, t.k, t.v, c, positions)
        t.x1 = linear(t.o, of("self_attn.o_proj"), x)
        t.h2, t.inv2 = norm(t.x1, of("post_attention_layernorm"), c.eps)
        t.g, t.u = linear(t.h2, of("mlp.gate_proj")), linear(t.h2, of("mlp.up_proj"))
        t.a = swiglu(t.g, t.u)
        x = linear(t.a, of("mlp.down_proj"), t.x1)
        traces.append(t)
    h, inv = norm(x, w[LAST_NORM], c.eps)
    return traces, x, h, inv, linear(h, w[EMBEDDING if c.tied else HEAD])


def group_gradients(c, w, tokens, targets, positions, factors):
    """Losses of the rows, and gradients by name for one gradient group; the gradient of the head has its own name, tied or not. `factors` gives
    the last factor of each row's gradient of the logits by its losses."""
    table = angles(c)
    traces, x, h, inv, logits = forward(c, w, tokens, positions, table)
    losses, p = cross_entropy(logits, targets)
    dlogits = np.where(targets[:, None] >= 0, p * factors(losses)[:, None], F32(0))
    found = {HEAD: weight_gradient(dlogits, h)}
    dh = input_gradient(dlogits, w[EMBEDDING if c.tied else HEAD])
    dx, found[LAST_NORM] = norm_gradient(dh, x, w[LAST_NORM], inv, np.zeros_like(dh))
    for layer, t in reversed(list(enumerate(traces))):
        name = lambda part, layer=layer: of_layer(layer, part)
        found[name("mlp.down_proj")] = weight_gradient(dx, t.a)
        dg, du = swiglu_gradient(input_gradient(dx, t.of("mlp.down_proj")), t.g, t.u)
        found[name("mlp.gate_proj")], found[name("mlp.up_proj")] = weight_gradient(dg, t.h2), weight_gradient(du, t.h2)
        dh = input_gradient(du, t.of("mlp.up_proj"), input_gradient(dg, t.of("mlp.gate_proj")))
        part = "post_attention_layernorm"
        dx, found[name(part)] = norm_gradient(dh, t.x1, t.of(part), t.inv2, dx)
        found[name("self_attn.o_proj")] = weight_gradient(dx, t.o)
        dq, dk, dv = attention_gradient(input_gradient(dx, t.of("self_attn.o_proj")), t.o, t.q, t.k, t.v, c, positions)
        dq, dk = rotary(dq, c, table, positions, back=True), rotary(dk, c, table, positions, back=True)
        if c.architecture == "qwen3":
            dq, found[name("self_attn.q_norm")] = heads_gradient(dq, t.q0, t.of("self_attn.q_norm"), t.inv_q)
            dk, found[name("self_attn.k_norm")] = heads_gradient(dk, t.k0, t.of("self_attn.k_norm"), t.inv_k)
        dh = None
        for part, dy in [("self_attn.q_proj", dq), ("self_attn.k_proj", dk), ("self_attn.v_proj", dv)]:
            found[name(part)] = weight_gradient(dy, t.h1)
            if c.architecture == "qwen2":
                found[of_layer(layer, part, "bias")] = bias_gradient(dy)
            dh = input_gradient(dy, t.of(part), dh)
        dx, found[name("input_layernorm")] = norm_gradient(dh, t.x0, t.of("input_layernorm"), t.inv1, dx)
    found[EMBEDDING] = np.zeros_like(w[EMBEDDING])
    for m, token in enumerate(tokens):
        found[EMBEDDING][token] = found[EMBEDDING][token] + dx[m]
    return losses, found
