// The operations of the engine interface, each computed by the oracle's function in binary32; the results are copied out.

import type {
  Attention,
  CachedAttention,
  CachedSpan,
  HeadLosses,
  Operations,
  Rope,
  Tensor,
  Weight,
} from '../../engine.ts';
import {
  attentionBackwardShape,
  attentionShape,
  cachedAttentionShape,
  embeddingBackwardShape,
  embeddingShape,
  headBackwardShape,
  headShape,
  linearBackwardShape,
  linearShape,
  muonShape,
  normBackwardShape,
  normShape,
  ropeShape,
  sameElements,
  squaresShape,
} from '../../shapes.ts';
import { binary32 as A, type FloatArray } from './arithmetic.ts';
import { attention, attentionBackward } from './attention.ts';
import { crossEntropy, equalShares, exponentials, firstLargest } from './cross-entropy.ts';
import { rowSum } from './elementary.ts';
import { embedding, embeddingBackward } from './embedding.ts';
import { initTensor } from './init.ts';
import { columnSums, linear, linearBackwardInput, linearBackwardWeight, repeated } from './linear.ts';
import { muon } from './muon.ts';
import { adamW, blockSquares } from './optimizer.ts';
import { embeddingQ8, linearQ8 } from './q8.ts';
import { rmsNorm, rmsNormBackward } from './rms-norm.ts';
import { rope, ropeBackward } from './rope.ts';
import { swiglu, swigluBackward } from './swiglu.ts';
import { numbersOf, oraclePages, oracleWeight } from './values.ts';

const floats = (tensor: Tensor): Float32Array => numbersOf(tensor) as Float32Array;

const put = (tensor: Tensor, values: ArrayLike<number>): void => numbersOf(tensor).set(values);

/** x [M, K] times a weight, by the arithmetic of the weight. */
function product(
  x: FloatArray,
  weight: Weight,
  of: { M: number; K: number; from?: FloatArray | undefined },
): FloatArray {
  const { blocks, floats } = oracleWeight(weight);
  const sizes = { ...of, N: weight.shape[0]! };
  return blocks ? linearQ8(A, x, blocks, sizes) : linear(A, x, floats, sizes);
}

/** The values of a weight in a backward pass. */
function trained(weight: Weight): Float32Array {
  const { uses, floats } = oracleWeight(weight);
  if (uses.multiplied && !uses.trained) throw new Error('a weight that is not trained has no gradients');
  return floats;
}

function rotate(of: Rope, turn: typeof rope): void {
  const { M, heads, headDim } = ropeShape(of);
  const [cos, sin, positions] = [floats(of.cos), floats(of.sin), numbersOf(of.positions)];
  put(of.x, turn(A, floats(of.x), { M, positions, heads, d: headDim, cos, sin }));
}

function attend(of: Attention): void {
  const { H, G } = attentionShape(of);
  const { lengths, headDim: d } = of;
  put(of.o, attention(A, { q: floats(of.q), k: floats(of.k), v: floats(of.v), lengths, H, G, d }));
}

/** Each span as the end of its whole sequence: queries before it are +0, and their results are dropped. */
function attendToPages({ q, k, v, o, pages, ...of }: CachedAttention): void {
  const { H, G } = cachedAttentionShape({ q, k, v, o, pages, ...of });
  const { headDim: d, positions } = pages;
  const stored = oraclePages(pages);
  const placeOf = (span: CachedSpan, position: number): number =>
    span.pages[Math.floor(position / positions)]! * positions + (position % positions);
  for (const span of of.spans) {
    for (let i = 0; i < span.length; i++) {
      stored.keys.set(floats(k.rows(span.first + i, 1)), placeOf(span, span.start + i) * G * d);
      stored.values.set(floats(v.rows(span.first + i, 1)), placeOf(span, span.start + i) * G * d);
    }
  }
  for (const span of of.spans) {
    const T = span.start + span.length;
    const [before, rows] = [span.start * H * d, span.length];
    const queries = new Float32Array(T * H * d);
    queries.set(floats(q.rows(span.first, rows)), before);
    const gathered = (all: Float32Array): Float32Array =>
      Float32Array.from(
        [...Array(T).keys()].flatMap((position) => {
          const at = placeOf(span, position) * G * d;
          return [...all.subarray(at, at + G * d)];
        }),
      );
    const result = attention(A, {
      q: queries,
      k: gathered(stored.keys),
      v: gathered(stored.values),
      lengths: [T],
      ...{ H, G, d },
    });
    put(o.rows(span.first, rows), result.subarray(before));
  }
}

function lossesOf(of: HeadLosses): void {
  const { M, D, V } = headShape(of);
  const logits = product(floats(of.x), of.weight, { M, K: D });
  const targets = numbersOf(of.targets);
  put(of.losses, crossEntropy(A, logits, targets, { M, V, shares: equalShares(A, M, 1) }).losses);
  if (!of.isGreedy) return;
  const greedy = Array.from(targets, (target, m) => firstLargest(logits, m * V, V) === target);
  put(of.isGreedy, greedy.map(Number));
}

