// Assigns parts of a run that nobody has trained again, one at a time. A party keeps an unfinished part for a day; other parties get other
// parts. Trains nothing.

import type { Programme } from '../programme/index.ts';
import { evidenceOf, type Tables } from '../state/index.ts';
import { joinedAudits } from './joined-audits.ts';
import type { Part } from './shapes.ts';

/** How long a part stays reserved for its party. */
const HELD_MS = 24 * 3600 * 1000;

/** All numbers of a range. */
const numbersOf = ({ from, to }: { from: number; to: number }): number[] =>
  Array.from({ length: to - from + 1 }, (_, i) => from + i);

/** The numbers among 1..n that pass `test`, as ranges. */
function rangesOf(n: number, test: (number: number) => boolean): { from: number; to: number }[] {
  const ranges: { from: number; to: number }[] = [];
  for (const i of numbersOf({ from: 1, to: n }).filter(test)) {
    const last = ranges.at(-1);
    if (last?.to === i - 1) last.to = i;
    else ranges.push({ from: i, to: i });
  }
  return ranges;
}

/** Numbers of the segments that any party has trained again. */
function doneSegments(tables: Tables, submission: string, kept: readonly number[]): Set<number> {
  const spans = joinedAudits(tables, submission)?.spans ?? [];
  const done = spans.filter(({ by }) => by.length > 0).flatMap(numbersOf);
  // Segments of the office's audit count, signed or not.
  const audit = tables.get('audits', submission);
  const ends = new Map(kept.map((to, i) => [to, i + 1]));
  const ofOffice = audit?.verdict === 'holds' ? audit.reach!.replayed.map(({ to }) => ends.get(to) ?? 0) : [];
  return new Set([...done, ...ofOffice]);
}

/** The next part: of segments that are neither done nor reserved, or else of reserved ones that are not done. */
function nextPart(
  tables: Tables,
  submission: string,
  { by, share, now }: { by: string; share: number; now: number },
): { part: Part; isNew: boolean } | undefined {
  const { kept } = evidenceOf(tables, submission);
  const done = doneSegments(tables, submission, kept);
  const all = kept.at(-1)!;
  const stepsOf = (from: number, to: number): number => kept[to - 1]! - (from === 1 ? 0 : kept[from - 2]!);
  const partOf = (from: number, to: number): Part => {
    const steps = stepsOf(from, to);
    return { from, to, steps, share: steps / all, segments: kept.length };
  };
  const held = tables.of('auditParts', 'submission', submission).filter(({ time }) => now - Date.parse(time) < HELD_MS);
  const own = held.find((one) => one.by === by && numbersOf(one.segments).some((i) => !done.has(i)));
  if (own) return { part: partOf(own.segments.from, own.segments.to), isNew: false };
  const reserved = new Set(held.flatMap(({ segments }) => numbersOf(segments)));
  const undone = (i: number): boolean => !done.has(i);
  let open = rangesOf(kept.length, (i) => undone(i) && !reserved.has(i));
  if (open.length === 0) open = rangesOf(kept.length, undone);
  if (open.length === 0) return undefined;
  const wanted = share * all;
  const largest = open.reduce((a, b) => (stepsOf(b.from, b.to) > stepsOf(a.from, a.to) ? b : a));
  const { from, to: end } = open.find((one) => stepsOf(one.from, one.to) >= wanted) ?? largest;
  let to = from;
  while (to < end && stepsOf(from, to) < wanted) to++;
  return { part: partOf(from, to), isNew: true };
}

/**
 * Assigns a part of about `share` (above 0, at most 1) of the steps, at least one segment; null if all segments were trained again.
 * @throws JikjiError `submission-unknown`, `audit-missing`, `audit-unsealed`, `audit-own`
 */
export async function givePart(
  programme: Programme,
  submission: string,
  { by, share, now = Date.now() }: { by: string; share: number; now?: number },
  actor: string,
): Promise<Part | null> {
  let found: ReturnType<typeof nextPart>;
  await programme.recordOnce(actor, (tables) => {
    found = nextPart(tables, submission, { by, share, now });
    if (!found?.isNew) return [];
    const { from, to } = found.part;
    return [{ kind: 'audit-part-given', data: { submission, by, from, to } }];
  });
  return found?.part ?? null;
}

/** The command that trains a part again from the submitted bundle. */
export function auditCommand(submission: string, { from, to }: Part, witnessed: boolean): string {
  const part = from === to ? `${from}` : `${from}-${to}`;
  // Nobody but the auditor knows where he trusts the code from.
  const code = witnessed ? ' --code FILE --data DIR' : '';
  return `jikji audit ${submission}.tar${code} --segments ${part} --sign ${submission}-${part}.json`;
}
