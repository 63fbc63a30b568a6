// Functions in binary64 that give the same bits on every machine: + - * / and Math.sqrt only, which the standard defines
// exactly (Math.exp and its kin differ between engines). The order of operations here is their definition; kernels repeat it.
// Knows nothing of tensors, and nothing of the binary32 exp, which docs/arithmetic.md defines.

const view = new DataView(new ArrayBuffer(8));

const SQRT_2 = 1.4142135623730951;
const LOG2_E = 1.4426950408889634;
// ln 2 in two parts; the first ends in 21 zero bits, so that its product with an exponent is exact.
const LN2_HIGH = 6.9314718036912381649e-1;
const LN2_LOW = 1.90821492927058770002e-10;
const TWO_OVER_PI = 0.6366197723675814;
// pi / 2 in three parts; the first two have 33 bits each, so that their products with n < 2^20 are exact.
const HALF_PI_1 = 1.57079632673412561417;
const HALF_PI_2 = 6.0771005063039659766e-11;
const HALF_PI_3 = 2.02226624879595063154e-21;

// 1/3 + z/5 + z^2/7 + ... + z^9/21.
const LOG = [1 / 21, 1 / 19, 1 / 17, 1 / 15, 1 / 13, 1 / 11, 1 / 9, 1 / 7, 1 / 5, 1 / 3];
// The six polynomials of PPND16: for |q| up to 0.425, for r up to 5, and beyond.
const CENTRE = [
  2509.0809287301226727, 33430.575583588128105, 67265.770927008700853, 45921.953931549871457, 13731.693765509461125,
  1971.5909503065514427, 133.14166789178437745, 3.387132872796366608,
];
const CENTRE_DIVISOR = [
  5226.495278852854561, 28729.085735721942674, 39307.89580009271061, 21213.794301586595867, 5394.1960214247511077,
  687.1870074920579083, 42.313330701600911252, 1,
];
const MIDDLE = [
  7.7454501427834140764e-4, 0.0227238449892691845833, 0.24178072517745061177, 1.27045825245236838258,
  3.64784832476320460504, 5.7694972214606914055, 4.6303378461565452959, 1.42343711074968357734,
];
const MIDDLE_DIVISOR = [
  1.05075007164441684324e-9, 5.475938084995344946e-4, 0.0151986665636164571966, 0.14810397642748007459,
  0.68976733498510000455, 1.6763848301838038494, 2.05319162663775882187, 1,
];
const TAIL = [
  2.01033439929228813265e-7, 2.71155556874348757815e-5, 0.0012426609473880784386, 0.026532189526576123093,
  0.29656057182850489123, 1.7848265399172913358, 5.4637849111641143699, 6.6579046435011037772,
];
const TAIL_DIVISOR = [
  2.04426310338993978564e-15, 1.4215117583164458887e-7, 1.8463183175100546818e-5, 7.868691311456132591e-4,
  0.0148753612908506148525, 0.1369298809227358053, 0.59983220655588793769, 1,
];

/** The polynomial with these coefficients, highest power first. */
const horner = (coefficients: readonly number[], x: number): number => coefficients.reduce((y, c) => y * x + c);

/** 2^n for whole n from -1022 to 1023. */
function powerOfTwo(n: number): number {
  view.setUint32(0, (n + 1023) << 20);
  view.setUint32(4, 0);
  return view.getFloat64(0);
}

/** Natural logarithm. -Infinity at 0, NaN below 0 and of NaN. */
export function log64(x: number): number {
  if (!(x > 0)) return x === 0 ? -Infinity : NaN;
  if (x === Infinity) return x;
  let e = 0;
  if (x < 2.2250738585072014e-308) {
    x *= 18014398509481984; // 2^54: a subnormal becomes normal
    e = -54;
  }
  // x = m * 2^e, m from sqrt(1/2) to sqrt(2)
  view.setFloat64(0, x);
  const high = view.getUint32(0);
  e += (high >>> 20) - 1023;
  view.setUint32(0, (high & 0xfffff) | 0x3ff00000);
  let m = view.getFloat64(0);
  if (m >= SQRT_2) {
    m *= 0.5;
    e += 1;
  }
  // log m = 2 (s + s^3/3 + s^5/5 + ...)
  const s = (m - 1) / (m + 1);
  const z = s * s;
  const y = horner(LOG, z);
  const d = s + s;
  return e * LN2_HIGH + (e * LN2_LOW + (d * (z * y) + d));
}

/** e^x. Infinity above 709.78, gradual underflow below -708.4, +0 below -745.2. */
export function exp64(x: number): number {
  if (!(x < 710)) return x >= 710 ? Infinity : NaN;
  if (x < -746) return 0;
  const n = Math.floor(x * LOG2_E + 0.5);
  const r = x - n * LN2_HIGH - n * LN2_LOW;
  let y = 1;
  for (let k = 14; k > 0; k--) y = 1 + (y * r) / k;
  const half = Math.floor(n / 2); // in two steps: 2^n itself may lie outside the range
  return y * powerOfTwo(half) * powerOfTwo(n - half);
}

/** sin(x + quarters * pi/2), by reduction to the quarter of the circle around n * pi/2. */
function wave(x: number, quarters: number): number {
  const n = Math.floor(x * TWO_OVER_PI + 0.5);
  const r = x - n * HALF_PI_1 - n * HALF_PI_2 - n * HALF_PI_3;
  const z = r * r;
  const quarter = (n + quarters) & 3;
  let y = 1;
  if (quarter & 1) {
    for (let k = 18; k > 0; k -= 2) y = 1 - (y * z) / (k * (k - 1));
  } else {
    for (let k = 17; k > 3; k -= 2) y = 1 - (y * z) / (k * (k - 1));
    y = r - r * ((y * z) / 6);
  }
  return quarter & 2 ? -y : y;
}

/** Sine; `x` in radians, to full accuracy for |x| up to 10^5. */
export const sin64 = (x: number): number => wave(x, 0);

/** Cosine; `x` in radians, to full accuracy for |x| up to 10^5. */
export const cos64 = (x: number): number => wave(x, 1);

/**
 * Quantile `p` of the standard normal distribution, 0 < p < 1: algorithm AS 241, PPND16 (Wichura 1988).
 * NaN outside that range.
 */
export function normal64(p: number): number {
  if (!(p > 0 && p < 1)) return NaN;
  const q = p - 0.5;
  if (q >= -0.425 && q <= 0.425) {
    const r = 0.180625 - q * q;
    return (q * horner(CENTRE, r)) / horner(CENTRE_DIVISOR, r);
  }
  const r = Math.sqrt(-log64(q < 0 ? p : 1 - p));
  const ratio =
    r <= 5
      ? horner(MIDDLE, r - 1.6) / horner(MIDDLE_DIVISOR, r - 1.6)
      : horner(TAIL, r - 5) / horner(TAIL_DIVISOR, r - 5);
  return q < 0 ? -ratio : ratio;
}

/** b^t by repeated squaring, for whole t from 0 to 2^31 - 1. */
export function powInt(b: number, t: number): number {
  let result = 1;
  while (t > 0) {
    if (t & 1) result *= b;
    b *= b;
    t >>= 1;
  }
  return result;
}
