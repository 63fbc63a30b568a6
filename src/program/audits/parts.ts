// Parts of a run that nobody has trained again, handed out one at a time: whoever has one that is not done keeps it for a day, and
// others get another. Trains nothing.

import type { Programme } from '../programme/index.ts';
import { evidenceOf, type Tables } from '../state/index.ts';
import { joinedAudits } from './joined.ts';
import type { Part } from './shapes.ts';

/** For so long a part that was handed out is not given to others. */
const HELD_MS = 24 * 3600 * 1000;

/** All numbers of a stretch. */
const numbersOf = ({ from, to }: { from: number; to: number }): number[] =>
  Array.from({ length: to - from + 1 }, (_, i) => from + i);

/** Runs of neighbouring numbers among 1..n that `is` holds for. */
function stretches(n: number, is: (number: number) => boolean): { from: number; to: number }[] {
  const found: { from: number; to: number }[] = [];
  for (const i of numbersOf({ from: 1, to: n }).filter(is)) {
    const last = found.at(-1);
    if (last?.to === i - 1) last.to = i;
    else found.push({ from: i, to: i });
  }
  return found;
}

/** Numbers of the segments that somebody trained again. */
function doneSegments(tables: Tables, submission: string, kept: readonly number[]): Set<number> {
  const spans = joinedAudits(tables, submission)?.spans ?? [];
  const done = spans.filter(({ by }) => by.length > 0).flatMap(numbersOf);
  // The office's own, signed or not: nobody need do them first.
  const audit = tables.get('audits', submission);
  const ends = new Map(kept.map((to, i) => [to, i + 1]));
  const own = audit?.verdict === 'holds' ? audit.reach!.replayed.map(({ to }) => ends.get(to) ?? 0) : [];
  return new Set([...done, ...own]);
}

/** The part that is wanted most: what is neither done nor handed out, else what was handed out and is not done. */
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
  const taken = new Set(held.flatMap(({ segments }) => numbersOf(segments)));
  const undone = (i: number): boolean => !done.has(i);
  let open = stretches(kept.length, (i) => undone(i) && !taken.has(i));
  if (open.length === 0) open = stretches(kept.length, undone);
  if (open.length === 0) return undefined;
  const wanted = share * all;
  const largest = open.reduce((a, b) => (stepsOf(b.from, b.to) > stepsOf(a.from, a.to) ? b : a));
  const { from, to: end } = open.find((one) => stepsOf(one.from, one.to) >= wanted) ?? largest;
  let to = from;
  while (to < end && stepsOf(from, to) < wanted) to++;
  return { part: partOf(from, to), isNew: true };
}

/**
 * Hands out a part of about `share` (above 0, at most 1) of the steps, at least a segment; null where all of it was trained again by somebody.
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

/** What trains it again. The bundle is the one that was submitted. */
export function auditCommand(submission: string, { from, to }: Part): string {
  const part = from === to ? `${from}` : `${from}-${to}`;
  return `jikji audit ${submission}.tar --segments ${part} --sign ${submission}-${part}.json`;
}
