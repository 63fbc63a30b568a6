// Random cases of every operation: odd sizes, one row, one head, one position. Expected values come from the oracle's functions. A new operation
// does not compile without an entry here.

import type { CachedSpan, WeightUses } from '../engine.ts';
import { ropeTable } from '../rope-table.ts';
import { type Case, type Name, Random } from './conformance.ts';
import * as oracle from './oracle/index.ts';
import { embeddingQ8, headLossesQ8, linearQ8 } from './q8-cases.ts';

const { binary32: A } = oracle;

type Floats = Float32Array;

/** Draws case `i` of a series. */
type Draw<N extends Name> = (r: Random, i: number) => Case<N>;

/** The results of an oracle in binary32 are Float32Arrays. */
const f32 = (values: oracle.FloatArray) => values as Floats;

const TRAINED: WeightUses = { multiplied: true, trained: true };

/** A vector, or a matrix of as many elements where that goes: operations element by element take both. */
function anyShape(r: Random, n: number) {
  const columns = r.between(1, 40);
  return r.chance(0.5) && n % columns === 0 ? [n / columns, columns] : [n];
}

/** 1 often, and more than a vector of anything. */
const size = (r: Random, most: number) => (r.chance(0.2) ? 1 : r.between(1, most));

/** Depths of products: often over more than one block of 256. */
const depth = (r: Random) => (r.chance(0.75) ? r.between(1, 50) : r.between(250, 520));

/** From +0, from a tensor, from what is in the output itself, or each row from a bias. */
const STARTS = ['nothing', 'another', 'itself', 'bias'] as const;

const rotation =
  (turn: typeof oracle.rope): Draw<'rope'> =>
  (r) => {
    const M = r.between(1, 120);
    const [heads, headDim] = [r.between(1, 4), 2 * r.between(1, 17)];
    const P = r.between(1, 90);
    const { cos, sin } = ropeTable(P, headDim, 10000);
    const [x, positions] = [r.numbers(M * heads * headDim), r.below(M, P)];
    const expected = turn(A, x, { M, positions, heads, d: headDim, cos, sin });
    return {
      what: `${M} ${heads} ${headDim}, ${P} positions`,
      of: (b) => ({
        x: b.output([M, heads * headDim], f32(expected), { start: x }),
        cos: b.input([P, headDim / 2], cos),
        sin: b.input([P, headDim / 2], sin),
        positions: b.input([M], positions, 'i32'),
      }),
    };
  };

/** Sizes of attention: sequences of one length or of any, often about a block of queries. */
function attentionSizes(r: Random, most: number) {
  const length = () => (r.chance(0.2) ? 1 : r.chance(0.3) ? r.between(46, 52) : r.between(1, most));
  const G = r.between(1, 2);
  const lengths = r.chance(0.3)
    ? new Array<number>(r.between(1, 2)).fill(length())
    : Array.from({ length: r.between(1, 5) }, length);
  return {
    lengths,
    M: lengths.reduce((a, b) => a + b),
    G,
    H: G * r.between(1, 3),
    d: r.chance(0.2) ? r.between(1, 25) : 2 * r.between(1, 12),
  };
}

/** Numbers from 0 to n - 1 in a random order. */
function shuffled(r: Random, n: number) {
  const all = [...Array(n).keys()];
  for (let i = n - 1; i > 0; i--) {
    const j = r.between(0, i);
    [all[i], all[j]] = [all[j]!, all[i]!];
  }
  return all;
}

/** Where exp has its edges. */
const EDGES = [0, 87.3, 87.33, 87.34, 88.3, 88.37, 88.38, 89, 1e3, 3e38, 1e-45, 1.2e-38, 0.34657, 0.34658];

/** exp over its whole range, through the gate. */
const gatesAtEdges = (): Floats =>
  Float32Array.from(EDGES.flatMap((x) => [x, -x]).concat(Array.from({ length: 4000 }, (_, i) => -100 + i / 20)));

/** x, weight and targets of a head, and the logits that they have. */
interface Head {
  M: number;
  D: number;
  V: number;
  x: Floats;
  weight: Floats;
  targets: Int32Array;
  logits: Floats;
  /** Where rows come again and again: how many of them there are, with their logits. */
  different?: number;
}

