// Motion of the tensors that AdamW updates: checks every element of weights and moments. States are read in pieces, so memory does not
// grow with a tensor.

import { elementsOf } from '../../engine/index.ts';
import type { Parameter } from '../../foundry/model/index.ts';
import { momentNames } from '../../foundry/train/index.ts';
import type { Finding } from '../types.ts';
import { bound, momentLimits } from './adamw.ts';
import { notZeroAtStart, refutation, type SegmentInput, type SegmentMotion, short } from './input.ts';
import { type Breach, newTally, type Piece, scan, type Tally } from './scan.ts';
import { MOVEMENT } from './sentences.ts';
import { PIECE, type StateReader } from './states.ts';

/** Sums of second moments, of all elements of all tensors. */
export interface SecondMoments {
  before: number;
  after: number;
  elements: number;
}

/** Adds what it finds to `result`. @throws JikjiError `safetensors-broken` if a file ends too early */
export function checkElements(input: SegmentInput, list: readonly Parameter[], result: SegmentMotion): SecondMoments {
  const { segment, train, steps } = input;
  const rates = steps.map((s) => s.learningRate);
  const bounds = { decayed: bound(train, segment.from, rates, true), plain: bound(train, segment.from, rates, false) };
  const limits = momentLimits(train, steps.length);
  const buffers = newBuffers(Math.min(PIECE, Math.max(0, ...list.map((p) => elementsOf(p.shape)))));
  const sums = { before: 0, after: 0, elements: 0 };
  for (const { name, shape, std } of list) {
    const size = elementsOf(shape);
    const limit = std === undefined ? bounds.plain : bounds.decayed;
    const tally = newTally();
    for (let at = 0; at < size; at += PIECE) {
      const count = Math.min(PIECE, size - at);
      readPiece(buffers, input, name, { at, count });
      scan(buffers, { count, at, bound: limit, limits }, tally);
    }
    sums.before += tally.second0;
    sums.after += tally.second1;
    sums.elements += size;
    result.bytes += 24 * size;
    result.movement.set(name, Math.sqrt(tally.moved));
    result.heading.set(name, tally.along / Math.sqrt(tally.moved * tally.headings));
    const typical = Math.sqrt(tally.squares / size);
    if (limit.alpha + limit.beta * typical > typical) result.vacuous.push(name);
    result.findings.push(...notZeroAtStart(input, momentNames.first + name, tally.moments0));
    result.findings.push(...breaches(tally, name, size, input));
  }
  return sums;
}

/** Findings for elements of a tensor that break a limit in the state at the segment's end. */
function breaches(tally: Tally, name: string, size: number, { segment, end }: SegmentInput): Finding[] {
  const describe = (tensor: string, breach: Breach | undefined, says: 'element' | 'first' | 'second'): Finding[] => {
    if (!breach) return [];
    const { element, value, limit, count } = breach;
    const text = MOVEMENT[says]({ element, value: short(value), limit: short(limit), count, size, segment });
    return [refutation(end, segment.to, tensor, text)];
  };
  return [
    ...describe(name, tally.bound, 'element'),
    ...(!Number.isFinite(tally.moved) && !tally.bound ? [refutation(end, segment.to, name, MOVEMENT.notFinite)] : []),
    ...describe(momentNames.first + name, tally.first, 'first'),
    ...describe(momentNames.second + name, tally.second, 'second'),
  ];
}

function newBuffers(length: number): Piece {
  const one = () => new Float32Array(length);
  return { w0: one(), w1: one(), m0: one(), m1: one(), v0: one(), v1: one() };
}

function readPiece(
  piece: Piece,
  { start, end }: SegmentInput,
  name: string,
  { at, count }: { at: number; count: number },
): void {
  const read = (state: StateReader, tensor: string, into: Float32Array) =>
    state.read(tensor, new Uint8Array(into.buffer, 0, count * 4), at * 4);
  read(start, name, piece.w0);
  read(end, name, piece.w1);
  read(start, momentNames.first + name, piece.m0);
  read(end, momentNames.first + name, piece.m1);
  read(start, momentNames.second + name, piece.v0);
  read(end, momentNames.second + name, piece.v1);
}
