// How far a recorded state lies from the one that training it again here gives, tensor by tensor, beside how far this machine's own rounding
// moves that one. docs/witness.md, "Segments in another environment". Decides; writes no sentence.

import { elementsOf } from '../../engine/index.ts';
import { CHUNK, numbersOf, ROUNDING } from './parameters.ts';
import { isGenerator, isOptimizers, type WitnessState } from './states.ts';
import type { JudgedSegment } from './types.ts';
import { isSame } from './ungrouped-tensors.ts';

/** A tensor's rounding beside its move above which it tells nothing. */
const TOLD = 0.01;
/** The same for what an optimizer keeps and for buffers: one step fills a large part of them, and they are never still. */
const TOLD_KEPT = 0.1;
/** Times that rounding: the median over tensors may be so far off, and a tensor that is told; beyond `REFUTED` rounding is out of the question. */
const MEDIAN = 4;
export const NEAR = 10;
const REFUTED = 30;
/** A tensor of any kind must lie within this share of its way, or nothing is told. (Weights that are told lie far within it.) */
const UNTOLD = 0.25;

/** The states of a segment: where it starts and ends as recorded, and its end as trained here, and in other settings: under an older instruction set, and from moved starts. */
export interface SegmentStates {
  start: WitnessState;
  recorded: WitnessState;
  here: WitnessState;
  /** The ends in other settings, of which the furthest counts. */
  others: readonly WitnessState[];
}

/** L2 lengths of one tensor. */
export interface Apart {
  name: string;
  /** Of the tensor as it came out here. */
  size: number;
  /** From the start to where it came out here. */
  move: number;
  /** From there to where the two other settings took it, whichever is more. */
  rounding: number;
  /** From there to the record. */
  recorded: number;
  /** Half a unit in the last place of the type, relative; 0 for types whose rounding is seen in few elements. */
  unit: number;
}

/** What is moved by the optimizer, what it keeps, and what else a model has. */
type Kind = 'weights' | 'kept' | 'others';

const isFloat = (dtype: string): boolean => ROUNDING[dtype] !== undefined;

/** Sums of squares over elements of a like scale. */
interface Sums extends Record<'size' | 'move' | 'recorded', number> {
  moving: number;
  /** All that are not 0 and still. */
  live: number;
  others: number[];
}

/** Whether the square of a difference is a number that is neither 0 nor infinite; true for none, and from what is infinite. */
function isSquare(value: number, other: number): boolean {
  const square = (value - other) ** 2;
  if (value === other || Number.isNaN(square) || !Number.isFinite(other)) return true;
  return square > 1e-290 && square < 1e290;
}

/** Binary orders of magnitude in a class of elements. */
const CLASS = 4;
const high = new DataView(new ArrayBuffer(8));
/** The class of elements of this scale; what is no number comes last. */
function classOf(scale: number): number {
  high.setFloat64(0, Math.abs(scale));
  return Math.floor((high.getUint16(0) >> 4) / CLASS);
}

/**
 * Measures a tensor: as a whole, and before that without the elements that move (or whose last place lies) far above the rest, as long as
 * half of them are left. For lengths are those of the largest elements: a single one may hide all others.
 * @throws JikjiError for files that cannot be read
 */
