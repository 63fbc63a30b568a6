"""A Llama in PyTorch for the peers of benchmarks: tied head, RMSNorm, rotary embeddings, causal attention with groups, SwiGLU, mean
cross-entropy. Knows no optimizer and no text."""

import torch
import torch.nn as nn
import torch.nn.functional as F


def linear(inputs, outputs, std=0.02):
    layer = nn.Linear(inputs, outputs, bias=False)
    nn.init.normal_(layer.weight, std=std)
    return layer


class Layer(nn.Module):
    def __init__(self, hidden, intermediate, heads, key_value_heads, residual_std):
        super().__init__()
        self.heads, self.key_value_heads, self.head = heads, key_value_heads, hidden // heads
        self.before_attention = nn.RMSNorm(hidden, eps=1e-5)
        self.query, self.out = linear(hidden, hidden), linear(hidden, hidden, residual_std)
        self.key, self.value = (linear(hidden, key_value_heads * self.head) for _ in range(2))
        self.before_mlp = nn.RMSNorm(hidden, eps=1e-5)
        self.gate, self.up = linear(hidden, intermediate), linear(hidden, intermediate)
        self.down = linear(intermediate, hidden, residual_std)

    def forward(self, x, rotate):
        B, T, D = x.shape
        h = self.before_attention(x)
        q = self.query(h).view(B, T, self.heads, self.head).transpose(1, 2)
        k, v = (f(h).view(B, T, self.key_value_heads, self.head).transpose(1, 2) for f in (self.key, self.value))
        grouped = self.heads != self.key_value_heads
        o = F.scaled_dot_product_attention(rotate(q), rotate(k), v, is_causal=True, **({"enable_gqa": True} if grouped else {}))
        x = x + self.out(o.transpose(1, 2).reshape(B, T, D))
        h = self.before_mlp(x)
        return x + self.down(F.silu(self.gate(h)) * self.up(h))


class Llama(nn.Module):
    def __init__(self, vocab, hidden, intermediate, layers, heads, key_value_heads, length):
        super().__init__()
        self.vocab = vocab
        self.embedding = nn.Embedding(vocab, hidden)
        nn.init.normal_(self.embedding.weight, std=0.02)
        residual_std = 0.02 / (2 * layers) ** 0.5
        self.layers = nn.ModuleList(Layer(hidden, intermediate, heads, key_value_heads, residual_std) for _ in range(layers))
        self.norm = nn.RMSNorm(hidden, eps=1e-5)
        head = hidden // heads
        frequency = 10000.0 ** (-torch.arange(0, head, 2) / head)
        angle = torch.outer(torch.arange(length), frequency).repeat(1, 2)
        self.cosine, self.sine = angle.cos(), angle.sin()

    def rotate(self, x):
        first, second = x.chunk(2, dim=-1)
        T = x.shape[2]
        return x * self.cosine[:T] + torch.cat((-second, first), dim=-1) * self.sine[:T]

    def forward(self, tokens, targets, reduction="mean"):
        x = self.embedding(tokens)
        for layer in self.layers:
            x = layer(x, self.rotate)
        logits = F.linear(self.norm(x), self.embedding.weight)
        return F.cross_entropy(logits.view(-1, self.vocab), targets.reshape(-1), reduction=reduction)
