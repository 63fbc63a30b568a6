// Every kernel against the naive oracle, bit for bit, on random shapes: odd sizes, one row, one head, T = 1; both tiles, threads.

import { describe, expect, test } from 'vitest';
import { Engine, type TileWidth } from '../engine.ts';
import { Layout, type Region } from '../layout.ts';
import * as oracle from '../oracle/index.ts';
import { ropeTable } from '../rope-table.ts';
import { attendOne, attention, attentionBackward, attentionScratch } from './attention.ts';
import { embedding, embeddingBackward } from './embedding.ts';
import { linear, linearBackwardInput, linearBackwardWeight, packedLength, productScratch } from './linear.ts';
import { logitStride, loss } from './loss.ts';
import { norm, normBackward, normScratch } from './norm.ts';
import { adamw, add, squareSum, squareSumLength } from './optimizer.ts';
import { randomNormal } from './random.ts';
import { rope, ropeBackward } from './rope.ts';
import { swiglu, swigluBackward } from './swiglu.ts';

const { binary32: A } = oracle;
const CASES = process.env.JIKJI_TORTURE ? 200 : 8;

/** xorshift32: the cases are the same each time. */
let state = 1;
function random(): number {
  state ^= state << 13;
  state ^= state >>> 17;
  state ^= state << 5;
  return (state >>> 0) / 2 ** 32;
}
const between = (low: number, high: number): number => low + Math.floor(random() * (high - low + 1));
const numbers = (n: number, size = 1): Float32Array =>
  Float32Array.from({ length: n }, () => (random() * 2 - 1) * size * (random() < 0.05 ? 1e-3 : 1));
const tokensBelow = (n: number, V: number): Int32Array => Int32Array.from({ length: n }, () => between(0, V - 1));

const words = (
  a: ArrayLike<number> & { buffer: ArrayBufferLike; byteOffset: number; byteLength: number },
): Uint32Array => new Uint32Array(a.buffer.slice(a.byteOffset, a.byteOffset + a.byteLength) as ArrayBuffer);

/** Equal in every bit, the sign of zero included. */
function same(ours: Float32Array | Float64Array, theirs: oracle.FloatArray, what: string): void {
  const a = words(ours);
  const b = words(theirs as Float32Array);
  expect(a.length, what).toBe(b.length);
  const wrong = a.findIndex((word, i) => word !== b[i]);
  if (wrong >= 0) throw new Error(`${what}: element ${wrong} is ${ours[wrong]}, the oracle has ${theirs[wrong]}`);
}

interface Bench {
  e: Engine;
  /** Puts numbers into planned regions. */
  put(region: Region, values: ArrayLike<number>): void;
  get(region: Region): Float32Array;
}

/** Plans regions, opens an engine on them, runs, closes. Whatever memory held before must not matter: it is filled with a pattern. */
function withEngine<T extends Record<string, Region>>(
  scratch: number,
  plan: (layout: Layout) => T,
  run: (bench: Bench, regions: T) => void,
): void {
  const layout = new Layout(between(1, 3), scratch);
  const regions = plan(layout);
  const tile: TileWidth = random() < 0.5 ? 8 : 16;
  const e = new Engine(layout, { tile });
  try {
    for (const region of Object.values(regions)) e.floats(region).fill(123.25);
    run(
      {
        e,
        put: (region, values) => e.floats(region).set(values as ArrayLike<number>),
        get: (region) => e.floats(region),
      },
      regions,
    );
  } finally {
    e.close();
  }
}

const cases = (name: string, body: () => void): void => {
  test(`${name} (${CASES} shapes)`, () => {
    for (let i = 0; i < CASES; i++) body();
  });
};

