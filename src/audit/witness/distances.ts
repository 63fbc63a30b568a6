// How far a recorded state lies from the one that training it again here gives, tensor by tensor, beside how far this machine's own rounding
// moves that one. docs/witness.md, "Segments in another environment". Decides; writes no sentence.

import { elementsOf } from '../../engine/index.ts';
import { isSame } from './beside.ts';
import { CHUNK, numbersOf, ROUNDING } from './parameters.ts';
import { isGenerator, type WitnessState } from './states.ts';
import type { JudgedSegment } from './types.ts';

/** A tensor's rounding beside its move above which it tells nothing. */
const TOLD = 0.01;
/** The same for what an optimizer keeps and for buffers: one step fills a large part of them, and they are never still. */
const TOLD_KEPT = 0.1;
/** Times that rounding: the median over tensors may be so far off, and a tensor that is told; beyond `REFUTED` rounding is out of the question. */
const MEDIAN = 4;
export const NEAR = 10;
const REFUTED = 30;

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

/** Measures a tensor. @throws JikjiError for files that cannot be read */
function apart({ start, recorded, here, others }: SegmentStates, name: string): Apart {
  const { dtype, shape } = here.tensors.get(name)!;
  const squares = { size: 0, move: 0, recorded: 0 };
  const ofOthers = others.map(() => 0);
  for (let from = 0, elements = elementsOf(shape); from < elements; from += CHUNK) {
    const length = Math.min(CHUNK, elements - from);
    // Before its first step an optimizer keeps nothing.
    const read = (state: WitnessState): Float64Array =>
      state.tensors.has(name) ? numbersOf(state, name, from, length) : new Float64Array(length);
    const own = read(here);
    // What is infinite on both sides is no distance, as in a mask.
    const distance = (other: Float64Array): number =>
      own.reduce((sum, value, i) => (value === other[i] ? sum : sum + (value - other[i]!) ** 2), 0);
    squares.size += distance(new Float64Array(length));
    squares.move += distance(read(start));
    squares.recorded += distance(read(recorded));
    for (const [i, one] of others.entries()) ofOthers[i]! += distance(read(one));
  }
  return {
    name,
    size: Math.sqrt(squares.size),
    move: Math.sqrt(squares.move),
    rounding: Math.sqrt(Math.max(...ofOthers)),
    recorded: Math.sqrt(squares.recorded),
    unit: ['F32', 'F64'].includes(dtype) ? ROUNDING[dtype]! : 0,
  };
}

const described = (state: WitnessState, name: string): string => {
  const tensor = state.tensors.get(name);
  return tensor ? JSON.stringify([tensor.dtype, tensor.shape]) : '';
};

/** All float tensors of a segment's end, by kind; and one that is not as it must be. */
export async function measureSegment(
  states: SegmentStates,
  trained: ReadonlySet<string>,
  pause: () => Promise<void>,
): Promise<{ tensors: Record<Kind, Apart[]>; other: string | null; generator: string | null }> {
  const tensors: Record<Kind, Apart[]> = { weights: [], kept: [], others: [] };
  let [other, generator]: (string | null)[] = [null, null];
  for (const name of new Set([...states.here.tensors.keys(), ...states.recorded.tensors.keys()])) {
    await pause();
    // A generator of a device that one side does not have draws nothing there.
    if (isGenerator(name) && !(states.here.tensors.has(name) && states.recorded.tensors.has(name))) continue;
    const form = described(states.here, name);
    const isLike = [states.recorded, ...states.others].every((state) => described(state, name) === form);
    const { dtype = '', shape = [] } = states.here.tensors.get(name) ?? {};
    if (!isLike) other ??= name;
    else if (isFloat(dtype) && shape.length > 0) {
      const kind: Kind = trained.has(name) ? 'weights' : name.startsWith('optimizer.') ? 'kept' : 'others';
      tensors[kind].push(apart(states, name));
    } else if (!isSame(states.here, states.recorded, name)) {
      if (isGenerator(name)) generator ??= name;
      else other ??= name;
    }
  }
  return { tensors, other, generator };
}

function median(values: readonly number[]): number {
  return values.toSorted((a, b) => a - b)[values.length >> 1] ?? Number.POSITIVE_INFINITY;
}

/** What is no number is beyond all. */
function share(part: number, whole: number): number {
  const of = part === 0 ? 0 : part / whole;
  return Number.isNaN(of) ? Number.POSITIVE_INFINITY : of;
}

/** Of each tensor its rounding, with the floors that its type and the tensors beside it give; and what the median over them is. */
function withFloors(tensors: readonly Apart[]): { own: number; all: (Apart & { own: number })[] } {
  // What stays where it is says nothing of how rounding grows along a way.
  const moving = tensors.filter(({ move }) => move > 0);
  const own = median(moving.map(({ rounding, unit, size, move }) => share(Math.max(rounding, unit * size), move)));
  const all = tensors.map((one) => ({ ...one, own: Math.max(one.rounding, one.unit * one.size, own * one.move || 0) }));
  return { own, all };
}

/** Whether no tensor, told or not, lies further than rounding takes it. */
const isNear = (tensors: readonly { own: number; recorded: number }[]): boolean =>
  tensors.every(({ own, recorded }) => share(recorded, own) <= NEAR);

/** The rule. */
export function judgeSegment({ tensors, other, generator }: Awaited<ReturnType<typeof measureSegment>>): JudgedSegment {
  const weights = withFloors(tensors.weights);
  const moving = weights.all.filter(({ move }) => move > 0);
  const middle = median(moving.map(({ recorded, move }) => share(recorded, move)));
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
    weights: weights.all.length,
    told: weights.all.filter(({ own, move }) => own <= TOLD * move).length,
    other: other ?? planted?.name ?? null,
  };
  const isTold = weights.own <= TOLD;
  const verdict =
    found.other !== null || (isTold && !(times <= MEDIAN)) || (furthest && !(furthest.times <= REFUTED))
      ? 'refuted'
      : isTold && generator === null && isNear([...weights.all, ...kept, ...others])
        ? 'within'
        : 'not-told';
  return { verdict, ...found };
}
