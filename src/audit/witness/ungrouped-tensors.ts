// Tensors of the model that are in no group of the optimizer: buffers and frozen parameters, which the record does not tell apart. What
// changed between two recorded states, and what an audit says of it; and code that does more than its optimizer. docs/witness.md, "The optimizer's step".

import type { Both } from '../../base/index.ts';
import { addNote, Findings, findingOf, worst } from '../findings.ts';
import { OPTIMIZER, UNGROUPED } from './sentences/optimizer.ts';
import { isGenerator, isOptimizers, stateFolder, type WitnessState } from './states.ts';
import type { WitnessCheck, WitnessCheckName } from './types.ts';

/** Bytes at a time. */
const PIECE = 1 << 20;

/** Tensors in no group that differ between two consecutive recorded states. */
export interface ChangedTensors {
  from: number;
  to: number;
  tensors: string[];
}

/** Neither the parameters of the groups, nor what the optimizer keeps of them (`kept`), nor generators. */
export function changedUngrouped(
  [before, after]: readonly [WitnessState, WitnessState],
  parameters: ReadonlySet<string>,
  kept: readonly string[],
): string[] {
  const known = new Set([...parameters].flatMap((name) => [name, ...kept.map((key) => `optimizer.${key}.${name}`)]));
  const isGeneratorHere = (name: string): boolean =>
    isGenerator(name) && [before, after].every((state) => state.tensors.get(name)?.dtype === 'U8');
  return [...new Set([...before.tensors.keys(), ...after.tensors.keys()])].filter(
    (name) => !known.has(name) && !isGeneratorHere(name) && !isSame(before, after, name),
  );
}

/** Whether a tensor has the same type, shape and bytes in both. */
export function isSame(before: WitnessState, after: WitnessState, name: string): boolean {
  const described = [before, after].map((state) => {
    const tensor = state.tensors.get(name);
    return tensor && JSON.stringify([tensor.dtype, tensor.shape]);
  });
  if (described[0] === undefined || described[0] !== described[1]) return false;
  const [a, b] = [Buffer.alloc(PIECE), Buffer.alloc(PIECE)];
  for (let at = 0, size = after.bytesOf(name); at < size; at += PIECE) {
    const length = Math.min(PIECE, size - at);
    before.read(name, a.subarray(0, length), at);
    after.read(name, b.subarray(0, length), at);
    if (a.compare(b, 0, length, 0, length) !== 0) return false;
  }
  return true;
}

/** Whether an optimizer made nothing of a step, as where a scaler skips one: its parameters and all that it keeps are the same in both. */
export const isStill = (before: WitnessState, after: WitnessState, parameters: ReadonlySet<string>): boolean =>
  [...after.tensors.keys()]
    .filter((name) => parameters.has(name) || isOptimizers(name, parameters))
    .every((name) => isSame(before, after, name));

const namesOf = (changed: readonly ChangedTensors[]): string[] => [
  ...new Set(changed.flatMap(({ tensors }) => tensors)),
];

/** How far a step is shown. */
export interface StepEvidence {
  /** Training it again gave its state to the bit. */
  held: (step: number) => boolean;
  /** It lies in a segment whose end is as near as rounding takes it. */
  told: (step: number) => boolean;
  /** It is the end of such a segment: this state was compared. */
  compared: (step: number) => boolean;
  /** Of such an end, a tensor that rounding blurs. */
  blurred: (step: number, name: string) => boolean;
  /** It lies in a segment that was trained again, whatever came of that. */
  judged: (step: number) => boolean;
  /** Tensors that the genesis says training changes. */
  declared: ReadonlySet<string>;
}

/**
 * Adds what changed beside the optimizer: a note where training again showed it, or the run declares it and segments decide; otherwise a finding
 * `incomplete`.
 */