/**
 * In turn: random ones; logits as they are drawn (x is the unit matrix, so that gradients of logits show as they are); a few
 * different logits only, so that the largest is there several times. Some rows have no target, in the sixth case none has.
 */
function drawHead(r: Random, i: number): Head {
  const V = i % 3 === 2 ? r.between(2, 40) : r.between(1, 300);
  const M = r.between(1, i === 3 ? 120 : 20);
  const D = i % 3 === 1 ? M : size(r, 60);
  const x = i % 3 === 1 ? new Float32Array(M * M) : r.numbers(M * D);
  if (i % 3 === 1) for (let m = 0; m < M; m++) x[m * M + m] = 1;
  let weight = r.numbers(V * D, i % 3 === 1 ? 15 : 15 / Math.sqrt(D));
  if (i % 3 === 2) {
    const different = weight;
    weight = new Float32Array(V * D);
    for (let j = 0; j < V; j++) {
      const row = r.between(0, Math.min(2, V - 1)) * D;
      weight.set(different.subarray(row, row + D), j * D);
    }
  }
  const logits = f32(oracle.linear(A, x, weight, { M, K: D, N: V }));
  const targets = r.below(M, V).map((target, m) => {
    if (i === 5) return -1;
    return r.chance(0.4) ? oracle.firstLargest(logits, m * V, V) : r.chance(0.3) ? -1 : target;
  });
  return { M, D, V, x, weight, targets, logits };
}

/** So many logits that they are held in pieces: some hundred rows, of which three are different. */
function drawLargeHead(r: Random): Head {
  const [V, M, D, different] = [r.between(87_400, 87_600), r.between(97, 100), 1, 3];
  const few = r.numbers(different);
  const weight = r.numbers(V, 15);
  const fewTargets = r.below(different, V);
  const logits = f32(oracle.linear(A, few, weight, { M: different, K: D, N: V }));
  fewTargets[0] = oracle.firstLargest(logits, 0, V);
  fewTargets[1] = -1;
  const x = Float32Array.from({ length: M }, (_, m) => few[m % different]!);
  const targets = Int32Array.from({ length: M }, (_, m) => fewTargets[m % different]!);
  return { M, D, V, x, weight, targets, logits, different };
}

/** Losses and gradients of logits, for all rows. */
function headExpected({ M, V, logits, targets, different = M }: Head, shares: Float32Array) {
  const sizes = { M: different, V, shares };
  const { losses, dLogits } = oracle.crossEntropy(A, logits, targets.subarray(0, different), sizes);
  const rows = Array.from({ length: M }, (_, m) => m % different);
  const all = { losses: new Float64Array(M), dLogits: new Float32Array(M * V), isGreedy: new Int32Array(M) };
  for (const [m, row] of rows.entries()) {
    all.losses[m] = losses[row]!;
    all.dLogits.set(dLogits.subarray(row * V, (row + 1) * V), m * V);
    all.isGreedy[m] = oracle.firstLargest(logits, row * V, V) === targets[m] ? 1 : 0;
  }
  return all;
}

/** Matrices of two shapes, each also transposed and several times: an engine may take those together. */
function muonShapes(r: Random, i: number): [R: number, C: number][] {
  // A shorter side over one block of depth; then one over a block of rows.
  if (i === 6) return [[258, 259]];
  const first: [number, number] = i === 2 ? [97, r.between(97, 130)] : [size(r, 60), size(r, 60)];
  const second: [number, number] = [size(r, 20), i === 3 ? r.between(257, 300) : size(r, 60)];
  return Array.from({ length: r.between(1, 5) }, () => {
    const [R, C] = r.chance(0.5) ? first : second;
    return r.chance(0.5) ? [R, C] : [C, R];
  });
}

