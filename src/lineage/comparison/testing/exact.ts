// Chances counted one by one or in whole numbers of any size, and shuffles: what the laws of chance are compared with. Uses none of their
// code, nor their logarithms.

/** Calls `visit` with each permutation of 0 to n - 1; always the same array (Heap's algorithm). */
export function forPermutations(n: number, visit: (order: readonly number[]) => void): void {
  const order = Array.from({ length: n }, (_, i) => i);
  const turn = (size: number) => {
    if (size <= 1) visit(order);
    else
      for (let i = 0; i < size; i++) {
        turn(size - 1);
        const other = size % 2 === 0 ? i : 0;
        [order[other], order[size - 1]] = [order[size - 1]!, order[other]!];
      }
  };
  turn(n);
}

export function factorial(n: number): bigint {
  let product = 1n;
  for (let i = 2; i <= n; i++) product *= BigInt(i);
  return product;
}

export const choose = (n: number, k: number): bigint => factorial(n) / factorial(k) / factorial(n - k);

/** How many permutations of h labels put exactly k of m matches in place, by k: inclusion and exclusion. */
export function placesCounts(h: number, m: number): bigint[] {
  return Array.from({ length: m + 1 }, (_, k) => {
    let count = 0n;
    for (let i = 0; i <= m - k; i++) count += (i % 2 === 0 ? 1n : -1n) * choose(m - k, i) * factorial(h - k - i);
    return choose(m, k) * count;
  });
}

/** By sum, of how many ways each has by value. */
export function convolved(a: readonly bigint[], b: readonly bigint[]): bigint[] {
  const sums = new Array<bigint>(a.length + b.length - 1).fill(0n);
  for (const [i, x] of a.entries()) for (const [j, y] of b.entries()) sums[i + j]! += x * y;
  return sums;
}

/** By k, how many of the ways count k and more. */
export function tails(counts: readonly bigint[]): bigint[] {
  const result = [...counts];
  for (let k = counts.length - 2; k >= 0; k--) result[k]! += result[k + 1]!;
  return result;
}

/** ln(a / b) */
export function lnRatio(a: bigint, b: bigint): number {
  if (a === 0n) return Number.NEGATIVE_INFINITY;
  const shift = 80 + b.toString(2).length - a.toString(2).length;
  const scaled = shift >= 0 ? (a << BigInt(shift)) / b : a / (b << BigInt(-shift));
  return Math.log(Number(scaled)) - shift * Math.LN2;
}

/** The length of a longest increasing subsequence, by what ends at each place. */
export function longestIncreasing(order: readonly number[]): number {
  const ending: number[] = [];
  for (const [i, value] of order.entries()) {
    let most = 0;
    for (let j = 0; j < i; j++) if (order[j]! < value && ending[j]! > most) most = ending[j]!;
    ending.push(most + 1);
  }
  return Math.max(0, ...ending);
}

/** Words of 32 bits, of a state of 128 (sfc32 of Doty-Humphrey's PractRand): the 32 of `randomNumbers` are few for thousands of millions. */
export function randomWords(seed: number): () => number {
  let [a, b, c, counter] = [0, 0, seed | 0, 1];
  const next = () => {
    const word = (a + b + counter) | 0;
    counter = (counter + 1) | 0;
    a = b ^ (b >>> 9);
    b = (c + (c << 3)) | 0;
    c = (((c << 21) | (c >>> 11)) + word) | 0;
    return word >>> 0;
  };
  for (let i = 0; i < 15; i++) next();
  return next;
}

/** A random order, in place (Fisher and Yates); each is as likely as any other up to 2^-32 times the length. */
export function shuffle(order: Int32Array | Uint8Array | number[], word: () => number): void {
  for (let i = order.length - 1; i > 0; i--) {
    const j = Math.floor((word() / 2 ** 32) * (i + 1));
    const value = order[i]!;
    order[i] = order[j]!;
    order[j] = value;
  }
}

/**
 * At most so many of n independent events of chance p happen, but for one time in a million (Bernstein's inequality): n p + t with
 * t^2 / (2 (n p + t / 3)) = ln(10^6).
 */
export function allowance(n: number, p: number): number {
  const a = Math.log(1e6);
  return n * p + a / 3 + Math.sqrt((a / 3) ** 2 + 2 * a * n * p);
}
