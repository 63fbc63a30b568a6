"""Policy and motion (docs/proof.md): the limits of what steps of a recipe can do to weights and moments. In binary64, from the states alone."""

import math

import numpy as np

from binary32 import F32, F64
from binary64 import pow_int
from model import weights_of
from optimizer import COEFFICIENTS, MOMENTUM, FIRST, SECOND, by_muon
from training import learning_rate

UP, DOWN, FIXED, TINY, SUMS, MOST = 1 + 2**-23, 1 - 2**-23, 1 + 2**-20, 2.0**-148, 2**-14, 1e200


def single(x):
    return float(F32(x))


class Mover:
    def __init__(self, train):
        self.train = train
        self.beta1, self.beta2 = float(train["beta1"]), float(train["beta2"])
        self.b1, self.b2, self.q1, self.q2 = single(self.beta1), single(self.beta2), single(1 - self.beta1), single(1 - self.beta2)
        self.eps, self.decay = single(train["eps"]), single(train["weightDecay"])

    def factor(self, n):
        """C_n"""
        r = min(MOST, (self.b1 * UP) ** 2 / (self.b2 * DOWN)) if self.b1 else 0
        return min(MOST, FIXED * self.q1 / math.sqrt(self.q2) * math.sqrt(geometric(r, n)))

    def step_factor(self, t):
        """c_t"""
        c1, c2 = single(1 / (1 - pow_int(self.beta1, t))), single(1 / (1 - pow_int(self.beta2, t)))
        c = self.factor(t)
        lost = 2 * c * math.sqrt(TINY * geometric(self.b2, t)) + TINY * geometric(self.b1 * UP, t)
        return min(MOST, FIXED * c1 * max(c / math.sqrt(c2), lost / self.eps))

    def bound(self, start, end, decays):
        """alpha and beta of B = alpha + beta |w_0|."""
        decay, alpha, beta = self.decay if decays else 0.0, 0.0, 0.0
        for t in range(start + 1, end + 1):
            lr = FIXED * float(learning_rate(self.train, t))
            alpha += lr * (self.step_factor(t) + decay * alpha) + 2**-23 * alpha + TINY
            beta += (lr * decay + 2**-23) * (1 + beta)
        return alpha, beta


def geometric(r, n):
    """1 + r + ... + r^(n-1), by doubling; values beyond 1e200 are meaningless."""
    total, power = 0.0, 1.0
    for bit in bin(n)[2:]:
        total *= 1 + power
        power *= power
        if bit == "1":
            total = 1 + r * total
            power *= r
        total, power = min(total, 1e300), min(power, 1e300)
    return total


def check_policy(check, recipe):
    t = recipe["train"]
    rules = {
        "beta1^2 is not below beta2": single(t["beta1"]) ** 2 < single(t["beta2"]),
        "eps is below 1e-12": t["eps"] >= 1e-12,
        "gradients are not clipped": t["gradClip"] > 0,
        "learningRate * weightDecay is not below 1": t["learningRate"] * t["weightDecay"] < 1,
    }
    for text, holds in rules.items():
        if not holds:
            check.refuted("recipe.yaml", text)


def check_motion(check, shape, recipe, records, start, end, before, after, file):
    """One segment: the states after steps `start` and `end`."""
    train = recipe["train"]
    matrices = [name for name, (size, _) in weights_of(shape).items() if by_muon(train, name, size)]
    norms = [clipped(record.norm, train["gradClip"]) for record in records[start:end]]
    most, second = check_elements(check, shape, train, norms, start, end, before, after, file, matrices)
    if matrices and second <= most:
        check_matrices(check, train, norms, start, end, before, after, file, matrices, most - second)


def clipped(norm, clip):
    return norm * single(clip / norm) if norm > clip > 0 else norm


def check_elements(check, shape, train, norms, start, end, before, after, file, matrices):
    """What AdamW updates. The most that second moments can add up to, and what they add up to."""
    mover, n = Mover(train), end - start
    c, kept, first = mover.factor(n), pow_int(mover.b1, n), mover.b1 * UP
    loose, lost = pow_int(first, n) - kept, TINY * geometric(first, n)
    kept2, lost2 = pow_int(mover.b2 * DOWN, n), TINY * geometric(mover.b2, n)
    bounds = {decays: mover.bound(start, end, decays) for decays in (True, False)}
    sums, elements = [0.0, 0.0], 0
    for name, (_, std) in weights_of(shape).items():
        if name in matrices:
            continue
        (w0, m0, v0), (w1, m1, v1) = ([state[prefix + name].astype(F64) for prefix in ("", FIRST, SECOND)] for state in (before, after))
        alpha, beta = bounds[std is not None]
        moved = np.abs(w1 - w0)
        if not np.all(moved <= alpha + beta * np.abs(w0)):  # also true for NaN
            check.refuted(file, "moved further than its steps can move it", end, name)
        elif not np.all(np.isfinite(moved)):
            check.refuted(file, "is not finite", end, name)
        e = v1 - kept2 * v0 + lost2
        sound = (e >= 0) & (v1 >= 0)
        if not np.all(sound):
            check.refuted(file, "is smaller than its steps leave it", end, SECOND + name)
        if not np.all(np.abs(m1 - kept * m0)[sound] <= c * np.sqrt(e[sound]) + loose * np.abs(m0[sound]) + lost):
            check.refuted(file, "is larger than its second moment allows", end, FIRST + name)
        sums[0] += float(v0.sum())
        sums[1] += float(v1.sum())
        elements += v0.size
    least, most = sums[0], sums[0]
    for norm in norms:
        added = mover.q2 * norm**2 if norm >= 0 else math.nan
        least, most = least * mover.b2 * DOWN + added * (1 - SUMS), most * mover.b2 * UP + added * (1 + SUMS)
    rest = 2 * TINY * elements * geometric(mover.b2 * UP, n)
    least = 0 if matrices else least - rest
    if not least <= sums[1] <= most + rest:
        check.refuted(file, "its second moments do not add up to the transcript's gradient norms", end)
        most = math.nan
    return most + rest, sums[1]