export const OPERATIONS: Operations = {
  embedding: (of) => {
    const { D } = embeddingShape(of);
    const { blocks } = oracleWeight(of.table);
    const tokens = numbersOf(of.tokens);
    put(of.x, blocks ? embeddingQ8(A, blocks, tokens, D) : embedding(A, floats(of.table.values), tokens, D));
  },
  embeddingBackward: (of) => {
    const { V, D } = embeddingBackwardShape(of);
    put(of.dTable, embeddingBackward(A, floats(of.dx), numbersOf(of.tokens), { V, D, from: floats(of.dTable) }));
  },
  norm: (of) => {
    const { M, D } = normShape(of);
    const { y, inv } = rmsNorm(A, floats(of.x), floats(of.weight), { M, D, eps: of.eps });
    put(of.y, y);
    put(of.inv, inv);
  },
  normBackward: (of) => {
    const { M, D } = normBackwardShape(of);
    const [dy, x, w, inv] = [floats(of.dy), floats(of.x), floats(of.weight), floats(of.inv)];
    const starts = { dxFrom: floats(of.dx), dwFrom: floats(of.dWeight) };
    const { dx, dw } = rmsNormBackward(A, { dy, x, w, inv, M, D, ...starts });
    put(of.dx, dx);
    put(of.dWeight, dw);
  },
  linear: (of) => {
    const { M, K } = linearShape(of);
    for (const { weight, y, from, bias } of of.layers) {
      const start = bias ? repeated(A, floats(bias), M) : from && floats(from);
      put(y, product(floats(of.x), weight, { M, K, from: start }));
    }
  },
  linearBackward: (of) => {
    const { M, K } = linearBackwardShape(of);
    let dx: Float32Array | undefined;
    for (const { weight, dy, dWeight, dBias } of of.layers) {
      const N = weight.shape[0]!;
      put(dWeight, linearBackwardWeight(A, floats(dy), floats(of.x), { M, K, N, from: floats(dWeight) }));
      if (dBias) put(dBias, columnSums(A, floats(dy), N, floats(dBias)));
      dx = linearBackwardInput(A, floats(dy), trained(weight), { M, K, N, from: dx }) as Float32Array;
    }
    if (dx) put(of.dx, dx);
  },
  rope: (of) => rotate(of, rope),
  ropeBackward: (of) => rotate(of, ropeBackward),
  attention: attend,
  cachedAttention: attendToPages,
  attentionBackward: (of) => {
    const { H, G } = attentionBackwardShape(of);
    const [dO, o, q, k, v] = [floats(of.dO), floats(of.o), floats(of.q), floats(of.k), floats(of.v)];
    const { lengths, headDim: d } = of;
    const { dq, dk, dv } = attentionBackward(A, { dO, o, q, k, v, lengths, H, G, d });
    put(of.dq, dq);
    put(of.dk, dk);
    put(of.dv, dv);
  },
  swiglu: (of) => {
    sameElements([of.gate, of.up, of.y]);
    put(of.y, swiglu(A, floats(of.gate), floats(of.up)));
  },
  swigluBackward: (of) => {
    sameElements([of.dy, of.gate, of.up, of.dGate, of.dUp]);
    const { dg, du } = swigluBackward(A, floats(of.dy), floats(of.gate), floats(of.up));
    put(of.dGate, dg);
    put(of.dUp, du);
  },
  headLosses: lossesOf,
  headBackward: (of) => {
    const { M, D, V } = headBackwardShape(of);
    const [x, weight] = [floats(of.x), trained(of.weight)];
    const sizes = { M, K: D, N: V };
    const logits = linear(A, x, weight, sizes);
    const { losses, dLogits } = crossEntropy(A, logits, numbersOf(of.targets), { M, V, shares: floats(of.shares) });
    put(of.losses, losses);
    put(of.dx, linearBackwardInput(A, dLogits, weight, sizes));
    put(of.dWeight, linearBackwardWeight(A, dLogits, x, { ...sizes, from: floats(of.dWeight) }));
  },
  exponentials: (of) => {
    sameElements([of.x, of.y]);
    const y = exponentials(A, floats(of.x), of.scale);
    put(of.y, y);
    put(of.sum, [rowSum(A, y)]);
  },
  squares: (of) => {
    squaresShape(of.g, of.sums);
    put(of.sums, blockSquares(A, floats(of.g)));
  },
  adamw: (of) => {
    sameElements([of.w, of.g, of.m, of.v]);
    const options = { ...of, lr: of.learningRate, t: of.step };
    const tensors = { w: floats(of.w), g: floats(of.g), m: floats(of.m), v: floats(of.v) };
    const { w, m, v } = adamW(A, tensors, options);
    put(of.w, w);
    put(of.m, m);
    put(of.v, v);
  },
  muon: ({ matrices, ...of }) => {
    for (const matrix of matrices) {
      const { R, C } = muonShape(matrix);
      const tensors = { w: floats(matrix.w), g: floats(matrix.g), m: floats(matrix.m) };
      const { w, m } = muon(A, tensors, { ...of, lr: of.learningRate, R, C });
      put(matrix.w, w);
      put(matrix.m, m);
    }
  },
  random: (of) => put(of.target, initTensor(of.name, sameElements([of.target]), of.seed, of.std)),
  add: (of) => {
    sameElements([of.target, of.source]);
    const source = floats(of.source);
    put(
      of.target,
      floats(of.target).map((x, i) => A.round(x + source[i]!)),
    );
  },
  fill: (of) => {
    sameElements([of.target]);
    numbersOf(of.target).fill(of.value);
  },
  copy: (of) => {
    sameElements([of.target, of.source], of.target.kind);
    put(of.target, numbersOf(of.source));
  },
};
