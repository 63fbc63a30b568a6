// Gradient norm, AdamW, and plain arithmetic on whole tensors. docs/arithmetic.md, "A step".

import type { AdamW, Operations, Squares } from '../../engine.ts';
import { powInt } from '../../functions.ts';
import { sameElements, squaresShape } from '../../shapes.ts';
import { ARGUMENTS, SIZES } from '../crossing.ts';
import { chunkOf, type Device } from '../device.ts';
import { at, regionOf } from '../region.ts';

const blocksOf = (count: number): number => Math.ceil(count / SIZES.block);

export function squares(d: Device, { g, sums }: Squares): void {
  const count = squaresShape(g, sums);
  const { words } = d;
  const a = ARGUMENTS.squares;
  words[a.g] = at(g);
  words[a.count] = count;
  words[a.sums] = at(sums);
  d.run('squares', blocksOf(count), chunkOf(d, blocksOf(count)));
}

export function adamw(d: Device, of: AdamW): void {
  const count = sameElements([of.w, of.g, of.m, of.v]);
  const { words, floats } = d;
  const { beta1, beta2, step } = of;
  const a = ARGUMENTS.adamw;
  words[a.w] = at(of.w);
  words[a.g] = at(of.g);
  words[a.m] = at(of.m);
  words[a.v] = at(of.v);
  words[a.count] = count;
  floats[a.clip] = of.clip;
  floats[a.beta1] = beta1;
  floats[a.rest1] = 1 - beta1;
  floats[a.beta2] = beta2;
  floats[a.rest2] = 1 - beta2;
  floats[a.correction1] = 1 / (1 - powInt(beta1, step));
  floats[a.correction2] = 1 / (1 - powInt(beta2, step));
  floats[a.eps] = of.eps;
  floats[a.weightDecay] = of.weightDecay;
  floats[a.learningRate] = of.learningRate;
  d.run('adamw', blocksOf(count), chunkOf(d, blocksOf(count)));
}

export function add(d: Device, of: Parameters<Operations['add']>[0]): void {
  const count = sameElements([of.target, of.source]);
  const { words } = d;
  const a = ARGUMENTS.add;
  words[a.target] = at(of.target);
  words[a.source] = at(of.source);
  words[a.count] = count;
  d.run('add', blocksOf(count), chunkOf(d, blocksOf(count)));
}

export function fill(d: Device, of: Parameters<Operations['fill']>[0]): void {
  const count = sameElements([of.target]);
  const { words } = d;
  const a = ARGUMENTS.fill;
  words[a.target] = at(of.target);
  words[a.count] = count;
  d.floats[a.value] = of.value;
  d.run('fill', blocksOf(count), chunkOf(d, blocksOf(count)));
}

/** No kernel: the system's own copy is as fast. */
export function copy(d: Device, of: Parameters<Operations['copy']>[0]): void {
  sameElements([of.target, of.source], of.target.kind);
  const { at: from, bytes } = regionOf(of.source);
  d.move(from, at(of.target), bytes);
}