def check_matrices(check, train, norms, start, end, before, after, file, matrices, left):
    """What Muon updates; `left`: what second moments leave of the gradients' squares."""
    mover, n = Mover(train), end - start
    rates = [float(learning_rate(train, t)) for t in range(start + 1, end + 1)]
    mu, rest = single(train["momentum"]), FIXED * single(1 - float(train["momentum"]))
    kept, squares, elements = pow_int(mu, n), [0.0, 0.0], 0
    for name in matrices:
        (w0, m0), (w1, m1) = ([state[prefix + name].astype(F64) for prefix in ("", MOMENTUM)] for state in (before, after))
        decay, spectral, frobenius = matrix_limits(mover, w0.shape, rates, math.sqrt(float((w0 * w0).sum())))
        push = (w1 - decay * w0).astype(F32).astype(F64)
        moved = math.sqrt(float((push * push).sum()))
        if not moved <= frobenius or moved > spectral and spectral_from_below(push) > spectral:
            check.refuted(file, "moved further than its steps can move it", end, name)
        change = float(((m1 - kept * m0) ** 2).sum())
        if not math.isfinite(change):
            check.refuted(file, "is not finite", end, MOMENTUM + name)
        squares[0] += float((m0 * m0).sum())
        squares[1] += change
        elements += m0.size
    triangle = 0.0
    for norm in norms:
        triangle = mu * UP * triangle + rest * ((1 + SUMS) * norm + 2.0**-74 * math.sqrt(elements))
    mover.b1, mover.q1 = mu, single(1 - float(train["momentum"]))
    cauchy = mover.factor(n) * math.sqrt(left + 2.0**-147 * elements * geometric(UP * mover.b2, n))
    limit = min(triangle, cauchy) + (pow_int(mu * UP, n) - kept) * math.sqrt(squares[0]) + TINY * geometric(mu * UP, n) * math.sqrt(elements)
    if not math.sqrt(squares[1]) <= limit:
        check.refuted(file, "its momentum changed by more than the transcript's gradient norms allow", end)


A, B, C = (float(x) for x in COEFFICIENTS)
TOP = math.sqrt((-3 * B - math.sqrt(9 * B * B - 20 * A * C)) / (10 * C))


def p(y):
    return A * y + B * y**3 + C * y**5


def update_norms(shape):
    """Largest singular value and Frobenius norm of an update."""
    r, long = min(shape), max(shape)
    s = f = 1 + 2**-13
    excess = 0.0
    for _ in range(5):
        e = rounding(s, f, r, long)
        excess = min(MOST, (0 if s <= 1.25 else A + 3 * B * s**2 + 5 * C * s**4) * excess + e)
        f = min(MOST, max(A, p(s) / s) * f + e, math.sqrt(r) * p(TOP) + excess)
        s = min(1e30, max(p(TOP), p(s)) + e)
    return s, f


def rounding(s, f, r, long):
    def h(k):
        return math.expm1(k * math.log1p(2**-24))

    e1 = h(long) * s * f
    s1, f1 = s * s + e1, s * f + e1
    e2 = h(r) * s1 * f1
    e3 = 3 * 2**-24 * (-B * f1 + C * (s1 * f1 + e2))
    e4 = e3 + C * (e2 + e1 * (2 * s * s + e1)) - B * e1
    largest = max(abs(C * y * y + B * y) for y in (min(s * s, -B / (2 * C)), s * s))
    return h(r + 1) * (A + largest + e4) * f + e4 * s + 2.0**-100


def matrix_limits(mover, shape, rates, size):
    """What decay leaves of the weights, and the limits of the movement beside it: spectral, Frobenius."""
    s, f = update_norms(shape)
    scale, tiny = single(0.2 * math.sqrt(max(shape))), TINY * math.sqrt(shape[0] * shape[1])
    kept, spectral, frobenius, lost = 1.0, 0.0, 0.0, 0.0
    for lr in rates:
        keep, moved, previous = abs(1 - lr * mover.decay), lr * scale * f, size
        size = FIXED * (keep * size + moved) + tiny
        lost = keep * lost + 2**-22 * (moved + lr * mover.decay * previous) + 2**-23 * size + tiny
        spectral, frobenius = keep * spectral + lr * scale * s, keep * frobenius + moved
        kept *= 1 - lr * mover.decay
    return kept, min(MOST, FIXED * (spectral + lost)), min(MOST, FIXED * (frobenius + lost))


def spectral_from_below(push):
    v, norm = push[np.argmax((push * push).sum(axis=1))], 0.0
    for _ in range(8):
        length = math.sqrt(float((v * v).sum()))
        if not length > 0:
            return norm
        u = push @ (v / length)
        norm, v = math.sqrt(float((u * u).sum())), u @ push
    return norm