function apart(
  { start, recorded, here, others }: SegmentStates,
  name: string,
): { parts: Apart[]; isMeasured: boolean } {
  const { dtype, shape } = here.tensors.get(name)!;
  const unit = ['F32', 'F64'].includes(dtype) ? ROUNDING[dtype]! : 0;
  const classes = new Map<number, Sums>();
  let isMeasured = true;
  const empty = (): Sums => ({ size: 0, move: 0, recorded: 0, moving: 0, live: 0, others: others.map(() => 0) });
  for (let from = 0, elements = elementsOf(shape); from < elements; from += CHUNK) {
    const length = Math.min(CHUNK, elements - from);
    // Before its first step an optimizer keeps nothing.
    const read = (state: WitnessState): Float64Array =>
      state.tensors.has(name) ? numbersOf(state, name, from, length) : new Float64Array(length);
    const own = read(here);
    const compared = [start, recorded, ...others].map(read);
    const [began, said, ...rest] = compared as [Float64Array, Float64Array, ...Float64Array[]];
    for (let i = 0; i < length; i++) {
      const value = own[i]!;
      // What is infinite, or no number, on both sides is no distance, as in a mask.
      const to = (other: number): number => (Object.is(value, other) || value === other ? 0 : (value - other) ** 2);
      const isBegun = Number.isFinite(began[i]!) || !Number.isFinite(value);
      // From what was infinite there is no way; squares of the smallest and the largest numbers are not to be had.
      const move = isBegun ? to(began[i]!) : 0;
      isMeasured &&= compared.every((of) => isSquare(value, of[i]!));
      const key = classOf(Math.max(Math.sqrt(move), unit * Math.abs(value)));
      const sums = classes.get(key) ?? empty();
      classes.set(key, sums);
      if (move > 0) sums.moving++;
      if (move > 0 || value !== 0) sums.live++;
      sums.size += value ** 2;
      sums.move += move;
      sums.recorded += to(said[i]!);
      for (const [j, other] of rest.entries()) sums.others[j]! += to(other[i]!);
    }
  }
  const total = empty();
  const cuts: Sums[] = [];
  for (const key of [...classes.keys()].sort((a, b) => a - b)) {
    const { others: ofOthers, ...sums } = classes.get(key)!;
    for (const one of ['size', 'move', 'recorded', 'moving', 'live'] as const) total[one] += sums[one];
    for (const [j, sum] of ofOthers.entries()) total.others[j]! += sum;
    cuts.push({ ...total, others: [...total.others] });
  }
  const parts = cuts
    .filter(({ moving, live }) => 2 * moving >= total.moving && 2 * live >= total.live)
    .map((sums) => ({
      name,
      size: Math.sqrt(sums.size),
      move: Math.sqrt(sums.move),
      rounding: Math.sqrt(Math.max(...sums.others)),
      recorded: Math.sqrt(sums.recorded),
      unit,
    }));
  return { parts, isMeasured };
}

const described = (state: WitnessState, name: string): string => {
  const tensor = state.tensors.get(name);
  return tensor ? JSON.stringify([tensor.dtype, tensor.shape]) : '';
};

/** All float tensors of a segment's end, by kind, each with its parts; one that is not as it must be, and one that could not be measured. */
export async function measureSegment(
  states: SegmentStates,
  trained: ReadonlySet<string>,
  pause: () => Promise<void>,
): Promise<{ tensors: Record<Kind, Apart[]>; other: string | null; blind: string | null }> {
  const tensors: Record<Kind, Apart[]> = { weights: [], kept: [], others: [] };
  let [other, blind]: (string | null)[] = [null, null];
  for (const name of new Set([...states.here.tensors.keys(), ...states.recorded.tensors.keys()])) {
    await pause();
    // A generator of a device that one side does not have draws nothing there.
    if (isGenerator(name) && !(states.here.tensors.has(name) && states.recorded.tensors.has(name))) continue;
    const form = described(states.here, name);
    const isLike = [states.recorded, ...states.others].every((state) => described(state, name) === form);
    const { dtype = '', shape = [] } = states.here.tensors.get(name) ?? {};
    if (!isLike) other ??= name;
    else if (isFloat(dtype) && elementsOf(shape) > 0) {
      const kind: Kind = trained.has(name) ? 'weights' : isOptimizers(name, trained) ? 'kept' : 'others';
      const { parts, isMeasured } = apart(states, name);
      tensors[kind].push(...parts);
      if (!isMeasured) blind ??= name;
    } else if (!isSame(states.here, states.recorded, name)) {
      if (isGenerator(name)) blind ??= name;
      else other ??= name;
    }
  }
  return { tensors, other, blind };
}

function median(values: readonly number[]): number {
  return values.toSorted((a, b) => a - b)[values.length >> 1] ?? Number.POSITIVE_INFINITY;
}

