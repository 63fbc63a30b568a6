// Motion over one segment: two states and the transcript's numbers in between. Nothing is trained; states are read once, in
// pieces, so memory does not grow with the model. Knows neither run folders nor what a verdict is made of.

import { elements, type ModelConfig, type Parameter, parameters } from '../../foundry/model/index.ts';
import { momentNames } from '../../foundry/train/index.ts';
import type { Finding, Segment } from '../types.ts';
import { bound, type Mover, momentLimits, type StepFacts, secondMomentSum } from './factors.ts';
import { type Breach, newTally, type Piece, scan } from './scan.ts';
import type { StateReader } from './states.ts';

/** Elements of a piece: six of them are held at a time. */
const PIECE = 1 << 16;

export interface SegmentInput {
  segment: Segment;
  model: ModelConfig;
  train: Mover;
  /** Of steps from + 1 to `to`, in order; learning rates as the recipe's schedule has them. */
  steps: readonly StepFacts[];
  start: StateReader;
  end: StateReader;
}

export interface SegmentMotion {
  segment: Segment;
  /** At most one for each tensor and rule. */
  findings: Finding[];
  /** Weights whose bound exceeds their root mean square at the start: it cannot tell much. */
  vacuous: string[];
  /** Weight -> L2 length of its movement. */
  movement: Map<string, number>;
  /** Sum of the learning rates. */
  learningRates: number;
  bytes: number;
}

/** Checks bound and moments of one segment. @throws JikjiError `safetensors-broken` where a file ends too early */
export function segmentMotion(input: SegmentInput): SegmentMotion {
  const { segment, train, steps, start, end } = input;
  const n = segment.to - segment.from;
  if (n < 1 || steps.length !== n) throw new Error(`${steps.length} steps given for a segment of ${n}`);
  const list = parameters(input.model);
  const result: SegmentMotion = {
    segment,
    findings: [...strangers(start, segment.from, list), ...strangers(end, segment.to, list)],
    vacuous: [],
    movement: new Map(),
    learningRates: steps.reduce((sum, s) => sum + s.learningRate, 0),
    bytes: 0,
  };
  if (result.findings.length > 0) return result; // not this model's states: nothing to compare
  const rates = steps.map((s) => s.learningRate);
  const bounds = { decayed: bound(train, segment.from, rates, true), plain: bound(train, segment.from, rates, false) };
  const limits = momentLimits(train, n);
  const buffers = newBuffers(Math.min(PIECE, Math.max(...list.map((p) => elements(p.shape)))));
  let before = 0;
  let after = 0;
  for (const parameter of list) {
    const { name, shape, std } = parameter;
    const size = elements(shape);
    const limit = std === undefined ? bounds.plain : bounds.decayed;
    const tally = newTally();
    for (let at = 0; at < size; at += PIECE) {
      const count = Math.min(PIECE, size - at);
      readPiece(buffers, start, end, name, at, count);
      scan(buffers, count, at, limit, limits, tally);
      if (segment.from === 0) result.findings.push(...notZero(buffers, count, name, start.file));
    }
    before += tally.second0;
    after += tally.second1;
    result.bytes += 24 * size;
    result.movement.set(name, Math.sqrt(tally.moved));
    const typical = Math.sqrt(tally.squares / size);
    if (limit.alpha + limit.beta * typical > typical) result.vacuous.push(name);
    const found = (tensor: string, breach: Breach | undefined, say: (b: Breach) => string): void => {
      if (breach) {
        result.findings.push({
          verdict: 'refuted',
          file: end.file,
          step: segment.to,
          tensor,
          text: say(breach) + (breach.count > 1 ? `; so do ${breach.count} of its ${size} elements` : ''),
        });
      }
    };
    const since = `${n} ${n === 1 ? 'step' : 'steps'} from step ${segment.from}`;
    found(
      name,
      tally.bound,
      (b) => `element ${b.element} moved by ${short(b.value)}: ${since} move it at most ${short(b.limit)}`,
    );
    found(momentNames.first + name, tally.first, (b) => {
      return `element ${b.element} changed by ${short(b.value)} beside its decay: its second moment allows ${short(b.limit)}`;
    });
    found(momentNames.second + name, tally.second, (b) => {
      return `element ${b.element} is ${short(b.value)}: ${since} leave at least ${short(b.limit)}`;
    });
  }
  const sum = secondMomentSum(
    train,
    before,
    steps,
    [...list].reduce((total, p) => total + elements(p.shape), 0),
  );
  if (!(after >= sum.least && after <= sum.most)) {
    result.findings.push({
      verdict: 'refuted',
      file: end.file,
      step: segment.to,
      text: `all second moments add up to ${short(after)}: the gradient norms in the transcript make it ${short((sum.least + sum.most) / 2)}`,
    });
  }
  return result;
}

const short = (x: number): string => (Number.isFinite(x) ? Number(x.toPrecision(7)).toString() : String(x));

/** Tensors that a state of this model lacks, or has in addition. */
function strangers(state: StateReader, step: number, list: readonly Parameter[]): Finding[] {
  const wanted = list.flatMap(({ name, shape }) =>
    ['', momentNames.first, momentNames.second].map((prefix) => ({ name: prefix + name, shape })),
  );
  const finding = (tensor: string, text: string): Finding => ({
    verdict: 'refuted',
    file: state.file,
    step,
    tensor,
    text,
  });
  const names = new Set(wanted.map((t) => t.name));
  return [
    ...wanted
      .filter((t) => !state.has(t.name, t.shape))
      .map((t) => finding(t.name, `not there as binary32 of shape [${t.shape}]`)),
    ...[...state.names()]
      .filter((name) => !names.has(name))
      .slice(0, 10)
      .map((name) => finding(name, 'not a tensor of this model')),
  ];
}

function notZero({ m0, v0 }: Piece, count: number, name: string, file: string): Finding[] {
  const any = (moment: Float32Array): boolean => {
    for (let i = 0; i < count; i++) if (moment[i] !== 0) return true;
    return false;
  };
  const text = 'moments are zero before the first step';
  const finding = (tensor: string): Finding => ({ verdict: 'refuted', file, step: 0, tensor, text });
  return [
    ...(any(m0) ? [finding(momentNames.first + name)] : []),
    ...(any(v0) ? [finding(momentNames.second + name)] : []),
  ];
}

function newBuffers(length: number): Piece {
  const one = () => new Float32Array(length);
  return { w0: one(), w1: one(), m0: one(), m1: one(), v0: one(), v1: one() };
}

function readPiece(piece: Piece, start: StateReader, end: StateReader, name: string, at: number, count: number): void {
  const read = (state: StateReader, tensor: string, into: Float32Array) =>
    state.read(tensor, new Uint8Array(into.buffer, 0, count * 4), at * 4);
  read(start, name, piece.w0);
  read(end, name, piece.w1);
  read(start, momentNames.first + name, piece.m0);
  read(end, momentNames.first + name, piece.m1);
  read(start, momentNames.second + name, piece.v0);
  read(end, momentNames.second + name, piece.v1);
}