export function withChanged(
  check: WitnessCheck,
  changed: readonly ChangedTensors[],
  { held, compared, blurred, judged, declared }: StepEvidence,
): WitnessCheck {
  const isCompared = (to: number, name: string): boolean => declared.has(name) && compared(to);
  const isInside = (to: number, name: string): boolean => declared.has(name) && !compared(to) && judged(to);
  const again = changed.filter(({ to }) => held(to));
  const rest = changed.filter(({ to }) => !held(to));
  const part = (isWanted: (to: number, name: string) => boolean): ChangedTensors[] =>
    rest
      .map((one) => ({ ...one, tensors: one.tensors.filter((name) => isWanted(one.to, name)) }))
      .filter(({ tensors }) => tensors.length > 0);
  const [near, inside] = [part((to, name) => isCompared(to, name) && !blurred(to, name)), part(isInside)];
  const blurry = part((to, name) => isCompared(to, name) && blurred(to, name));
  const open = part((to, name) => !isCompared(to, name) && !isInside(to, name));
  if (again.length > 0) addNote(check, UNGROUPED.again(namesOf(again)));
  if (near.length > 0) addNote(check, UNGROUPED.near(namesOf(near)));
  if (blurry.length > 0) addNote(check, UNGROUPED.blurred(namesOf(blurry)));
  if (inside.length > 0) addNote(check, UNGROUPED.inside(namesOf(inside)));
  const [first] = open;
  if (!first) return check;
  const names = namesOf(open);
  const text = UNGROUPED.changed(
    names,
    open.map((one) => one.to),
  );
  const finding = findingOf('incomplete', stateFolder(first.to), text, { step: first.to, tensor: names[0]! });
  return { ...check, verdict: worst([check.verdict, 'incomplete']), findings: [...check.findings, finding] };
}

/** Why the optimizer's steps were not checked; `isBeside`: the code does something beside it, so nothing that rests on its steps is either. */
export type NotFollowed = Both & { isBeside?: true };

/** What became of the paired steps. */
export interface PairedSteps {
  paired: number;
  refuted: number;
  /** Steps that do not follow, and that training again gave to the bit. */
  excused: number;
  /** Steps of which the optimizer made nothing. */
  skipped: number;
  unread: number;
}

/** What was found of the steps, in one line. */
export function detailOf(name: string, { paired, refuted, excused, skipped, unread }: PairedSteps): Both {
  const followed = paired - excused - skipped;
  if (refuted + unread === 0) return followed > 0 ? OPTIMIZER.whole(followed, name) : OPTIMIZER.noStep;
  if (unread === 0) return OPTIMIZER.refuted(paired, refuted, name);
  return refuted === 0 ? OPTIMIZER.unread(paired, unread) : OPTIMIZER.refutedAndUnread(paired, refuted, unread, name);
}

/**
 * Where training again gave every paired step, and none of them is the optimizer's: a check of no step would be a tick for nothing. What
 * changed beside it is said with it; undefined where that is a finding.
 */
export function onlyAgain(
  name: string,
  { paired, excused, skipped }: PairedSteps,
  changed: readonly ChangedTensors[],
  shown: StepEvidence,
): Both | undefined {
  if (paired === 0 || excused + skipped < paired) return undefined;
  const { verdict, notes, ko } = withChanged(
    new Findings<WitnessCheckName>('optimizer').check(OPTIMIZER.noStep),
    changed,
    shown,
  );
  const text = OPTIMIZER.onlyAgain(paired, name);
  if (verdict !== 'holds') return undefined;
  return { en: [text.en, ...notes].join('. '), ko: [text.ko, ...(ko?.notes ?? [])].join('. ') };
}

/** Where no paired step is the optimizer's, and training again gives all of them, by chance or elsewhere only within rounding. */
export function besideIn(
  name: string,
  refuted: number,
  paired: readonly number[],
  { held, told }: StepEvidence,
): NotFollowed | undefined {
  const isOther = refuted > 0 && refuted === paired.length && paired.every((step) => held(step) || told(step));
  return isOther ? { ...OPTIMIZER.beside(name), isBeside: true } : undefined;
}