describe('kernels equal the oracle', () => {
  cases('linear and its gradients', () => {
    const M = random() < 0.2 ? 1 : between(1, 70);
    const K = random() < 0.2 ? between(250, 520) : between(1, 50);
    const N = random() < 0.2 ? 1 : between(1, 60);
    const [x, w, dy, r] = [numbers(M * K), numbers(N * K), numbers(M * N), numbers(M * N)];
    const [dx0, dw0] = [numbers(M * K), numbers(N * K)];
    withEngine(
      productScratch,
      (l) => ({
        x: l.f32(M * K),
        w: l.f32(N * K),
        y: l.f32(M * N),
        r: l.f32(M * N),
        dy: l.f32(M * N),
        dx: l.f32(M * K),
        dw: l.f32(N * K),
        packed: l.f32(Math.max(packedLength(K, N), packedLength(N, K), packedLength(M, K))),
      }),
      ({ e, put, get }, at) => {
        put(at.x, x);
        put(at.w, w);
        put(at.dy, dy);
        put(at.r, r);
        const dense = (region: Region) => ({ region, stride: N });
        linear(e, at.x, at.w, dense(at.y), undefined, M, K, N, at.packed);
        same(get(at.y), oracle.linear(A, x, w, M, K, N), `linear ${M} ${K} ${N}`);
        linear(e, at.x, at.w, dense(at.y), dense(at.r), M, K, N, at.packed);
        same(get(at.y), oracle.linear(A, x, w, M, K, N, r), `linear from a residual ${M} ${K} ${N}`);
        linearBackwardInput(e, dense(at.dy), at.w, at.dx, false, M, K, N, at.packed);
        same(get(at.dx), oracle.linearBackwardInput(A, dy, w, M, K, N), `input gradient ${M} ${K} ${N}`);
        put(at.dx, dx0);
        linearBackwardInput(e, dense(at.dy), at.w, at.dx, true, M, K, N, at.packed);
        same(
          get(at.dx),
          oracle.linearBackwardInput(A, dy, w, M, K, N, dx0),
          `input gradient, continued ${M} ${K} ${N}`,
        );
        put(at.dw, dw0);
        linearBackwardWeight(e, [{ dy: dense(at.dy), dw: at.dw, N }], at.x, M, K, at.packed);
        same(get(at.dw), oracle.linearBackwardWeight(A, dy, x, M, K, N, dw0), `weight gradient ${M} ${K} ${N}`);
      },
    );
  });

  cases('RMSNorm', () => {
    const M = between(1, 20);
    const D = between(1, 90);
    const eps = 1e-5;
    const [x, w, dy, dx0, dw0] = [numbers(M * D, 3), numbers(D), numbers(M * D), numbers(M * D), numbers(D)];
    withEngine(
      normScratch(D),
      (l) => ({
        x: l.f32(M * D),
        w: l.f32(D),
        y: l.f32(M * D),
        inv: l.f32(M),
        dy: l.f32(M * D),
        dx: l.f32(M * D),
        dw: l.f32(D),
      }),
      ({ e, put, get }, at) => {
        put(at.x, x);
        put(at.w, w);
        put(at.dy, dy);
        put(at.dx, dx0);
        put(at.dw, dw0);
        norm(e, at.x, at.w, at.y, at.inv, M, D, eps);
        const { y, inv } = oracle.rmsNorm(A, x, w, M, D, Math.fround(eps));
        same(get(at.inv), inv, `inv ${M} ${D}`);
        same(get(at.y), y, `norm ${M} ${D}`);
        normBackward(e, at.dy, at.x, at.w, at.inv, at.dx, at.dw, M, D);
        const back = oracle.rmsNormBackward(A, dy, x, w, inv, M, D, dx0, dw0);
        same(get(at.dx), back.dx, `dx ${M} ${D}`);
        same(get(at.dw), back.dw, `dw ${M} ${D}`);
      },
    );
  });

  cases('rotary embedding', () => {
    const T = between(1, 60);
    const M = T * between(1, 3);
    const heads = between(1, 4);
    const d = 2 * between(1, 17);
    const x = numbers(M * heads * d);
    const { cos, sin } = ropeTable(T, d, 10000);
    withEngine(
      64,
      (l) => ({ x: l.f32(x.length), cos: l.f32(cos.length), sin: l.f32(sin.length) }),
      ({ e, put, get }, at) => {
        put(at.x, x);
        put(at.cos, cos);
        put(at.sin, sin);
        rope(e, at.x, M, T, heads, d, at.cos, at.sin);
        same(get(at.x), oracle.rope(A, x, M, T, heads, d, cos, sin), `rope ${M} ${T} ${heads} ${d}`);
        put(at.x, x);
        ropeBackward(e, at.x, M, T, heads, d, at.cos, at.sin);
        same(get(at.x), oracle.ropeBackward(A, x, M, T, heads, d, cos, sin), `rope backward ${M} ${T} ${heads} ${d}`);
      },
    );
  });

  cases('attention', () => {
    const B = between(1, 2);
    const T = random() < 0.2 ? 1 : random() < 0.3 ? between(46, 52) : between(1, 110);
    const G = between(1, 2);
    const H = G * between(1, 3);
    const d = 2 * between(1, 12);
    const shape = { B, T, H, G, d };
    const [q, k, v, dO] = [H, G, G, H].map((heads) => numbers(B * T * heads * d, 2)) as [
      Float32Array,
      Float32Array,
      Float32Array,
      Float32Array,
    ];
    withEngine(
      attentionScratch(T, d),
      (l) => ({
        q: l.f32(q.length),
        k: l.f32(k.length),
        v: l.f32(v.length),
        o: l.f32(q.length),
        dO: l.f32(q.length),
        dq: l.f32(q.length),
        dk: l.f32(k.length),
        dv: l.f32(v.length),
      }),
      ({ e, put, get }, at) => {
        put(at.q, q);
        put(at.k, k);
        put(at.v, v);
        put(at.dO, dO);
        attention(e, at.q, at.k, at.v, at.o, shape);
        const o = oracle.attention(A, q, k, v, B, T, H, G, d);
        same(get(at.o), o, `attention ${JSON.stringify(shape)}`);
        attentionBackward(e, at.dO, at.o, at.q, at.k, at.v, at.dq, at.dk, at.dv, shape);
        const back = oracle.attentionBackward(A, dO, o, q, k, v, B, T, H, G, d);
        same(get(at.dq), back.dq, `dq ${JSON.stringify(shape)}`);
        same(get(at.dk), back.dk, `dk ${JSON.stringify(shape)}`);
        same(get(at.dv), back.dv, `dv ${JSON.stringify(shape)}`);
        // The queries from some position on, of every sequence; the sign of zero may differ, as other keys are masked.
        const start = between(0, T - 1);
        const tails = (x: Float32Array): number[] =>
          [...Array(B).keys()].flatMap((b) => [...x.subarray((b * T + start) * H * d, (b + 1) * T * H * d)]);
        const tail = tails(q);
        put({ at: at.dq.at, length: tail.length }, tail);
        attention(e, at.dq, at.k, at.v, at.dO, shape, start);
        const unsigned = (x: ArrayLike<number>): Float32Array => Float32Array.from(x, (y) => y + 0);
        const found = get({ at: at.dO.at, length: tail.length });
        same(unsigned(found), unsigned(tails(o as Float32Array)), `from ${start} on ${JSON.stringify(shape)}`);
        // One position against a cache: the last row of the first sequence.
        const row = (T - 1) * H * d;
        const last = (region: Region): Region => ({ at: region.at + row * 4, length: H * d });
        attendOne(e, last(at.q), at.k, at.v, last(at.dq), T, H, G, d, G * d);
        const alone = get(last(at.dq)).map((x) => x + 0); // masked zeros may turn -0 into +0 in the full pass
        same(
          alone,
          o.subarray(row, row + H * d).map((x) => x + 0) as Float32Array,
          `one position ${JSON.stringify(shape)}`,
        );
      },
    );
  });

  cases('SwiGLU', () => {
    const n = between(1, 9000);
    const [g, u, dy] = [numbers(n, 20), numbers(n, 5), numbers(n)];
    withEngine(
      64,
      (l) => ({ g: l.f32(n), u: l.f32(n), y: l.f32(n), dy: l.f32(n) }),
      ({ e, put, get }, at) => {
        put(at.g, g);
        put(at.u, u);
        put(at.dy, dy);
        swiglu(e, at.g, at.u, at.y, n);
        same(get(at.y), oracle.swiglu(A, g, u), `swiglu ${n}`);
        swigluBackward(e, at.dy, at.g, at.u, at.g, at.u, n); // in place, as the model does it
        const back = oracle.swigluBackward(A, dy, g, u);
        same(get(at.g), back.dg, `dg ${n}`);
        same(get(at.u), back.du, `du ${n}`);
      },
    );
  });

  test('exp over its whole range, through SwiGLU', () => {
    const edges = [0, -0, 87.3, 87.33, 87.34, 88.3, 88.37, 88.38, 89, 1e3, 3e38, 1e-45, 1.2e-38, 0.34657, 0.34658];
    const g = Float32Array.from(
      edges.flatMap((x) => [x, -x]).concat(Array.from({ length: 4000 }, (_, i) => -100 + i / 20)),
    );
    const u = g.map(() => 1);
    withEngine(
      64,
      (l) => ({ g: l.f32(g.length), u: l.f32(g.length), y: l.f32(g.length) }),
      ({ e, put, get }, at) => {
        put(at.g, g);
        put(at.u, u);
        swiglu(e, at.g, at.u, at.y, g.length);
        same(get(at.y), oracle.swiglu(A, g, u), 'swiglu at the edges');
      },
    );
  });

  cases('embedding', () => {
    const V = between(1, 40);
    const D = between(1, 70);
    const M = between(1, 90);
    const [E, dx, dE0] = [numbers(V * D), numbers(M * D), numbers(V * D)];
    const tokens = tokensBelow(M, V);
    withEngine(
      64,
      (l) => ({ E: l.f32(V * D), tokens: l.i32(M), x: l.f32(M * D), dE: l.f32(V * D) }),
      ({ e, put, get }, at) => {
        put(at.E, E);
        e.ints(at.tokens).set(tokens);
        embedding(e, at.tokens, at.E, at.x, M, D);
        same(get(at.x), oracle.embedding(A, E, tokens, D), `embedding ${V} ${D} ${M}`);
        put(at.x, dx);
        put(at.dE, dE0);
        embeddingBackward(e, at.tokens, at.x, at.dE, M, D);
        same(get(at.dE), oracle.embeddingBackward(A, dx, tokens, V, D, dE0), `embedding backward ${V} ${D} ${M}`);
      },
    );
  });

  cases('cross-entropy', () => {
    const V = between(1, 300);
    const M = between(1, 20);
    const n = between(M, 5000);
    const stride = logitStride(V);
    const logits = numbers(M * V, 15);
    const targets = tokensBelow(M, V);
    const padded = new Float32Array(M * stride).fill(77);
    for (let m = 0; m < M; m++) padded.set(logits.subarray(m * V, (m + 1) * V), m * stride);
    withEngine(
      64,
      (l) => ({ logits: l.f32(M * stride), targets: l.i32(M), losses: l.f64(M) }),
      ({ e, put, get }, at) => {
        put(at.logits, padded);
        e.ints(at.targets).set(targets);
        loss(e, at.logits, at.targets, at.losses, M, V, n);
        const expected = oracle.crossEntropy(A, logits, targets, M, V, n);
        same(e.doubles(at.losses), expected.losses, `losses ${M} ${V}`);
        const ours = new Float32Array(M * V);
        for (let m = 0; m < M; m++) ours.set(get(at.logits).subarray(m * stride, m * stride + V), m * V);
        same(ours, expected.dLogits, `dLogits ${M} ${V} ${n}`);
      },
    );
  });

  cases('gradient norm, AdamW, sums', () => {
    const n = between(1, 13000);
    const [w, g, m, other] = [numbers(n), numbers(n), numbers(n), numbers(n)];
    const v = numbers(n).map((x) => x * x);
    const o = {
      learningRate: Math.fround(random() * 1e-2),
      weightDecay: random() < 0.3 ? 0 : 0.1,
      beta1: 0.9,
      beta2: 0.95,
      eps: 1e-8,
      clip: random() < 0.5 ? 1 : Math.fround(random()),
      step: between(1, 3000),
    };
    withEngine(
      64,
      (l) => ({ w: l.f32(n), g: l.f32(n), m: l.f32(n), v: l.f32(n), sums: l.f32(squareSumLength(n)) }),
      ({ e, put, get }, at) => {
        put(at.w, w);
        put(at.g, g);
        put(at.m, m);
        put(at.v, v);
        expect(squareSum(e, at.g, at.sums, 0.5)).toBe(chainOfSquares(0.5, g));
        adamw(e, at.w, at.g, at.m, at.v, o);
        const next = oracle.adamW(A, w, g, m, v, { ...o, lr: o.learningRate, t: o.step });
        same(get(at.w), next.w, `w ${n} ${JSON.stringify(o)}`);
        same(get(at.m), next.m, `m ${n}`);
        same(get(at.v), next.v, `v ${n}`);
        put(at.m, other);
        put(at.g, g);
        add(e, at.m, at.g);
        same(
          get(at.m),
          other.map((x, i) => Math.fround(x + g[i]!)),
          `sum ${n}`,
        );
      },
    );
  });

  cases('initial weights', () => {
    const n = between(1, 3000);
    const seed = between(0, 2 ** 31) * 2 ** 21 + between(0, 2 ** 21 - 1);
    const name = `model.layers.${between(0, 99)}.mlp.up_proj.weight`;
    withEngine(
      64,
      (l) => ({ w: l.f32(n) }),
      ({ e, get }, at) => {
        randomNormal(e, at.w, name, seed, 0.02);
        same(get(at.w), oracle.initTensor(name, n, seed, 0.02), `${name} ${n} ${seed}`);
      },
    );
  });
});

/** The chain that `sum` begins, continued over a tensor's blocks. */
function chainOfSquares(sum: number, g: Float32Array): number {
  for (let i = 0; i < g.length; i += 4096) sum += oracle.gradNormSquare(A, [g.subarray(i, i + 4096)]);
  return sum;
}
