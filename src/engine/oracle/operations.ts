// The interface's operations, each done by the oracle's function in binary32: tensors in, results copied out.

import type { Attention, HeadLosses, Operations, Rope, Tensor, Weight } from '../engine.ts';
import {
  attentionBackwardShape,
  attentionShape,
  embeddingBackwardShape,
  embeddingShape,
  headBackwardShape,
  headShape,
  linearBackwardShape,
  linearShape,
  normBackwardShape,
  normShape,
  ropeShape,
  sameElements,
  squaresShape,
} from '../shapes.ts';
import { binary32 as A } from './arithmetic.ts';
import { attention, attentionBackward } from './attention.ts';
import { crossEntropy, firstLargest } from './cross-entropy.ts';
import { embedding, embeddingBackward } from './embedding.ts';
import { initTensor } from './init.ts';
import { columnSums, linear, linearBackwardInput, linearBackwardWeight, repeated } from './linear.ts';
import { adamW, blockSquares } from './optimizer.ts';
import { rmsNorm, rmsNormBackward } from './rms-norm.ts';
import { rope, ropeBackward } from './rope.ts';
import { swiglu, swigluBackward } from './swiglu.ts';
import { numbersOf, oracleWeight } from './values.ts';

const floats = (tensor: Tensor): Float32Array => numbersOf(tensor) as Float32Array;

const put = (tensor: Tensor, values: ArrayLike<number>): void => numbersOf(tensor).set(values);

const multiplied = (weight: Weight): Float32Array => oracleWeight(weight).floats;

/** What a backward pass multiplies by. */
function trained(weight: Weight): Float32Array {
  const { uses, floats } = oracleWeight(weight);
  if (uses.multiplied && !uses.trained) throw new Error('a weight that is not trained has no gradients');
  return floats;
}

/** The rotation of rows whose positions begin at `first`: the rows of the tables from there on. */
function rotate(of: Rope, turn: typeof rope): void {
  const { M, heads, headDim } = ropeShape(of);
  const from = (table: Tensor) => floats(table).subarray((of.first * headDim) / 2);
  put(of.x, turn(A, floats(of.x), M, of.length, heads, headDim, from(of.cos), from(of.sin)));
}

/** Queries before `start` are made up (+0), and what they give is dropped. */
function attend(of: Attention): void {
  const { B, T, H, G, start } = attentionShape(of);
  const size = H * of.headDim;
  const [q, o] = [floats(of.q), floats(of.o)];
  const all = new Float32Array(B * T * size);
  const there = (b: number): [from: number, to: number] => [b * (T - start) * size, (b + 1) * (T - start) * size];
  for (let b = 0; b < B; b++) all.set(q.subarray(...there(b)), (b * T + start) * size);
  const found = attention(A, all, floats(of.k), floats(of.v), B, T, H, G, of.headDim);
  for (let b = 0; b < B; b++) o.set(found.subarray((b * T + start) * size, (b + 1) * T * size), there(b)[0]);
}

function lossesOf(of: HeadLosses): void {
  const { M, D, V } = headShape(of);
  const logits = linear(A, floats(of.x), multiplied(of.weight), M, D, V);
  const targets = numbersOf(of.targets);
  put(of.losses, crossEntropy(A, logits, targets, M, V, 1).losses);
  if (!of.isGreedy) return;
  const greedy = Array.from(targets, (target, m) => firstLargest(logits, m * V, V) === target);
  put(of.isGreedy, greedy.map(Number));
}

export const OPERATIONS: Operations = {
  embedding: (of) => {
    const { D } = embeddingShape(of);
    put(of.x, embedding(A, floats(of.table.values), numbersOf(of.tokens), D));
  },
  embeddingBackward: (of) => {
    const { V, D } = embeddingBackwardShape(of);
    put(of.dTable, embeddingBackward(A, floats(of.dx), numbersOf(of.tokens), V, D, floats(of.dTable)));
  },
  norm: (of) => {
    const { M, D } = normShape(of);
    const { y, inv } = rmsNorm(A, floats(of.x), floats(of.weight), M, D, of.eps);
    put(of.y, y);
    put(of.inv, inv);
  },
  normBackward: (of) => {
    const { M, D } = normBackwardShape(of);
    const [dy, x, weight, inv] = [floats(of.dy), floats(of.x), floats(of.weight), floats(of.inv)];
    const { dx, dw } = rmsNormBackward(A, dy, x, weight, inv, M, D, floats(of.dx), floats(of.dWeight));
    put(of.dx, dx);
    put(of.dWeight, dw);
  },
  linear: (of) => {
    const { M, K } = linearShape(of);
    for (const { weight, y, from, bias } of of.layers) {
      const start = bias ? repeated(A, floats(bias), M) : from && floats(from);
      put(y, linear(A, floats(of.x), multiplied(weight), M, K, weight.shape[0]!, start));
    }
  },
  linearBackward: (of) => {
    const { M, K } = linearBackwardShape(of);
    let dx: Float32Array | undefined;
    for (const { weight, dy, dWeight, dBias } of of.layers) {
      const N = weight.shape[0]!;
      put(dWeight, linearBackwardWeight(A, floats(dy), floats(of.x), M, K, N, floats(dWeight)));
      if (dBias) put(dBias, columnSums(A, floats(dy), N, floats(dBias)));
      dx = linearBackwardInput(A, floats(dy), trained(weight), M, K, N, dx) as Float32Array;
    }
    if (dx) put(of.dx, dx);
  },
  rope: (of) => rotate(of, rope),
  ropeBackward: (of) => rotate(of, ropeBackward),
  attention: attend,
  attentionBackward: (of) => {
    const { B, T, H, G } = attentionBackwardShape(of);
    const [dO, o, q, k, v] = [floats(of.dO), floats(of.o), floats(of.q), floats(of.k), floats(of.v)];
    const { dq, dk, dv } = attentionBackward(A, dO, o, q, k, v, B, T, H, G, of.headDim);
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
    const logits = linear(A, x, weight, M, D, V);
    const { losses, dLogits } = crossEntropy(A, logits, numbersOf(of.targets), M, V, of.targetsInStep);
    put(of.losses, losses);
    put(of.dx, linearBackwardInput(A, dLogits, weight, M, D, V));
    put(of.dWeight, linearBackwardWeight(A, dLogits, x, M, D, V, floats(of.dWeight)));
  },
  squares: (of) => {
    squaresShape(of.g, of.sums);
    put(of.sums, blockSquares(A, floats(of.g)));
  },
  adamw: (of) => {
    sameElements([of.w, of.g, of.m, of.v]);
    const options = { ...of, lr: of.learningRate, t: of.step };
    const { w, m, v } = adamW(A, floats(of.w), floats(of.g), floats(of.m), floats(of.v), options);
    put(of.w, w);
    put(of.m, m);
    put(of.v, v);
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
