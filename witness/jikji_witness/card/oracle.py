"""The operations of a Llama layer and their gradients, naively, in decimal numbers of 50 digits. Uses neither PyTorch nor NumPy.

Each function takes flat lists of exact numbers, and gives flat lists. Shapes: T time, D hidden, K inner, N outer, V vocabulary,
H heads. `dy` is the gradient that comes from above. Python's decimal arithmetic is the same on every machine.
"""

from decimal import Decimal, localcontext

DIGITS = 50
ZERO, ONE = Decimal(0), Decimal(1)


def total(values) -> Decimal:
    return sum(values, ZERO)


def dot(a, b) -> Decimal:
    return total(x * y for x, y in zip(a, b, strict=True))


def rows(flat, width):
    return [flat[at : at + width] for at in range(0, len(flat), width)]


def flat(nested):
    return [value for row in nested for value in row]


def rms_norm(x, w, dy, eps):
    """y = w x / sqrt(mean(x x) + eps)."""
    width = len(w)
    y, dx, dw = [], [], [ZERO] * width
    for xs, ds in zip(rows(x, width), rows(dy, width)):
        scale = ONE / (dot(xs, xs) / width + eps).sqrt()
        y += [w[i] * xs[i] * scale for i in range(width)]
        inner = total(ds[i] * w[i] * xs[i] for i in range(width)) * scale**3 / width
        dx += [ds[i] * w[i] * scale - xs[i] * inner for i in range(width)]
        dw = [dw[i] + ds[i] * xs[i] * scale for i in range(width)]
    return {"y": y, "dx": dx, "dw": dw}


def cosine_sine(angle):
    """cos and sin of an angle of a few turns, by their series."""
    with localcontext() as context:
        context.prec = DIGITS + 40
        cosine, sine, term = ZERO, ZERO, ONE
        for n in range(1, 400):
            if n % 2:
                cosine += term if n % 4 == 1 else -term
            else:
                sine += term if n % 4 == 2 else -term
            term = term * angle / n
            if abs(term) < Decimal(10) ** -(DIGITS + 10) and n > abs(angle):
                break
    return +cosine, +sine


def rope_tables(angle):
    pairs = [cosine_sine(a) for a in angle]
    return {"cos": [c for c, _ in pairs], "sin": [s for _, s in pairs]}


def rope(x, cos, sin, dy, half):
    """Turns (x[i], x[i + half]) of each head by the angle of its position. x: [H, T, 2 half]; cos, sin: [T, half]."""
    y, dx = [], []
    for at, (xs, ds) in enumerate(zip(rows(x, 2 * half), rows(dy, 2 * half), strict=True)):
        first = at * half % len(cos)
        c, s = cos[first : first + half], sin[first : first + half]
        y += [xs[i] * c[i] - xs[i + half] * s[i] for i in range(half)]
        y += [xs[i + half] * c[i] + xs[i] * s[i] for i in range(half)]
        dx += [ds[i] * c[i] + ds[i + half] * s[i] for i in range(half)]
        dx += [ds[i + half] * c[i] - ds[i] * s[i] for i in range(half)]
    return {"y": y, "dx": dx}


def linear(x, w, dy, inner):
    """y = x w^T. x: [T, inner]; w: [N, inner]."""
    xs, ws = rows(x, inner), rows(w, inner)
    ds = rows(dy, len(ws))
    y = [dot(a, b) for a in xs for b in ws]
    w_columns, x_columns, d_columns = list(zip(*ws)), list(zip(*xs)), list(zip(*ds))
    dx = [dot(d, column) for d in ds for column in w_columns]
    dw = [dot(d, column) for d in d_columns for column in x_columns]
    return {"y": y, "dx": dx, "dw": dw}


def soft(row):
    top = max(row)
    powers = [(value - top).exp() for value in row]
    whole = total(powers)
    return [value / whole for value in powers]


def soft_back(p, d):
    inner = dot(p, d)
    return [p_i * (d_i - inner) for p_i, d_i in zip(p, d)]


def softmax(x, dy, width):
    pairs = [(soft(row), d) for row, d in zip(rows(x, width), rows(dy, width))]
    return {"y": flat(p for p, _ in pairs), "dx": flat(soft_back(p, d) for p, d in pairs)}


def attention(q, k, v, dy, time, width):
    """Causal attention of each head. All are [H, time, width]; scores are divided by the root of the width."""
    scale = ONE / Decimal(width).sqrt()
    out = {"y": [], "dq": [], "dk": [], "dv": []}
    for at in range(0, len(q), time * width):
        qs, ks, vs, ds = (rows(one[at : at + time * width], width) for one in (q, k, v, dy))
        dq, dk, dv = ([[ZERO] * width for _ in range(time)] for _ in range(3))
        for t in range(time):
            p = soft([dot(qs[t], ks[s]) * scale for s in range(t + 1)])
            out["y"] += [total(p[s] * vs[s][i] for s in range(t + 1)) for i in range(width)]
            scores = soft_back(p, [dot(ds[t], vs[s]) for s in range(t + 1)])
            for s in range(t + 1):
                for i in range(width):
                    dv[s][i] += p[s] * ds[t][i]
                    dq[t][i] += scores[s] * scale * ks[s][i]
                    dk[s][i] += scores[s] * scale * qs[t][i]
        out["dq"] += flat(dq)
        out["dk"] += flat(dk)
        out["dv"] += flat(dv)
    return out


def silu_gate(gate, up, dy):
    """y = gate sigmoid(gate) up."""
    logistic = [ONE / (ONE + (-g).exp()) for g in gate]
    each = list(zip(gate, up, dy, logistic, strict=True))
    return {
        "y": [g * s * u for g, u, _, s in each],
        "dgate": [d * u * s * (ONE + g * (ONE - s)) for g, u, d, s in each],
        "dup": [d * g * s for g, _, d, s in each],
    }


def cross_entropy(x, target, dy, width):
    """y = log(sum(exp(x))) - x[target] for every row."""
    y, dx = [], []
    for row, wanted, d in zip(rows(x, width), target, dy, strict=True):
        top = max(row)
        y.append(total((value - top).exp() for value in row).ln() + top - row[wanted])
        dx += [d * (p - (i == wanted)) for i, p in enumerate(soft(row))]
    return {"y": y, "dx": dx}


def embedding(w, ids, dy, width):
    table, dw = rows(w, width), [ZERO] * len(w)
    for t, one in enumerate(ids):
        for i in range(width):
            dw[one * width + i] += dy[t * width + i]
    return {"y": flat(table[one] for one in ids), "dw": dw}


def adamw(p, gradients, lr, beta1, beta2, eps, weight_decay):
    """As many steps as there are gradients of p's length, from moments of 0."""
    p, m, v = list(p), [ZERO] * len(p), [ZERO] * len(p)
    for step, g in enumerate(rows(gradients, len(p)), 1):
        root = (ONE - beta2**step).sqrt()
        for i in range(len(p)):
            m[i] = beta1 * m[i] + (ONE - beta1) * g[i]
            v[i] = beta2 * v[i] + (ONE - beta2) * g[i] * g[i]
            p[i] *= ONE - lr * weight_decay
            p[i] -= lr / (ONE - beta1**step) * m[i] / (v[i].sqrt() / root + eps)
    return {"p": p, "m": m, "v": v}