/** The operations in the order that their seeds are numbered by. */
const DRAWS: { [N in Name]: Draw<N> } = {
  embedding: (r, i) => {
    if (i % 4 === 2) return embeddingQ8(r);
    const [V, D, M] = [r.between(1, 40), r.between(1, 70), r.between(1, 90)];
    const [table, tokens] = [r.numbers(V * D), r.below(M, V)];
    // With an untied and a tied head, with and without training.
    const [multiplied, trained] = [r.chance(0.5), r.chance(0.5)];
    const use = { lookedUp: true, multiplied, trained };
    const expected = f32(oracle.embedding(A, table, tokens, D));
    return {
      what: `${V} ${D} ${M} ${JSON.stringify(use)}`,
      of: (b) => ({
        tokens: b.input([M], tokens, 'i32'),
        table: b.weight([V, D], table, use),
        x: b.output([M, D], expected),
      }),
    };
  },
  embeddingBackward: (r) => {
    const [V, D, M] = [r.between(1, 40), r.between(1, 70), r.between(1, 90)];
    const [dx, start, tokens] = [r.numbers(M * D), r.numbers(V * D), r.below(M, V)];
    const expected = f32(oracle.embeddingBackward(A, dx, tokens, { V, D, from: start }));
    return {
      what: `${V} ${D} ${M}`,
      of: (b) => ({
        tokens: b.input([M], tokens, 'i32'),
        dx: b.input([M, D], dx),
        dTable: b.output([V, D], expected, { start }),
      }),
    };
  },
  norm: (r) => {
    const [M, D] = [r.between(1, 20), r.between(1, 90)];
    const [x, weight] = [r.numbers(M * D, 3), r.numbers(D)];
    const eps = r.chance(0.5) ? 1e-5 : 1e-6;
    const inPlace = r.chance(0.5);
    const { y, inv } = oracle.rmsNorm(A, x, weight, { M, D, eps });
    return {
      what: `${M} ${D}${inPlace ? ' in place' : ''}`,
      of: (b) => {
        const out = b.output([M, D], f32(y), inPlace ? { start: x } : {});
        return {
          x: inPlace ? out : b.input([M, D], x),
          weight: b.input([D], weight),
          eps,
          y: out,
          inv: b.output([M], f32(inv)),
        };
      },
    };
  },
  normBackward: (r) => {
    const [M, D] = [r.between(1, 20), r.between(1, 90)];
    const [x, dy, dx, weight, dWeight] = [3, 1, 1]
      .map((most) => r.numbers(M * D, most))
      .concat([r.numbers(D), r.numbers(D)]) as [Floats, Floats, Floats, Floats, Floats];
    const inv = f32(oracle.rmsNorm(A, x, weight, { M, D, eps: 1e-5 }).inv);
    const back = oracle.rmsNormBackward(A, { dy, x, w: weight, inv, M, D, dxFrom: dx, dwFrom: dWeight });
    return {
      what: `${M} ${D}`,
      of: (b) => ({
        dy: b.input([M, D], dy),
        x: b.input([M, D], x),
        weight: b.input([D], weight),
        inv: b.input([M], inv),
        dx: b.output([M, D], f32(back.dx), { start: dx }),
        dWeight: b.output([D], f32(back.dw), { start: dWeight }),
      }),
    };
  },
  linear: (r, i) => {
    if (i % 4 === 2) return linearQ8(r, i);
    // A few rows, as decoding has them, and more columns then: an engine may read several panels at a time.
    const few = i % 2 === 1;
    const [M, K] = [few ? r.between(1, 9) : size(r, 70), depth(r)];
    const x = r.numbers(M * K);
    const uses = [{ multiplied: true }, { multiplied: true, lookedUp: true }, TRAINED, { ...TRAINED, lookedUp: true }];
    const layers = Array.from({ length: r.between(1, 3) }, (_, layer) => {
      const N = size(r, few ? 300 : 60);
      const start = STARTS[(i + layer) % 4]!;
      const [w, bias] = [r.numbers(N * K), r.numbers(N)];
      const drawn = start === 'bias' ? f32(oracle.repeated(A, bias, M)) : r.numbers(M * N);
      const from = start === 'nothing' ? undefined : drawn;
      return {
        N,
        w,
        start,
        from,
        bias,
        use: uses[r.between(0, 3)]!,
        y: f32(oracle.linear(A, x, w, { M, K, N, from })),
      };
    });
    return {
      what: `${M} ${K}, ${layers.map(({ N, start, use }) => `${N} from ${start} ${JSON.stringify(use)}`)}`,
      of: (b) => ({
        x: b.input([M, K], x),
        layers: layers.map(({ N, w, start, from, bias, use, y: expected }) => {
          const weight = b.weight([N, K], w, use);
          if (start === 'nothing') return { weight, y: b.output([M, N], expected) };
          if (start === 'bias') return { weight, y: b.output([M, N], expected), bias: b.input([N], bias) };
          if (start === 'another') return { weight, y: b.output([M, N], expected), from: b.input([M, N], from!) };
          const y = b.output([M, N], expected, { start: from! });
          return { weight, y, from: y };
        }),
      }),
    };
  },
  linearBackward: (r) => {
    const [M, K] = [r.chance(0.8) ? size(r, 70) : r.between(250, 300), depth(r)];
    const x = r.numbers(M * K);
    let dx: Floats | undefined;
    const layers = Array.from({ length: r.between(1, 3) }, () => {
      const N = size(r, r.chance(0.1) ? 300 : 60);
      const [w, dy, start] = [r.numbers(N * K), r.numbers(M * N), r.numbers(N * K)];
      dx = f32(oracle.linearBackwardInput(A, dy, w, { M, K, N, from: dx }));
      const [sums, hasBias] = [r.numbers(N), r.chance(0.5)];
      const dBias = f32(oracle.columnSums(A, dy, N, sums));
      return {
        N,
        w,
        dy,
        start,
        sums,
        hasBias,
        dBias,
        dWeight: f32(oracle.linearBackwardWeight(A, dy, x, { M, K, N, from: start })),
      };
    });
    return {
      what: `${M} ${K}, ${layers.map(({ N }) => N)}`,
      of: (b) => ({
        x: b.input([M, K], x),
        layers: layers.map(({ N, w, dy, start, sums, hasBias, dBias, dWeight }) => ({
          weight: b.weight([N, K], w, TRAINED),
          dy: b.input([M, N], dy),
          dWeight: b.output([N, K], dWeight, { start }),
          ...(hasBias ? { dBias: b.output([N], dBias, { start: sums }) } : {}),
        })),
        dx: b.output([M, K], dx!),
      }),
    };
  },
  rope: rotation(oracle.rope),
  ropeBackward: rotation(oracle.ropeBackward),
  attention: (r) => {
    const sizes = attentionSizes(r, 110);
    const { lengths, M, H, G, d } = sizes;
    const [q, k, v] = [H, G, G].map((heads) => r.numbers(M * heads * d, 2)) as [Floats, Floats, Floats];
    const expected = f32(oracle.attention(A, { q, k, v, lengths, H, G, d }));
    return {
      what: JSON.stringify(sizes),
      of: (b) => ({
        q: b.input([M, H * d], q),
        k: b.input([M, G * d], k),
        v: b.input([M, G * d], v),
        o: b.output([M, H * d], expected),
        lengths,
        headDim: d,
      }),
    };
  },
  attentionBackward: (r) => {
    const { lengths, M, H, G, d } = attentionSizes(r, 110);
    const [q, k, v, dO] = [H, G, G, H].map((heads) => r.numbers(M * heads * d, 2)) as [Floats, Floats, Floats, Floats];
    const o = f32(oracle.attention(A, { q, k, v, lengths, H, G, d }));
    const back = oracle.attentionBackward(A, { dO, o, q, k, v, lengths, H, G, d });
    return {
      what: JSON.stringify({ lengths, H, G, d }),
      of: (b) => ({
        dO: b.input([M, H * d], dO),
        o: b.input([M, H * d], o),
        q: b.input([M, H * d], q),
        k: b.input([M, G * d], k),
        v: b.input([M, G * d], v),
        dq: b.output([M, H * d], f32(back.dq)),
        dk: b.output([M, G * d], f32(back.dk)),
        dv: b.output([M, G * d], f32(back.dv)),
        lengths,
        headDim: d,
      }),
    };
  },
  /**
   * Sequences cut into spans, in any order, with the first pages of the first one shared by the others. The expected values are those of
   * whole sequences, computed each alone.
   */
  cachedAttention: (r, i) => {
    const positions = 16 * r.between(1, 4);
    const { H, G, d } = attentionSizes(r, 1);
    const lengths = Array.from({ length: r.between(1, 3) }, () => size(r, 200));
    const shared = i % 2 === 0 ? 0 : Math.floor(r.between(0, Math.min(...lengths) - 1) / positions);
    const needed = lengths.map((length, s) => Math.ceil(length / positions) - (s > 0 ? shared : 0));
    const free = shuffled(r, needed.reduce((a, b) => a + b) + r.between(0, 2));
    const count = free.length;
    const tables = needed.map((n) => free.splice(0, n));
    for (const table of tables.slice(1)) table.unshift(...tables[0]!.slice(0, shared));
    const first = [H, G, G].map((heads) => r.numbers(shared * positions * heads * d, 2));
    const spans: CachedSpan[] = [];
    const [q, k, v, o]: [number[], number[], number[], number[]] = [[], [], [], []];
    const rowsOf = (all: ArrayLike<number>, heads: number, from: number, to: number) =>
      Array.from(all).slice(from * heads * d, to * heads * d);
    for (const s of shuffled(r, lengths.length)) {
      const T = lengths[s]!;
      const whole = [H, G, G].map((heads, part) => {
        const rest = r.numbers((T - shared * positions) * heads * d, 2);
        return Float32Array.from([...first[part]!, ...rest]);
      }) as [Floats, Floats, Floats];
      const result = oracle.attention(A, { q: whole[0], k: whole[1], v: whole[2], lengths: [T], H, G, d });
      for (let start = s === 0 ? 0 : shared * positions; start < T; ) {
        const length = r.chance(0.3) ? 1 : r.between(1, T - start);
        spans.push({ first: q.length / (H * d), length, start, pages: tables[s]! });
        const end = start + length;
        q.push(...rowsOf(whole[0], H, start, end));
        k.push(...rowsOf(whole[1], G, start, end));
        v.push(...rowsOf(whole[2], G, start, end));
        o.push(...rowsOf(result, H, start, end));
        start = end;
      }
    }
    const M = q.length / (H * d);
    const what = { positions, count, shared, H, G, d, spans: spans.map(({ start, length }) => [start, length]) };
    return {
      what: JSON.stringify(what),
      of: (b) => ({
        q: b.input([M, H * d], Float32Array.from(q)),
        k: b.input([M, G * d], Float32Array.from(k)),
        v: b.input([M, G * d], Float32Array.from(v)),
        // Blocks of queries begin elsewhere, and other keys are masked: that may turn -0 into +0.
        o: b.output([M, H * d], Float32Array.from(o), { unsigned: true }),
        pages: b.pages({ count, positions, keyValueHeads: G, headDim: d }),
        spans,
      }),
    };
  },
  swiglu: (r, i) => {
    const gate = i === 0 ? gatesAtEdges() : r.numbers(r.between(1, 9000), 20);
    const n = gate.length;
    const up = i === 0 ? gate.map(() => 1) : r.numbers(n, 5);
    const [shape, inPlace] = [anyShape(r, n), r.chance(0.5)];
    const expected = f32(oracle.swiglu(A, gate, up));
    return {
      what: `${n}${inPlace ? ' in place' : ''}`,
      of: (b) => {
        const y = b.output(shape, expected, inPlace ? { start: gate } : {});
        return { gate: inPlace ? y : b.input(shape, gate), up: b.input(shape, up), y };
      },
    };
  },
  swigluBackward: (r, i) => {
    const gate = i === 0 ? gatesAtEdges() : r.numbers(r.between(1, 9000), 20);
    const n = gate.length;
    const [up, dy, shape] = [r.numbers(n, 5), r.numbers(n), anyShape(r, n)];
    const [gateInPlace, upInPlace] = [i % 2 === 0, i % 4 < 2];
    const { dg, du } = oracle.swigluBackward(A, dy, gate, up);
    return {
      what: `${n}${gateInPlace ? ', dGate in place' : ''}${upInPlace ? ', dUp in place' : ''}`,
      of: (b) => {
        const dGate = b.output(shape, f32(dg), gateInPlace ? { start: gate } : {});
        const dUp = b.output(shape, f32(du), upInPlace ? { start: up } : {});
        return {
          dy: b.input(shape, dy),
          gate: gateInPlace ? dGate : b.input(shape, gate),
          up: upInPlace ? dUp : b.input(shape, up),
          dGate,
          dUp,
        };
      },
    };
  },
  headLosses: (r, i) => {
    if (i % 4 === 2) return headLossesQ8(r);
    const head = i === 7 ? drawLargeHead(r) : drawHead(r, i);
    const { M, D, V, x, weight, targets } = head;
    const uses = [{ multiplied: true }, { multiplied: true, lookedUp: true }, TRAINED];
    const [use, greedy] = [uses[r.between(0, 2)]!, i % 4 !== 1];
    const { losses, isGreedy } = headExpected(head, new Float32Array(M));
    return {
      what: `${M} ${D} ${V} ${JSON.stringify(use)}`,
      large: head.different !== undefined,
      of: (b) => ({
        x: b.input([M, D], x),
        weight: b.weight([V, D], weight, use),
        targets: b.input([M], targets, 'i32'),
        losses: b.output([M], losses, { kind: 'f64' }),
        ...(greedy ? { isGreedy: b.output([M], isGreedy, { kind: 'i32' }) } : {}),
      }),
    };
  },
  headBackward: (r, i) => {
    const head = i === 7 ? drawLargeHead(r) : drawHead(r, i);
    const { M, D, V, x, weight, targets } = head;
    const n = r.between(M, 5000);
    const ofDifferent = Float32Array.from(
      { length: head.different ?? M },
      () => (i % 4 === 3 ? r.between(-9, 9) : 1) / n,
    );
    const shares = Float32Array.from({ length: M }, (_, m) => ofDifferent[m % ofDifferent.length]!);
    const { losses, dLogits } = headExpected(head, ofDifferent);
    // From +0 where x is the unit matrix: then these are the gradients of the logits.
    const start = i % 3 === 1 ? new Float32Array(V * D) : r.numbers(V * D);
    const dx = f32(oracle.linearBackwardInput(A, dLogits, weight, { M, K: D, N: V }));
    const dWeight = f32(oracle.linearBackwardWeight(A, dLogits, x, { M, K: D, N: V, from: start }));
    return {
      what: `${M} ${D} ${V} of ${n}`,
      large: head.different !== undefined,
      of: (b) => ({
        x: b.input([M, D], x),
        weight: b.weight([V, D], weight, { ...TRAINED, lookedUp: i % 2 === 0 }),
        targets: b.input([M], targets, 'i32'),
        losses: b.output([M], losses, { kind: 'f64' }),
        shares: b.input([M], shares),
        dx: b.output([M, D], dx),
        dWeight: b.output([V, D], dWeight, { start }),
      }),
    };
  },
  exponentials: (r) => {
    const n = size(r, 900);
    const [x, scale] = [r.numbers(n, 30), r.chance(0.3) ? 1 : 1 / (0.1 + 2 * r.next())];
    if (r.chance(0.3)) x[r.between(0, n - 1)] = -Infinity; // what may not be chosen
    if (!x.some(Number.isFinite)) x[0] = 0;
    const expected = oracle.exponentials(A, x, scale);
    return {
      what: `${n}, scale ${scale}`,
      of: (b) => ({
        x: b.input([n], x),
        scale,
        y: b.output([n], f32(expected)),
        sum: b.output([1], Float32Array.of(oracle.rowSum(A, expected))),
      }),
    };
  },
  squares: (r) => {
    const g = r.numbers(r.between(1, 13000));
    const n = g.length;
    // One block at a time: what the chain of a norm adds up.
    const expected = Float32Array.from({ length: Math.ceil(n / 4096) }, (_, i) =>
      oracle.gradNormSquare(A, [g.subarray(i * 4096, (i + 1) * 4096)]),
    );
    const shape = anyShape(r, n);
    return { what: `${n}`, of: (b) => ({ g: b.input(shape, g), sums: b.output([expected.length], expected) }) };
  },
  adamw: (r) => {
    const n = r.between(1, 13000);
    const [w, g, m] = [r.numbers(n), r.numbers(n), r.numbers(n)];
    const v = r.numbers(n).map((x) => x * x);
    const options = {
      learningRate: Math.fround(r.next() * 1e-2),
      weightDecay: r.chance(0.3) ? 0 : 0.1,
      beta1: 0.9,
      beta2: 0.95,
      eps: 1e-8,
      clip: r.chance(0.5) ? 1 : Math.fround(r.next()),
      step: r.between(1, 3000),
    };
    const next = oracle.adamW(A, { w, g, m, v }, { ...options, lr: options.learningRate, t: options.step });
    const shape = anyShape(r, n);
    return {
      what: `${n} ${JSON.stringify(options)}`,
      of: (b) => ({
        w: b.output(shape, f32(next.w), { start: w }),
        g: b.input(shape, g),
        m: b.output(shape, f32(next.m), { start: m }),
        v: b.output(shape, f32(next.v), { start: v }),
        ...options,
      }),
    };
  },
  muon: (r, i) => {
    const options = {
      learningRate: Math.fround(r.next() * 1e-2),
      weightDecay: r.chance(0.3) ? 0 : 0.1,
      momentum: 0.95,
      clip: r.chance(0.5) ? 1 : Math.fround(r.next()),
    };
    const matrices = muonShapes(r, i).map(([R, C]) => {
      const zero = r.chance(0.1);
      const [w, g, m] = [r.numbers(R * C), r.numbers(R * C, zero ? 0 : 1), r.numbers(R * C, zero ? 0 : 1)];
      const next = oracle.muon(A, { w, g, m }, { ...options, lr: options.learningRate, R, C });
      return { shape: [R, C], w, g, m, next };
    });
    return {
      what: `${matrices.map(({ shape }) => shape.join(' x '))} ${JSON.stringify(options)}`,
      of: (b) => ({
        matrices: matrices.map(({ shape, w, g, m, next }) => ({
          w: b.output(shape, f32(next.w), { start: w }),
          g: b.input(shape, g),
          m: b.output(shape, f32(next.m), { start: m }),
        })),
        ...options,
      }),
      large: i === 6,
    };
  },
  random: (r, i) => {
    const n = r.between(1, 3000);
    const small = r.between(0, 2 ** 31) * 2 ** 21 + r.between(0, 2 ** 21 - 1);
    const seed = i % 2 === 0 ? small : (BigInt(small) << 11n) + 1377n;
    const name = `model.layers.${r.between(0, 99)}.mlp.up_proj.weight`;
    const expected = oracle.initTensor(name, n, seed, 0.02);
    const shape = anyShape(r, n);
    return {
      what: `${name} ${n} ${seed}`,
      of: (b) => ({ target: b.output(shape, expected), name, seed, std: 0.02 }),
    };
  },
  add: (r) => {
    const n = r.between(1, 13000);
    const [start, source, shape] = [r.numbers(n), r.numbers(n), anyShape(r, n)];
    const expected = start.map((x, i) => Math.fround(x + source[i]!));
    return {
      what: `${n}`,
      of: (b) => ({ target: b.output(shape, expected, { start }), source: b.input(shape, source) }),
    };
  },
  fill: (r) => {
    const [n, value] = [r.between(1, 13000), r.chance(0.3) ? 0 : Math.fround(r.next())];
    const shape = anyShape(r, n);
    return { what: `${n}`, of: (b) => ({ target: b.output(shape, new Float32Array(n).fill(value)), value }) };
  },
  copy: (r, i) => {
    const n = r.between(1, 13000);
    const kind = (['f32', 'i32', 'f64'] as const)[i % 3]!;
    const source = { f32: r.numbers(n), i32: r.below(n, 1 << 30), f64: Float64Array.from(r.numbers(n), (x) => x / 3) }[
      kind
    ];
    const [to, from] = [anyShape(r, n), anyShape(r, n)];
    return {
      what: `${n} ${kind}`,
      of: (b) => ({ target: b.output(to, source, { kind }), source: b.input(from, source, kind) }),
    };
  },
};

/** `count` cases of an operation, the same ones for the same series; the fifth is the smallest there can be. */
export function casesOf<N extends Name>(name: N, series: number, count: number): Case<N>[] {
  const draw: Draw<N> = DRAWS[name];
  const number = Object.keys(DRAWS).indexOf(name);
  return Array.from({ length: count }, (_, i) => draw(new Random((series * count + i) * 100 + number, i === 4), i));
}