/** What is no number is beyond all. */
function share(part: number, whole: number): number {
  const of = part === 0 ? 0 : part / whole;
  return Number.isNaN(of) ? Number.POSITIVE_INFINITY : of;
}

const roundingBeside = ({ rounding, unit, size, move }: Apart): number => share(Math.max(rounding, unit * size), move);

/** Of each tensor the part where rounding is least beside the way. What stays where it is says nothing of how rounding grows along a way. */
function bestOf<One extends Apart>(parts: readonly One[]): One[] {
  const best = new Map<string, One>();
  for (const one of parts) {
    const other = best.get(one.name);
    if (one.move > 0 && !(other && roundingBeside(other) <= roundingBeside(one))) best.set(one.name, one);
  }
  return [...best.values()];
}

/** Of each tensor and part its rounding, with the floors that its type and the tensors beside it give; and what the median over them is. */
function withFloors(parts: readonly Apart[]): { own: number; all: (Apart & { own: number })[] } {
  const own = median(bestOf(parts).map(roundingBeside));
  const all = parts.map((one) => ({ ...one, own: Math.max(one.rounding, one.unit * one.size, own * one.move || 0) }));
  return { own, all };
}

type Floored = ReturnType<typeof withFloors>['all'][number];

/** Whether it lies no further than rounding takes it, told or not. */
const isNear = ({ own, recorded }: Floored): boolean => share(recorded, own) <= NEAR;

/** Whether it lies within the share of its way that no rounding excuses; of what stays, where its type cannot tell it from where it was. */
const isOnItsWay = ({ move, unit, size, recorded }: Floored): boolean =>
  recorded <= Math.max(UNTOLD * move, move > 0 ? 0 : NEAR * unit * size);

/** Names of those of which a part is blurred by rounding. */
const blurredOf = (parts: readonly Floored[], limit: number): string[] => [
  ...new Set(parts.filter(({ own, move }) => !(own <= limit * move)).map(({ name }) => name)),
];

/** The rule. */
export function judgeSegment({ tensors, other, blind }: Awaited<ReturnType<typeof measureSegment>>): JudgedSegment {
  const weights = withFloors(tensors.weights);
  const middle = median(bestOf(weights.all).map(({ recorded, move }) => share(recorded, move)));
  const times = share(middle, weights.own);
  const kept = withFloors(tensors.kept).all;
  const others = withFloors(tensors.others).all;
  // Further than the way itself and beyond all rounding, of a tensor that hardly moves: no training put it there.
  const planted = [...weights.all, ...kept, ...others].find(
    ({ own, move, recorded }) => !(share(recorded, Math.max(REFUTED * own, move)) <= 1),
  );
  const told = [
    ...weights.all.filter(({ own, move }) => own <= TOLD * move),
    ...[...kept, ...others].filter(({ own, move }) => own <= TOLD_KEPT * move),
  ];
  const furthest = told
    .map(({ name, own, recorded }) => ({ name, times: share(recorded, own) }))
    .reduce<JudgedSegment['furthest']>((most, one) => (most && most.times >= one.times ? most : one), null);
  const found = {
    own: weights.own,
    times,
    furthest,
    weights: new Set(weights.all.map(({ name }) => name)).size,
    told: bestOf(weights.all).filter(({ own, move }) => own <= TOLD * move).length,
    other: other ?? planted?.name ?? null,
  };
  const isTold = weights.own <= TOLD;
  const all = [...weights.all, ...kept, ...others];
  const astray = all.find((one) => !isOnItsWay(one))?.name ?? null;
  // What could hide in the tensor, and the part of it, in which most could.
  const moving = all.filter(({ move }) => move > 0);
  const hidden = Math.max(0, ...moving.map(({ own, move }) => Math.min(share(NEAR * own, move), UNTOLD)));
  const verdict =
    found.other !== null || (isTold && !(times <= MEDIAN)) || (furthest && !(furthest.times <= REFUTED))
      ? 'refuted'
      : isTold && blind === null && astray === null && all.every(isNear)
        ? 'within'
        : 'not-told';
  return { verdict, ...found, hidden, astray, blurred: blurredOf(others, TOLD_KEPT) };
}
