// Gradient norm, AdamW, and plain arithmetic on whole tensors. docs/arithmetic.md, "A step".

import type { AdamW, Operations, Squares } from '../../engine.ts';
import { powInt } from '../../functions.ts';
import { sameElements, squaresShape } from '../../shapes.ts';
import { SIZES } from '../crossing.ts';
import type { Device } from '../device.ts';
import { addressOf, regionOf } from '../region.ts';

/** The work of a kernel that goes over `count` elements in blocks. */
export const blocksOf = (count: number): { items: number } => ({ items: Math.ceil(count / SIZES.block) });

export function squares(d: Device, { g, sums }: Squares): void {
  const count = squaresShape(g, sums);
  d.run('squares', { g, count, sums }, blocksOf(count));
}

export function adamw(d: Device, { step, ...of }: AdamW): void {
  const count = sameElements([of.w, of.g, of.m, of.v]);
  const { beta1, beta2 } = of;
  const corrections = { correction1: 1 / (1 - powInt(beta1, step)), correction2: 1 / (1 - powInt(beta2, step)) };
  d.run('adamw', { ...of, ...corrections, count, rest1: 1 - beta1, rest2: 1 - beta2 }, blocksOf(count));
}

export function add(d: Device, { target, source }: Parameters<Operations['add']>[0]): void {
  const count = sameElements([target, source]);
  d.run('add', { target, source, count }, blocksOf(count));
}

export function fill(d: Device, { target, value }: Parameters<Operations['fill']>[0]): void {
  const count = sameElements([target]);
  d.run('fill', { target, count, value }, blocksOf(count));
}

/** Has no kernel: the system's own copy is as fast. */
export function copy(d: Device, { target, source }: Parameters<Operations['copy']>[0]): void {
  sameElements([target, source], target.kind);
  const { address, bytes } = regionOf(source);
  d.move(address, addressOf(target), bytes);
}
