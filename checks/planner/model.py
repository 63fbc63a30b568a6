"""Small models as frameworks train them, divided over processes: what a rank holds and what PyTorch keeps for the backward pass.

Knows nothing of the planner. Fused norms, SwiGLU and attention are autograd Functions that save what Megatron-LM's kernels save: their
inputs (attention also its output and the sums of its exponentials). A linear layer under sequence parallelism saves its shard and gathers
it again backward. Where nothing is divided, F.linear, torch.bmm and F.scaled_dot_product_attention are PyTorch's own. Routing is forced
to be even, as in the measured steps. gloo has all collectives that are used here, all_to_all_single too.
"""

import torch
import torch.distributed as dist
import torch.nn.functional as F
from torch.utils.checkpoint import checkpoint

BF16, F32 = torch.bfloat16, torch.float32


class Group:
    """Ranks that divide something among them."""

    def __init__(self, ranks=(0,), handle=None):
        self.ranks, self.handle, self.size = ranks, handle, len(ranks)

    def gather(self, x):
        if self.size == 1:
            return x
        whole = x.new_empty((self.size * x.shape[0], *x.shape[1:]))
        dist.all_gather_into_tensor(whole, x.contiguous(), group=self.handle)
        return whole

    def scatter_sum(self, x):
        if self.size == 1:
            return x
        part = x.new_empty((x.shape[0] // self.size, *x.shape[1:]))
        dist.reduce_scatter_tensor(part, x.contiguous(), group=self.handle)
        return part

    def exchange(self, x):
        if self.size == 1:
            return x
        back = torch.empty_like(x)
        dist.all_to_all_single(back, x.contiguous(), group=self.handle)
        return back


class Norm(torch.autograd.Function):
    @staticmethod
    def forward(ctx, x, weight):
        scale = (x.float().square().mean(-1, keepdim=True) + 1e-6).rsqrt()
        ctx.save_for_backward(x, weight, scale)
        return (x * scale * weight).to(x.dtype)

    @staticmethod
    def backward(ctx, gradient):
        x, weight, scale = ctx.saved_tensors
        plain, inner = x.float() * scale, gradient.float() * weight
        dx = scale * (inner - plain * (inner * plain).mean(-1, keepdim=True))
        return dx.to(x.dtype), (gradient * plain).flatten(0, -2).sum(0).to(weight.dtype)


class SwiGLU(torch.autograd.Function):
    """`shares`: probabilities of experts, which Megatron-LM multiplies here, so that the experts' outputs need not be kept."""

    @staticmethod
    def forward(ctx, x, shares):
        ctx.save_for_backward(x, shares)
        gate, up = x.float().chunk(2, -1)
        out = F.silu(gate) * up
        return (out if shares is None else out * shares[..., None]).to(x.dtype)

    @staticmethod
    def backward(ctx, gradient):
        x, shares = ctx.saved_tensors
        gate, up = x.float().chunk(2, -1)
        g, sigma = gradient.float(), gate.sigmoid()
        dshares = None
        if shares is not None:
            dshares = (g * gate * sigma * up).sum(-1)
            g = g * shares[..., None]
        return torch.cat([g * up * sigma * (1 + gate * (1 - sigma)), g * gate * sigma], -1).to(x.dtype), dshares


class Column(torch.autograd.Function):
    @staticmethod
    def forward(ctx, x, weight, group):
        ctx.save_for_backward(x, weight)
        ctx.group = group
        return group.gather(x) @ weight.T

    @staticmethod
    def backward(ctx, gradient):
        x, weight = ctx.saved_tensors
        dweight = gradient.flatten(0, -2).T @ ctx.group.gather(x).flatten(0, -2)
        return ctx.group.scatter_sum(gradient @ weight), dweight, None


class Row(torch.autograd.Function):
    @staticmethod
    def forward(ctx, x, weight, group):
        ctx.save_for_backward(x, weight)
        ctx.group = group
        return group.scatter_sum(x @ weight.T)

    @staticmethod
    def backward(ctx, gradient):
        x, weight = ctx.saved_tensors
        whole = ctx.group.gather(gradient)
        return whole @ weight, whole.flatten(0, -2).T @ x.flatten(0, -2), None


class Gather(torch.autograd.Function):
    @staticmethod
    def forward(ctx, x, group):
        ctx.group = group
        return group.gather(x)

    @staticmethod
    def backward(ctx, gradient):
        return ctx.group.scatter_sum(gradient), None


class Exchange(torch.autograd.Function):
    @staticmethod
    def forward(ctx, x, group):
        ctx.group = group
        return group.exchange(x)

    @staticmethod
    def backward(ctx, gradient):
        return ctx.group.exchange(gradient), None


class Attention(torch.autograd.Function):
    """Grouped heads, values of another size than keys, keys of other ranks (context parallelism: gathered, and again backward)."""

    @staticmethod
    def scores(q, k, group):
        heads, length = q.shape[2], q.shape[0]
        k = group.gather(k).float().repeat_interleave(heads // k.shape[2], 2)
        scores = torch.einsum("tbhd,sbhd->bhts", q.float(), k) * q.shape[-1] ** -0.5
        mine = group.ranks.index(dist.get_rank()) * length if group.size > 1 else 0
        seen = torch.arange(k.shape[0])[None] <= torch.arange(mine, mine + length)[:, None]
        return scores.masked_fill(~seen, float("-inf")), k

    @staticmethod
    def forward(ctx, q, k, v, group):
        scores, _ = Attention.scores(q, k, group)
        sums = scores.logsumexp(-1)
        values = group.gather(v).float().repeat_interleave(q.shape[2] // v.shape[2], 2)
        out = torch.einsum("bhts,sbhd->tbhd", (scores - sums[..., None]).exp(), values).to(q.dtype).contiguous()
        ctx.save_for_backward(q, k, v, out, sums)
        ctx.group = group
        return out

    @staticmethod
    def backward(ctx, gradient):
        q, k, v, out, sums = ctx.saved_tensors
        heads, kinds = q.shape[2], k.shape[2]
        scores, keys = Attention.scores(q, k, ctx.group)
        shares = (scores - sums[..., None]).exp()
        g = gradient.float()
        values = ctx.group.gather(v).float().repeat_interleave(heads // kinds, 2)
        dvalues = torch.einsum("bhts,tbhd->sbhd", shares, g)
        inner = torch.einsum("tbhd,sbhd->bhts", g, values) - torch.einsum("tbhd,tbhd->bht", g, out.float())[..., None]
        inner = shares * inner * q.shape[-1] ** -0.5
        dq = torch.einsum("bhts,sbhd->tbhd", inner, keys)
        dkeys = torch.einsum("bhts,tbhd->sbhd", inner, q.float())
        dk, dv = (ctx.group.scatter_sum(d.unflatten(2, (kinds, heads // kinds)).sum(3)).to(q.dtype) for d in (dkeys, dvalues))
        return dq.to(q.dtype), dk, dv, None


class CrossEntropy(torch.autograd.Function):
    """Over a divided vocabulary, as Megatron-LM: logits become fp32 once, and their softmax is kept and turned into the gradient."""

    @staticmethod
    def forward(ctx, logits, targets, group, ledger):
        logits = logits.float()
        first = 0 if group.size == 1 else group.ranks.index(dist.get_rank()) * logits.shape[-1]
        top = logits.max(-1).values
        if group.size > 1:
            dist.all_reduce(top, dist.ReduceOp.MAX, group=group.handle)
        logits -= top[..., None]
        mine = (targets >= first) & (targets < first + logits.shape[-1])
        local = torch.where(mine, targets - first, 0)
        chosen = torch.where(mine, logits.gather(-1, local[..., None])[..., 0], 0.0)
        softmax = logits.exp_()
        total = softmax.sum(-1)
        if group.size > 1:
            dist.all_reduce(total, group=group.handle)
            dist.all_reduce(chosen, group=group.handle)
        softmax /= total[..., None]
        ctx.save_for_backward(softmax, local, mine)
        ctx.ledger = ledger
        return (total.log() - chosen).mean()

    @staticmethod
    def backward(ctx, gradient):
        softmax, local, mine = ctx.saved_tensors
        softmax.scatter_add_(-1, local[..., None], -mine[..., None].float())
        softmax *= gradient / local.numel()
        out = softmax.to(BF16)
        ctx.ledger.moment(out.numel() * 2)
        return out, None, None, None


class Turn(torch.autograd.Function):
    """Calls `backward` when the backward pass comes by."""

    @staticmethod
    def forward(ctx, x, call):
        ctx.call = call
        return x.view_as(x)

    @staticmethod
    def backward(ctx, gradient):
        ctx.call()
        return gradient, None


class Store:
    """Parameters of one unit (a layer, the embedding, the head) over one group of replicas, their gradients and Adam's state."""

    def __init__(self, shapes, group, zero, ledger):
        self.group, self.zero, self.ledger = group, zero, ledger
        sizes = [int(torch.Size(shape).numel()) for shape in shapes]
        self.size = -(-sum(sizes) // group.size) * group.size
        self.flat = (torch.randn(self.size) * 0.02).to(BF16)
        self.parameters, self.whole, start = [], None, 0
        for shape, size in zip(shapes, sizes):
            one = self.flat[start : start + size].view(shape).detach().requires_grad_()
            one.register_post_accumulate_grad_hook(lambda p, a=start, b=start + size: self.add(p, a, b))
            self.parameters.append(one)
            start += size
        self.part = self.size // group.size
        at = group.ranks.index(dist.get_rank()) if group.size > 1 else 0
        mine = slice(at * self.part, (at + 1) * self.part)
        self.master = self.flat[mine].float()
        self.moments = [torch.zeros(self.part), torch.zeros(self.part)]
        self.shard = self.flat[mine].clone() if zero == 3 else None
        self.gradient = torch.zeros(self.size if zero < 2 else self.part)
        self.isHere = True
        ledger.weights += 2 * (self.part if zero == 3 else self.size)
        ledger.gradients += 4 * self.gradient.numel()
        ledger.optimizer += 4 * (self.master.numel() + sum(m.numel() for m in self.moments))
        if zero == 3:
            self.flat.untyped_storage().resize_(0)
            self.isHere = False

    def gather(self):
        if self.isHere:
            return
        whole = self.group.gather(self.shard)
        self.flat.untyped_storage().resize_(2 * self.size)
        self.flat.copy_(whole)
        self.isHere = True
        self.ledger.hold("weights", 2 * self.size)

    def free(self):
        if self.zero == 3 and self.isHere:
            self.flat.untyped_storage().resize_(0)
            self.isHere = False
            self.ledger.hold("weights", -2 * self.size)

    def add(self, parameter, start, end):
        if self.zero < 2:
            self.gradient[start:end] += parameter.grad.flatten()
        else:
            if self.whole is None:
                self.whole = torch.zeros(self.size)
                self.ledger.hold("gradients", 4 * self.size)
            self.whole[start:end] += parameter.grad.flatten()
        parameter.grad = None

    def reduce(self):
        if self.whole is not None:
            self.gradient += self.group.scatter_sum(self.whole)
            self.whole = None
            self.ledger.hold("gradients", -4 * self.size)

    def step(self):
        gradient = self.gradient if self.zero > 1 else self.group.scatter_sum(self.gradient)
        first, second = self.moments
        first.lerp_(gradient, 0.1)
        second.lerp_(gradient.square(), 0.05)
        self.master -= 1e-4 * first / (second.sqrt() + 1e-8)
        if self.zero == 3:
            self.shard.copy_(self.master)
        else:
            self.flat.copy_(self.group.gather(self.master.to(BF16)))
        self.gradient.zero_()


class Unit:
    """What is gathered together. `body(x)` uses `self.w`, a dict of parameters."""

    def __init__(self, model, shapes, body, isLayer=True):
        self.model, self.body, self.isLayer = model, body, isLayer
        self.w, self.stores = {}, []
        for isExpert, group in ((False, model.copies), (True, model.expertCopies)):
            names = [name for name in shapes if name.startswith("expert") == isExpert]
            if names:
                store = Store([shapes[name] for name in names], group, model.zero, model.ledger)
                self.stores.append(store)
                self.w.update(zip(names, store.parameters))

    def gather(self):
        for store in self.stores:
            store.gather()

    def free(self):
        for store in self.stores:
            store.free()

    def finish(self):
        for store in self.stores:
            store.reduce()
            store.free()

    def __call__(self, x, isRecomputed):
        # As FSDP: the next unit is gathered while this one computes, and backward the one before.
        units = self.model.units
        at = units.index(self)
        near = lambda i: [units[j] for j in (at, at + i) if 0 <= j < len(units)]
        for unit in near(1):
            unit.gather()
        if x.is_floating_point():
            x = Turn.apply(x, self.finish)
        body = lambda x: self.body(x, self.w)
        y = checkpoint(body, x, use_reentrant=True) if isRecomputed and self.isLayer else body(x)
        self.free()
        return Turn.apply(y, lambda: [unit.gather() for unit in near(-1)])


class Model:
    """The chunks of one rank. `c` is a config.json, `layout` the planner's."""

    def __init__(self, c, layout, batch, groups, place, ledger):
        self.c, self.layout, self.ledger = c, layout, ledger
        self.tensor, self.context, self.experts = groups["tensor"], groups["context"], groups["expert"]
        self.copies, self.expertCopies = groups["copies"], groups["expertCopies"]
        self.zero, self.recompute = layout["zero"], layout["recompute"] == "full"
        self.micro = layout["microBatch"]
        self.length = batch["sequence"] // layout["context"]
        self.units, self.chunks = [], []
        self.targets, self.angles = None, {}
        stages, virtual, depth = layout["pipeline"], layout["virtual"], c["num_hidden_layers"]
        h, vocabulary, t = c["hidden_size"], c["vocab_size"], self.tensor.size
        last = stages * virtual - 1
        for v in range(virtual):
            at = v * stages + place
            chunk = []
            if at == 0:
                chunk.append(Unit(self, {"embedding": (vocabulary // t, h)}, self.embed, False))
            for layer in range(depth * at // (last + 1), depth * (at + 1) // (last + 1)):
                chunk.append(self.layer(layer))
            if at == last:
                chunk.append(Unit(self, {"norm": (h,), "head": (vocabulary // t, h)}, self.lose, False))
            self.chunks.append(chunk)
            self.units += chunk

    def column(self, x, weight):
        return F.linear(x, weight) if self.tensor.size == 1 else Column.apply(x, weight, self.tensor)

    def row(self, x, weight):
        return F.linear(x, weight) if self.tensor.size == 1 else Row.apply(x, weight, self.tensor)

    def embed(self, tokens, w):
        part = w["embedding"].shape[0]
        if self.tensor.size == 1:
            return F.embedding(tokens, w["embedding"])
        local = tokens - self.tensor.ranks.index(dist.get_rank()) * part
        mine = (local >= 0) & (local < part)
        out = F.embedding(local.clamp(0, part - 1), w["embedding"]) * mine[..., None]
        return Scatter.apply(out, self.tensor)

    def lose(self, x, w):
        logits = self.column(Norm.apply(x, w["norm"]), w["head"])
        with self.ledger.of("logits"):
            return CrossEntropy.apply(logits, self.targets, self.tensor, self.ledger)

    def layer(self, index):
        c, h, t = self.c, self.c["hidden_size"], self.tensor.size
        heads = c["num_attention_heads"] // t
        shapes = {"norm": (h,), "norm2": (h,)}
        isLatent = "kv_lora_rank" in c
        if isLatent:
            rank, plain, rotated, value = (c[k] for k in ("kv_lora_rank", "qk_nope_head_dim", "qk_rope_head_dim", "v_head_dim"))
            shapes |= {"query down": (c["q_lora_rank"], h), "query norm": (c["q_lora_rank"],), "key-value norm": (rank,)}
            shapes |= {"query": (heads * (plain + rotated), c["q_lora_rank"]), "key-value down": (rank + rotated, h)}
            shapes |= {"key-value up": (heads * (plain + value), rank), "output": (h, heads * value)}
        else:
            size, kinds = c.get("head_dim", h // c["num_attention_heads"]), c["num_key_value_heads"] // t
            shapes |= {"mixed": ((heads + 2 * kinds) * size, h), "output": (h, heads * size)}
            if c["architectures"][0] == "Qwen3ForCausalLM":
                shapes |= {"query norm": (size,), "key norm": (size,)}
        isMixture = "n_routed_experts" in c and index >= c["first_k_dense_replace"]
        if isMixture:
            experts, width = c["n_routed_experts"], c["moe_intermediate_size"]
            held, shared = experts // self.experts.size, c["n_shared_experts"] * width // t
            shapes |= {"router": (experts, h), "balance": (experts,)}
            shapes |= {"shared up": (2 * shared, h), "shared down": (h, shared)}
            shapes |= {"expert up": (held, 2 * width, h), "expert down": (held, h, width)}
        else:
            width = c["intermediate_size"] // t
            shapes |= {"up": (2 * width, h), "down": (h, width)}
        attention = self.latentAttention if isLatent else self.groupedAttention
        mlp = self.mixture if isMixture else self.mlp

        def body(x, w):
            x = x + self.row(attention(Norm.apply(x, w["norm"]), w), w["output"])
            return x + mlp(Norm.apply(x, w["norm2"]), w)

        return Unit(self, shapes, body)

    def rotate(self, x):
        size = x.shape[-1]
        key = (x.shape[0], size)
        if key not in self.angles:
            angle = torch.arange(x.shape[0])[:, None] * 10000.0 ** (-torch.arange(0, size, 2) / size)
            angle = torch.cat([angle, angle], -1)[:, None, None]
            self.angles[key] = angle.cos().to(BF16), angle.sin().to(BF16)
        cos, sin = self.angles[key]
        first, second = x.chunk(2, -1)
        return x * cos + torch.cat([-second, first], -1) * sin

    def attend(self, q, k, v):
        if self.context.size == 1 and q.shape == k.shape == v.shape and q.shape[1] == 1:
            q, k, v = (x.permute(1, 2, 0, 3) for x in (q, k, v))
            return F.scaled_dot_product_attention(q, k, v, is_causal=True).permute(2, 0, 1, 3).flatten(2)
        return Attention.apply(q, k, v, self.context).flatten(2)

    def groupedAttention(self, x, w):
        c, t = self.c, self.tensor.size
        heads, kinds = c["num_attention_heads"] // t, c["num_key_value_heads"] // t
        size = c.get("head_dim", c["hidden_size"] // c["num_attention_heads"])
        mixed = self.column(x, w["mixed"]).unflatten(-1, (heads + 2 * kinds, size))
        q, k, v = mixed.split([heads, kinds, kinds], 2)
        if "key norm" in w:
            q, k = Norm.apply(q, w["query norm"]), Norm.apply(k, w["key norm"])
        # Transformer Engine copies parts of a mixed product before attention, so that the rest need not be kept.
        return self.attend(self.rotate(q), self.rotate(k), v.contiguous())

    def latentAttention(self, x, w):
        c = self.c
        heads = c["num_attention_heads"] // self.tensor.size
        rank, plain, rotated, value = (c[k] for k in ("kv_lora_rank", "qk_nope_head_dim", "qk_rope_head_dim", "v_head_dim"))
        queries = Norm.apply(F.linear(x, w["query down"]), w["query norm"])
        q = self.column(queries, w["query"]).unflatten(-1, (heads, plain + rotated))
        latent, key = F.linear(x, w["key-value down"]).split([rank, rotated], -1)
        up = self.column(Norm.apply(latent, w["key-value norm"]), w["key-value up"]).unflatten(-1, (heads, plain + value))
        key = self.rotate(Gather.apply(key, self.tensor)[:, :, None]).expand(-1, -1, heads, -1)
        q = torch.cat([q[..., :plain], self.rotate(q[..., plain:])], -1)
        return self.attend(q, torch.cat([up[..., :plain], key], -1), up[..., plain:].contiguous())

    def mlp(self, x, w, prefix=""):
        return self.row(SwiGLU.apply(self.column(x, w[prefix + "up"]), None), w[prefix + "down"])

    def mixture(self, x, w):
        c, group = self.c, self.experts
        experts, active = c["n_routed_experts"], c["num_experts_per_tok"]
        scores = (F.linear(x, w["router"]).float() + w["balance"].float()).sigmoid().flatten(0, 1)
        tokens = scores.shape[0]
        chosen = (torch.arange(tokens * active) % experts).view(tokens, active)
        shares = scores.gather(1, chosen)
        shares = shares / shares.sum(-1, keepdim=True)
        order = chosen.flatten().argsort(stable=True)
        back = order.argsort().int()
        copies = x.flatten(0, 1).index_select(0, (order // active).int())
        shares = shares.flatten().index_select(0, order.int())
        held = experts // group.size

        def there(y):
            y = Exchange.apply(y, group).unflatten(0, (group.size, held, -1))
            return y.transpose(0, 1).flatten(1, 2)

        inner = torch.bmm(there(copies), w["expert up"].transpose(1, 2))
        outer = torch.bmm(SwiGLU.apply(inner, there(shares)), w["expert down"].transpose(1, 2))
        outer = outer.unflatten(1, (group.size, -1)).transpose(0, 1).flatten(0, 2)
        outer = Exchange.apply(outer, group).index_select(0, back).view(tokens, active, -1).sum(1)
        return outer.view_as(x) + self.mlp(x, w, "shared ")

    def forward(self, chunk, x):
        for unit in self.chunks[chunk]:
            x = unit(x, self.recompute)
        return x


class Scatter(torch.autograd.Function):
    @staticmethod
    def forward(ctx, x, group):
        ctx.group = group
        return group.scatter_sum(x)

    @staticmethod
    def backward(ctx, gradient):
        return ctx.group.gather(gradient), None
