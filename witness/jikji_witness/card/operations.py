"""The operations of a Llama layer as PyTorch runs them, forward and backward, on the inputs of the vectors.

An operation takes the tensors and constants that the vectors name, and gives its outputs; gradients come from PyTorch's autograd.
"""

import torch
from torch.nn import functional as F


def gradients(y: torch.Tensor, dy: torch.Tensor, **leaves: torch.Tensor) -> dict[str, torch.Tensor]:
    y.backward(dy)
    return {"y": y.detach(), **{f"d{name}": leaf.grad for name, leaf in leaves.items()}}


def leaf(tensor: torch.Tensor) -> torch.Tensor:
    return tensor.detach().requires_grad_(True)


def rms_norm(x, w, dy, eps):
    x, w = leaf(x), leaf(w)
    return gradients(F.rms_norm(x, (w.numel(),), w, eps), dy, x=x, w=w)


def rope_tables(angle):
    return {"cos": angle.cos(), "sin": angle.sin()}


def rope(x, cos, sin, dy):
    x = leaf(x)
    half = cos.shape[-1]
    turned = torch.cat((-x[..., half:], x[..., :half]), dim=-1)
    y = x * torch.cat((cos, cos), dim=-1) + turned * torch.cat((sin, sin), dim=-1)
    return gradients(y, dy, x=x)


def linear(x, w, dy):
    x, w = leaf(x), leaf(w)
    return gradients(F.linear(x, w), dy, x=x, w=w)


def softmax(x, dy):
    x = leaf(x)
    return gradients(torch.softmax(x, dim=-1), dy, x=x)


def attention(q, k, v, dy):
    q, k, v = leaf(q), leaf(k), leaf(v)
    y = F.scaled_dot_product_attention(q[None], k[None], v[None], is_causal=True)[0]
    return gradients(y, dy, q=q, k=k, v=v)


def silu_gate(gate, up, dy):
    gate, up = leaf(gate), leaf(up)
    return gradients(F.silu(gate) * up, dy, gate=gate, up=up)


def cross_entropy(x, target, dy):
    x = leaf(x)
    return gradients(F.cross_entropy(x, target, reduction="none"), dy, x=x)


def embedding(w, ids, dy):
    w = leaf(w)
    return gradients(F.embedding(ids, w), dy, w=w)


def adamw(p, gradients, lr, beta1, beta2, eps, weight_decay):
    p = leaf(p.clone())
    optimizer = torch.optim.AdamW([p], lr=lr, betas=(beta1, beta2), eps=eps, weight_decay=weight_decay)
    for gradient in gradients:
        p.grad = gradient.clone()
        optimizer.step()
    state = optimizer.state[p]
    return {"p": p.detach(), "m": state["exp_avg"], "v": state["exp_avg_sq"]}


OPERATIONS = {
    "rms-norm": rms_norm,
    "rope-tables": rope_tables,
    "rope": rope,
    "linear": linear,
    "softmax": softmax,
    "attention": attention,
    "silu-gate": silu_gate,
    "cross-entropy": cross_entropy,
    "embedding": embedding,
    "adamw": adamw,
}
