// Motion over one segment: compares its two states with the transcript's numbers between them. Knows no run folders; trains nothing.

import { elementsOf } from '../../engine/index.ts';
import { type ModelConfig, type Parameter, parameters } from '../../foundry/model/index.ts';
import { optimizerOf, stateEntries } from '../../foundry/train/index.ts';
import type { Finding } from '../types.ts';
import { secondMomentSum } from './adamw.ts';
import { checkElements, type SecondMoments } from './elements.ts';
import { refutation, type SegmentInput, type SegmentMotion, short } from './input.ts';
import { checkMatrices, type Momentum } from './matrices.ts';
import { momentumLimit } from './muon.ts';
import { MOVEMENT } from './sentences.ts';
import { PIECE, type StateReader } from './states.ts';

/** Checks bound and moments of one segment. @throws JikjiError `safetensors-broken` if a file ends too early */
export function segmentMotion(input: SegmentInput): SegmentMotion {
  const { segment, train, steps, start, end } = input;
  const n = segment.to - segment.from;
  if (n < 1 || steps.length !== n) throw new Error(`${steps.length} steps given for a segment of ${n}`);
  const result: SegmentMotion = {
    segment,
    findings: [...differingTensors(start, segment.from, input), ...differingTensors(end, segment.to, input)],
    vacuous: [],
    movement: new Map(),
    heading: new Map(),
    learningRates: steps.reduce((sum, s) => sum + s.learningRate, 0),
    bytes: 0,
  };
  if (result.findings.length > 0) return result; // states of another model cannot be compared
  const isMatrix = (parameter: Parameter): boolean => optimizerOf(train, parameter) === 'muon';
  const list = parameters(input.model);
  const second = checkElements(
    input,
    list.filter((parameter) => !isMatrix(parameter)),
    result,
  );
  const momentum = checkMatrices(input, list.filter(isMatrix), result);
  result.findings.push(...sumFindings(input, second, momentum));
  return result;
}

/** Findings for sums over all tensors, which the transcript's gradient norms limit. */
function sumFindings(
  { segment, train, steps, end }: SegmentInput,
  second: SecondMoments,
  momentum: Momentum,
): Finding[] {
  const hasMatrices = momentum.elements > 0;
  const { least, most } = secondMomentSum(train, second.before, steps, second.elements);
  if (!(second.after >= (hasMatrices ? 0 : least) && second.after <= most)) {
    const text = hasMatrices
      ? MOVEMENT.secondMomentsAtMost(short(second.after), short(most))
      : MOVEMENT.secondMoments(short(second.after), short((least + most) / 2));
    return [refutation(end, segment.to, undefined, text)];
  }
  const limit = momentumLimit(train, steps, { ...momentum, second: most - second.after });
  if (momentum.change <= limit) return [];
  return [refutation(end, segment.to, undefined, MOVEMENT.momentum(short(momentum.change), short(limit)))];
}

/** L2 distance of each weight between two states. @throws JikjiError `safetensors-broken` if a file ends too early */
export function distance(model: ModelConfig, start: StateReader, end: StateReader): Map<string, number> {
  const list = parameters(model);
  const length = Math.min(
    PIECE,
    list.reduce((most, { shape }) => Math.max(most, elementsOf(shape)), 1),
  );
  const [from, to] = [new Float32Array(length), new Float32Array(length)];
  const result = new Map<string, number>();
  for (const { name, shape } of list) {
    const size = elementsOf(shape);
    let squares = 0;
    for (let at = 0; at < size; at += length) {
      const count = Math.min(length, size - at);
      start.read(name, new Uint8Array(from.buffer, 0, count * 4), at * 4);
      end.read(name, new Uint8Array(to.buffer, 0, count * 4), at * 4);
      for (let i = 0; i < count; i++) {
        const moved = to[i]! - from[i]!;
        squares += moved * moved;
      }
    }
    result.set(name, Math.sqrt(squares));
  }
  return result;
}

/** Findings for tensors of a state that it lacks, and for other tensors that it has. */
function differingTensors(state: StateReader, step: number, { model, train }: SegmentInput): Finding[] {
  const wanted = stateEntries(model, train);
  const names = new Set(wanted.map((t) => t.name));
  return [
    ...wanted
      .filter((t) => !state.has(t.name, t.shape))
      .map((t) => refutation(state, step, t.name, MOVEMENT.noTensor(t.shape))),
    ...[...state.names()]
      .filter((name) => !names.has(name))
      .slice(0, 10)
      .map((name) => refutation(state, step, name, MOVEMENT.otherTensor)),
  ];
}
