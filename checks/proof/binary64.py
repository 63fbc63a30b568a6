"""Functions of docs/arithmetic.md in binary64, on arrays of numpy."""

import numpy as np

np.seterr(all="ignore")


def number(bits):
    return np.array(int(bits, 16), np.uint64).view(np.float64)[()]


SQRT2, LOG2E = number("3ff6a09e667f3bcd"), number("3ff71547652b82fe")
LN2H, LN2L, LN2 = number("3fe62e42fee00000"), number("3dea39ef35793c76"), number("3fe62e42fefa39ef")
PI, TWO_OVER_PI = number("400921fb54442d18"), number("3fe45f306dc9c883")
P1, P2, P3 = number("3ff921fb54400000"), number("3dd0b4611a600000"), number("3ba3198a2e037073")
COLUMNS = [
    "40a39a296f7d925e 40e052d26b2e45e4 40f06c1c55b78f20 40e66c3e869b752a 40cad1d8cd4ee71d 409ece5d2213c0cc 4060a4888b1a436e 400b18d91e9eef75",
    "40b46a7eca984b69 40dc0e457cb1ae76 40e3317caa64f4be 40d4b772d5d65266 40b512322e75c89f 4085797efdc8b3f7 4045281b386e1ab5 3ff0000000000000",
    "3f49615ac0b7ace9 3f9744eb6c45ec67 3fcef2abb9b85c37 3ff453cc085375b2 400d2ecb1a3d02c4 401713f71462256a 4012857748cab19b 3ff6c665fde9526a",
    "3e120d3f686439e4 3f41f18cbfdf2728 3f8f207a7eab17bf 3fc2f5123394f040 3fe61292f23385c9 3ffad278e6526633 40006cefbb46a449 3ff0000000000000",
    "3e8afb74d693bf93 3efc6ec6cc59e02a 3f545c1908425345 3f9b2b41193b4ee7 3fd2fad9315255cf 3ffc8ea6461fa445 4015daea6e875003 401aa1b1c13ee526",
    "3ce269bff1f8c190 3e831446f740b9e0 3ef35c2c496374bf 3f49c8bc979dc5d7 3f8e76f93215462a 3fc186eb183443fb 3fe331d34fc7d77f 3ff0000000000000",
]
CENTRE_A, CENTRE_B, MIDDLE_A, MIDDLE_B, TAIL_A, TAIL_B = [[number(x) for x in column.split()] for column in COLUMNS]


def log64(x):
    """Natural logarithm of finite numbers above 0."""
    x = np.asarray(x, np.float64)
    m, e = np.frexp(x)  # 0.5 <= m < 1, exact, subnormals too
    m, e = m * 2, e - 1
    high = m >= SQRT2
    m, e = np.where(high, m * 0.5, m), np.where(high, e + 1, e).astype(np.float64)
    s = (m - 1) / (m + 1)
    z = s * s
    y = np.full_like(z, 1 / 21)
    for k in (19, 17, 15, 13, 11, 9, 7, 5, 3):
        y = y * z + 1 / k
    d = s + s
    return e * LN2H + (e * LN2L + (d * (z * y) + d))


def exp64(x):
    given = np.asarray(x, np.float64)
    x = np.where((given >= 710) | (given < -746), 0, given)
    n = np.floor(x * LOG2E + 0.5)
    r = x - n * LN2H - n * LN2L
    y = np.ones_like(x)
    for k in range(14, 0, -1):
        y = 1 + (y * r) / k
    half = np.floor(n / 2)
    return np.where(given >= 710, np.inf, np.where(given < -746, 0, y * 2.0**half * 2.0 ** (n - half)))


def wave(x, quarters):
    x = np.asarray(x, np.float64)
    n = np.floor(x * TWO_OVER_PI + 0.5)
    r = x - n * P1 - n * P2 - n * P3
    z = r * r
    q = (n.astype(np.int64) + quarters) % 4
    even, odd = np.ones_like(x), np.ones_like(x)
    for k in range(18, 0, -2):
        odd = 1 - (odd * z) / (k * (k - 1))
    for k in range(17, 3, -2):
        even = 1 - (even * z) / (k * (k - 1))
    even = r - r * ((even * z) / 6)
    y = np.where(q % 2 == 1, odd, even)
    return np.where(q >= 2, -y, y)


def sin64(x):
    return wave(x, 0)


def cos64(x):
    return wave(x, 1)


def horner(column, r):
    total = np.full_like(r, column[0])
    for c in column[1:]:
        total = total * r + c
    return total


def normal64(p):
    q = p - 0.5
    r = 0.180625 - q * q
    centre = (q * horner(CENTRE_A, r)) / horner(CENTRE_B, r)
    r = np.sqrt(-log64(np.where(q < 0, p, 1 - p)))
    middle = horner(MIDDLE_A, r - 1.6) / horner(MIDDLE_B, r - 1.6)
    tail = horner(TAIL_A, r - 5) / horner(TAIL_B, r - 5)
    t = np.where(r <= 5, middle, tail)
    return np.where((q >= -0.425) & (q <= 0.425), centre, np.where(q < 0, -t, t))


def pow_int(b, t):
    p = 1.0
    while t > 0:
        if t % 2:
            p = p * b
        b = b * b
        t //= 2
    return p
