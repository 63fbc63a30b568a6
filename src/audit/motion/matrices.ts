// Motion of the matrices that Muon updates: checks the norms of each one's movement. Holds one matrix in memory at a time.

import { elementsOf, powInt } from '../../engine/index.ts';
import type { Parameter } from '../../foundry/model/index.ts';
import { momentNames } from '../../foundry/train/index.ts';
import { notZeroAtStart, refutation, type SegmentInput, type SegmentMotion, short } from './input.ts';
import { compare, type MatrixMotion, spectralNormFromBelow, squaresOf } from './matrix.ts';
import { type MatrixLimits, matrixLimits } from './muon.ts';
import { MOVEMENT } from './sentences.ts';
import type { StateReader } from './states.ts';

/** Frobenius norms of the momentum of all matrices together. */
export interface Momentum {
  before: number;
  /** Of what changed beside decay. */
  change: number;
  elements: number;
}

/** Adds what it finds to `result`. @throws JikjiError `safetensors-broken` if a file ends too early */
export function checkMatrices(input: SegmentInput, list: readonly Parameter[], result: SegmentMotion): Momentum {
  const { train, steps, end, segment } = input;
  const rates = steps.map((s) => s.learningRate);
  const momentumKept = powInt(Math.fround(train.momentum ?? 0), steps.length);
  const sums = { before: 0, change: 0, elements: 0 };
  for (const { name, shape } of list) {
    const moment = momentNames.momentum + name;
    const size = elementsOf(shape);
    const pair = readPair(input, name, size);
    const before = Math.sqrt(squaresOf(pair.w0));
    const limits = matrixLimits(train, shape, rates, before);
    const motion = compare(pair, limits.kept, momentumKept);
    sums.before += motion.momentum0;
    sums.change += motion.momentum;
    sums.elements += size;
    result.bytes += 16 * size;
    result.movement.set(name, Math.sqrt(motion.moved));
    result.heading.set(name, motion.along / Math.sqrt(motion.moved * motion.headings));
    if (limits.frobenius + Math.abs(1 - limits.kept) * before > before) result.vacuous.push(name);
    result.findings.push(...notZeroAtStart(input, moment, motion.momentum0));
    const far = tooFar(motion, limits, shape[1]!);
    if (far) {
      const text = MOVEMENT[far.norm]({ norm: short(far.moved), limit: short(far.limit), segment });
      result.findings.push(refutation(end, segment.to, name, text));
    }
    if (!Number.isFinite(motion.momentum)) {
      result.findings.push(refutation(end, segment.to, moment, MOVEMENT.notFinite));
    }
  }
  return { before: Math.sqrt(sums.before), change: Math.sqrt(sums.change), elements: sums.elements };
}

/** The norm of the movement that breaks a limit, and the limit; undefined if none does. */
function tooFar(
  { pushed, push }: MatrixMotion,
  limits: MatrixLimits,
  columns: number,
): { norm: 'frobenius' | 'spectral'; moved: number; limit: number } | undefined {
  const frobenius = Math.sqrt(pushed);
  // Written so that NaN breaks the limit.
  if (!(frobenius <= limits.frobenius)) {
    return { norm: 'frobenius', moved: frobenius, limit: limits.frobenius };
  }
  if (frobenius <= limits.spectral) return undefined; // so is the spectral norm
  const spectral = spectralNormFromBelow(push, columns);
  if (spectral <= limits.spectral) return undefined;
  return { norm: 'spectral', moved: spectral, limit: limits.spectral };
}

function readPair({ start, end }: SegmentInput, name: string, size: number) {
  const read = (state: StateReader, tensor: string): Float32Array => {
    const values = new Float32Array(size);
    state.read(tensor, new Uint8Array(values.buffer), 0);
    return values;
  };
  const moment = momentNames.momentum + name;
  return { w0: read(start, name), w1: read(end, name), m0: read(start, moment), m1: read(end, moment) };
}
