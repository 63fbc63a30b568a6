// Motion over one segment: compares its two states with the transcript's numbers between them. States are read once, in pieces, so memory
// does not grow with the model. Knows no run folders; trains nothing.

import { elementsOf } from '../../engine/index.ts';
import { type ModelConfig, type Parameter, parameters } from '../../foundry/model/index.ts';
import { momentNames } from '../../foundry/train/index.ts';
import type { Finding, Segment } from '../types.ts';
import { bound, type Mover, momentLimits, type StepFacts, secondMomentSum } from './factors.ts';
import { type Breach, newTally, type Piece, scan, type Tally } from './scan.ts';
import type { StateReader } from './states.ts';

/** Elements of a piece; six pieces are in memory at a time. */
const PIECE = 1 << 16;

export interface SegmentInput {
  segment: Segment;
  model: ModelConfig;
  train: Mover;
  /** The steps of the segment, in order; the learning rates are the recipe's. */
  steps: readonly StepFacts[];
  start: StateReader;
  end: StateReader;
}

export interface SegmentMotion {
  segment: Segment;
  /** At most one finding for each tensor and rule. */
  findings: Finding[];
  /** Weights whose bound exceeds their root mean square at the start: such a bound says little. */
  vacuous: string[];
  /** L2 length of each weight's movement. */
  movement: Map<string, number>;
  /** Cosine between each weight's movement and m / sqrt(v) of the last state; NaN if it did not move. */
  heading: Map<string, number>;
  /** Sum of the learning rates. */
  learningRates: number;
  bytes: number;
}

/** Checks bound and moments of one segment. @throws JikjiError `safetensors-broken` if a file ends too early */
export function segmentMotion(input: SegmentInput): SegmentMotion {
  const { segment, train, steps, start, end } = input;
  const n = segment.to - segment.from;
  if (n < 1 || steps.length !== n) throw new Error(`${steps.length} steps given for a segment of ${n}`);
  const list = parameters(input.model);
  const result: SegmentMotion = {
    segment,
    findings: [...differingTensors(start, segment.from, list), ...differingTensors(end, segment.to, list)],
    vacuous: [],
    movement: new Map(),
    heading: new Map(),
    learningRates: steps.reduce((sum, s) => sum + s.learningRate, 0),
    bytes: 0,
  };
  if (result.findings.length > 0) return result; // states of another model cannot be compared
  const rates = steps.map((s) => s.learningRate);
  const bounds = { decayed: bound(train, segment.from, rates, true), plain: bound(train, segment.from, rates, false) };
  const limits = momentLimits(train, n);
  const buffers = newBuffers(Math.min(PIECE, Math.max(...list.map((p) => elementsOf(p.shape)))));
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
    if (segment.from === 0 && tally.moments0 !== 0) {
      const text = 'moments are not zero before the first step';
      result.findings.push(refutation(start, 0, momentNames.first + name, text));
    }
    result.findings.push(...breaches(tally, name, size, input));
  }
  const { least, most } = secondMomentSum(train, sums.before, steps, sums.elements);
  if (!(sums.after >= least && sums.after <= most)) {
    const text = `all second moments add up to ${short(sums.after)}, the transcript's gradient norms to ${short((least + most) / 2)}`;
    result.findings.push({ verdict: 'refuted', file: end.file, step: segment.to, text });
  }
  return result;
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

/** Findings for elements of a tensor that break a limit in the state at the segment's end. */
function breaches(tally: Tally, name: string, size: number, { segment, end }: SegmentInput): Finding[] {
  const { from, to } = segment;
  const steps = to - from === 1 ? `step ${to}` : `steps ${from + 1} to ${to}`;
  const finding = (tensor: string, text: string): Finding => refutation(end, to, tensor, text);
  const describe = (
    tensor: string,
    breach: Breach | undefined,
    text: (value: string, limit: string) => string,
  ): Finding[] => {
    if (!breach) return [];
    const { element, value, limit, count } = breach;
    const others = count > 1 ? ` (the first of ${count} such elements, of ${size})` : '';
    return [finding(tensor, `element ${element} ${text(short(value), short(limit))}${others}`)];
  };
  return [
    ...describe(name, tally.bound, (value, limit) => `moved by ${value}: ${steps} can move it by at most ${limit}`),
    ...(!Number.isFinite(tally.moved) && !tally.bound ? [finding(name, 'not all elements are finite numbers')] : []),
    ...describe(
      momentNames.first + name,
      tally.first,
      (value, limit) => `changed by ${value} beside its decay in ${steps}: the second moment allows at most ${limit}`,
    ),
    ...describe(
      momentNames.second + name,
      tally.second,
      (value, limit) => `is ${value}: ${steps} leave at least ${limit}`,
    ),
  ];
}

const refutation = ({ file }: StateReader, step: number, tensor: string, text: string): Finding => ({
  verdict: 'refuted',
  file,
  step,
  tensor,
  text,
});

const short = (x: number): string => (Number.isFinite(x) ? Number(x.toPrecision(7)).toString() : String(x));

/** Findings for tensors of the model that a state lacks, and for other tensors that it has. */
function differingTensors(state: StateReader, step: number, list: readonly Parameter[]): Finding[] {
  const wanted = list.flatMap(({ name, shape }) =>
    ['', momentNames.first, momentNames.second].map((prefix) => ({ name: prefix + name, shape })),
  );
  const names = new Set(wanted.map((t) => t.name));
  return [
    ...wanted
      .filter((t) => !state.has(t.name, t.shape))
      .map((t) => refutation(state, step, t.name, `not there as binary32 of shape [${t.shape}]`)),
    ...[...state.names()]
      .filter((name) => !names.has(name))
      .slice(0, 10)
      .map((name) => refutation(state, step, name, 'not a tensor of this model')),
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
