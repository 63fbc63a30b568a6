// Parts of a run that nobody has trained again, handed out one at a time: whoever has one that is not done keeps it for a day, and
// others get another. Trains nothing.

import type { Programme } from '../programme/index.ts';
import { evidenceOf, type Tables } from '../state/index.ts';
import { joinedAudits } from './joined.ts';
import type { Part } from './shapes.ts';

/** For so long a part that was handed out is not given to others. */
const HELD_MS = 24 * 3600 * 1000;

/** Runs of neighbouring numbers among 1..n that `is` holds for. */
function stretches(n: number, is: (number: number) => boolean): { from: number; to: number }[] {
  const found: { from: number; to: number }[] = [];
  for (let i = 1; i <= n; i++) {
    if (!is(i)) continue;
    const last = found.at(-1);
    if (last?.to === i - 1) last.to = i;
    else found.push({ from: i, to: i });
  }
  return found;
}

/** Numbers of the segments that somebody trained again. */
function covered(tables: Tables, submission: string, kept: readonly number[]): Set<number> {
  const done = new Set<number>();
  for (const { from, to, by } of joinedAudits(tables, submission)?.spans ?? [])
    if (by.length > 0) for (let i = from; i <= to; i++) done.add(i);
  // The office's own, signed or not: nobody need do them first.
  const audit = tables.get('audits', submission);
  if (audit?.verdict !== 'holds') return done;
  const ends = new Map(kept.map((to, i) => [to, i + 1]));
  for (const { to } of audit.reach!.replayed) done.add(ends.get(to) ?? 0);
  return done;
}

/** The part that is wanted most: what is neither done nor handed out, else what was handed out and is not done. */
function nextPart(
  tables: Tables,
  submission: string,
  { by, share, now }: { by: string; share: number; now: number },
): { part: Part; fresh: boolean } | undefined {
  const { kept } = evidenceOf(tables, submission);
  const done = covered(tables, submission, kept);
  const stepsOf = (from: number, to: number): number => kept[to - 1]! - (from === 1 ? 0 : kept[from - 2]!);
  const all = kept.at(-1)!;
  const partOf = (from: number, to: number): Part => {
    const steps = stepsOf(from, to);
    return { from, to, steps, share: steps / all, segments: kept.length };
  };
  const held = [...tables.all('auditParts')]
    .filter((row) => row.submission === submission && now - Date.parse(row.time) < HELD_MS)
    .map(({ by, segments }) => ({ by, ...segments }));
  const isDone = (from: number, to: number): boolean => {
    for (let i = from; i <= to; i++) if (!done.has(i)) return false;
    return true;
  };
  const own = held.find((one) => one.by === by && !isDone(one.from, one.to));
  if (own) return { part: partOf(own.from, own.to), fresh: false };
  const taken = new Set<number>();
  for (const { from, to } of held) for (let i = from; i <= to; i++) taken.add(i);
  let open = stretches(kept.length, (i) => !done.has(i) && !taken.has(i));
  if (open.length === 0) open = stretches(kept.length, (i) => !done.has(i));
  if (open.length === 0) return undefined;
  const wanted = share * all;
  const largest = open.reduce((a, b) => (stepsOf(b.from, b.to) > stepsOf(a.from, a.to) ? b : a));
  const { from, to: end } = open.find((one) => stepsOf(one.from, one.to) >= wanted) ?? largest;
  let to = from;
  while (to < end && stepsOf(from, to) < wanted) to++;
  return { part: partOf(from, to), fresh: true };
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
    if (!found?.fresh) return [];
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
