// Random cases of the operations that take weights of bytes. Expected values come from the oracle's functions.

import type { Case, Random } from './conformance.ts';
import * as oracle from './oracle/index.ts';

const { binary32: A } = oracle;

const f32 = (values: oracle.FloatArray) => values as Float32Array;

/** Inputs in blocks of very different sizes: some all zero, some so small that they count as zeros, with ties where they are halves. */
function inputs(r: Random, count: number) {
  const x = r.numbers(count, 3);
  for (let first = 0; first < count; first += 32) {
    const block = x.subarray(first, first + 32);
    const kind = r.between(0, 9);
    if (kind === 0) block.fill(0);
    if (kind === 1) for (const k of block.keys()) block[k]! *= 1e-31;
    if (kind === 2) for (const k of block.keys()) block[k]! *= 1e20;
    // Whole numbers of the largest magnitude alone, of one sign.
    if (kind === 4) block.fill(r.chance(0.5) ? 3 : -3);
    // The largest is 8191, so halves are ties.
    if (kind === 3) for (const k of block.keys()) block[k] = k === 5 ? 8191 : r.between(-4000, 4000) + 0.5;
  }
  return x;
}

export function linearQ8(r: Random, i: number): Case<'linear'> {
  const [M, K] = [
    i % 8 === 2 ? r.between(1, 5) : r.between(1, 40),
    32 * (r.chance(0.7) ? r.between(1, 4) : r.between(30, 70)),
  ];
  const x = inputs(r, M * K);
  const layers = Array.from({ length: r.between(1, 3) }, () => {
    const N = r.chance(0.2) ? 1 : r.between(1, K > 200 ? 70 : 300);
    const [bias, start] = [r.numbers(N), r.between(0, 3)];
    // A few beside them are of binary32, as in files that mix both.
    const w = r.chance(0.2) ? r.numbers(N * K) : r.blocks((N * K) / 32);
    const drawn = start === 1 ? f32(oracle.repeated(A, bias, M)) : r.numbers(M * N);
    const from = start === 0 ? undefined : drawn;
    const sizes = { M, K, N, from };
    return {
      N,
      w,
      bias,
      start,
      from,
      lookedUp: r.chance(0.3),
      y: f32(w instanceof Float32Array ? oracle.linear(A, x, w, sizes) : oracle.linearQ8(A, x, w, sizes)),
    };
  });
  return {
    what: `bytes, ${M} ${K}, ${layers.map(({ N, start }) => `${N} from ${start}`)}`,
    of: (b) => ({
      x: b.input([M, K], x),
      layers: layers.map(({ N, w, bias, start, from, lookedUp, y: expected }) => {
        const weight = b.weight([N, K], w, { multiplied: true, lookedUp, q8: w instanceof Uint8Array });
        if (start === 3) {
          const y = b.output([M, N], expected, { start: from! });
          return { weight, y, from: y };
        }
        const y = b.output([M, N], expected);
        if (start === 0) return { weight, y };
        return start === 1 ? { weight, y, bias: b.input([N], bias) } : { weight, y, from: b.input([M, N], from!) };
      }),
    }),
  };
}

export function embeddingQ8(r: Random): Case<'embedding'> {
  const [V, D, M] = [r.between(1, 50), 32 * r.between(1, 4), r.between(1, 60)];
  const [blocks, tokens] = [r.blocks((V * D) / 32), r.below(M, V)];
  const expected = f32(oracle.embeddingQ8(A, blocks, tokens, D));
  return {
    what: `bytes, ${V} ${D} ${M}`,
    of: (b) => ({
      tokens: b.input([M], tokens, 'i32'),
      table: b.weight([V, D], blocks, { lookedUp: true, multiplied: r.chance(0.5), q8: true }),
      x: b.output([M, D], expected),
    }),
  };
}

export function headLossesQ8(r: Random): Case<'headLosses'> {
  const [M, D, V] = [r.between(1, 20), 32 * r.between(1, 3), r.between(1, 300)];
  const [x, blocks, targets] = [r.numbers(M * D), r.blocks((V * D) / 32), r.below(M, V)];
  const logits = oracle.linearQ8(A, x, blocks, { M, K: D, N: V });
  const { losses } = oracle.crossEntropy(A, logits, targets, { M, V, shares: oracle.equalShares(A, M, 1) });
  const greedy = Int32Array.from(targets, (target, m) => (oracle.firstLargest(logits, m * V, V) === target ? 1 : 0));
  return {
    what: `bytes, ${M} ${D} ${V}`,
    of: (b) => ({
      x: b.input([M, D], x),
      weight: b.weight([V, D], blocks, { multiplied: true, q8: true }),
      targets: b.input([M], targets, 'i32'),
      losses: b.output([M], Float64Array.from(losses), { kind: 'f64' }),
      isGreedy: b.output([M], greedy, { kind: 'i32' }),
    }),
  };
}
