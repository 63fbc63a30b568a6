"""Policy and motion (docs/proof.md): the limits of what steps of a recipe can do to weights and moments. In binary64, from the states alone."""

import math

import numpy as np

from binary32 import F32, F64
from binary64 import pow_int
from model import weights_of
from optimizer import FIRST, SECOND, by_muon
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
    mover, n = Mover(recipe["train"]), end - start
    c, kept, first = mover.factor(n), pow_int(mover.b1, n), mover.b1 * UP
    loose, lost = pow_int(first, n) - kept, TINY * geometric(first, n)
    kept2, lost2 = pow_int(mover.b2 * DOWN, n), TINY * geometric(mover.b2, n)
    bounds = {decays: mover.bound(start, end, decays) for decays in (True, False)}
    sums, elements = [0.0, 0.0], 0
    others = False
    for name, (size, std) in weights_of(shape).items():
        if by_muon(recipe["train"], name, size):
            others = True  # not judged yet: it has no second moment
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
    least, most, clip = sums[0], sums[0], recipe["train"]["gradClip"]
    for record in records[start:end]:
        norm = record.norm * single(clip / record.norm) if record.norm > clip > 0 else record.norm
        added = mover.q2 * norm**2 if norm >= 0 else math.nan
        least, most = least * mover.b2 * DOWN + added * (1 - SUMS), most * mover.b2 * UP + added * (1 + SUMS)
    rest = 2 * TINY * elements * geometric(mover.b2 * UP, n)
    if not (others or least - rest <= sums[1]) or not sums[1] <= most + rest:  # with Muon, the norms count more than these moments
        check.refuted(file, "its second moments do not add up to the transcript's gradient norms", end)
