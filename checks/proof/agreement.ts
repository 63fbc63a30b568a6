// What both verifiers must agree on, given the results of both: verdict, first check that fails, segments and what was drawn, extent, chance
// and room; and, where segments were ranked, which.

import type { Room } from '../../src/audit/index.ts';
import type { Audit, Extent, Verdict } from '../../src/audit/types.ts';

const RANKINGS = ['speed', 'heading', 'probe'] as const;

/** The output of the verifier in Python. */
export interface Theirs {
  verdict: Verdict;
  extent: Extent;
  checks: { name: string; verdict: Verdict }[];
  findings: object[];
  data: string;
  figures: string;
  replayed: { index: number; from: number; to: number; why: string; verdict: Verdict }[];
  detection: { claimed: boolean; segments: number; candidates: number; drawn: number[]; chance: number | null };
  /** How strange each segment is, by ranking; empty where nothing was ranked. */
  ranks: Partial<Record<(typeof RANKINGS)[number], (number | null)[]>>;
  room: Room[] | null;
}

export const close = (a: number | null | undefined, b: number | null | undefined): boolean =>
  a === b ||
  (typeof a === 'number' && typeof b === 'number' && Math.abs(a - b) <= 1e-9 * Math.max(Math.abs(a), Math.abs(b)));

/** Groups may come in any order. */
export function sameRoom(a: Room[] | null, b: Room[] | null): boolean {
  if (a === null || b === null) return a === b;
  return (
    a.length === b.length &&
    a.every(({ unseen, forged, groups }, i) => {
      const other = b[i]!;
      return (
        close(unseen, other.unseen) &&
        forged === other.forged &&
        groups.length === other.groups.length &&
        groups.every(({ group, ofWay, ofDistance }) => {
          const theirs = other.groups.find((one) => one.group === group);
          return theirs !== undefined && close(ofWay, theirs.ofWay) && close(ofDistance, theirs.ofDistance);
        })
      );
    })
  );
}

export const first = (checks: { name: string; verdict: Verdict }[]): string | null =>
  checks.find(({ verdict }) => verdict !== 'holds')?.name ?? null;

/** What is certain and what is drawn; ranks are compared by themselves. */
export const BY_RULE = ['first', 'last', 'random'];
const segments = (list: Theirs['replayed']): string =>
  list.map(({ from, to, why, verdict }) => `${from}-${to} ${BY_RULE.includes(why) ? why : ''} ${verdict}`).join();

/** The differences between both verifiers. */
export function differences(found: Audit, other: Theirs): string[] {
  const mine = found.detection;
  const { claimed, candidates, drawn, chance } = other.detection;
  const verdicts = { verdict: found.verdict === other.verdict, check: first(found.checks) === first(other.checks) };
  // Verifiers may continue differently, or not at all, without a sound genesis or recipe.
  const usable = other.detection.segments > 0 || found.verdict === 'holds';
  const both = other.replayed.length > 0 || found.replayed.every(({ verdict }) => verdict === 'incomplete');
  const reach = {
    extent: found.extent === other.extent,
    data: found.data.standing === other.data,
    figures: found.figures === other.figures,
    segments: both && (other.replayed.length === 0 || segments(found.replayed) === segments(other.replayed)),
    draw: mine.claimed === claimed && mine.candidates === candidates && mine.drawn === drawn.length,
    chance: close(mine.chances[0]?.chance ?? null, chance),
    room: sameRoom(found.room, other.room),
  };
  const same = usable ? { ...verdicts, ...reach } : verdicts;
  return Object.entries(same).flatMap(([what, holds]) => (holds ? [] : [what]));
}

/** Two values of a ranking that another order of sums could exchange. */
const isTie = (a: number, b: number): boolean => Math.abs(a - b) <= 1e-6 * Math.max(Math.abs(a), Math.abs(b), 1e-3);

/**
 * The rankings that choose other segments, and whether that is a near tie by the values of the verifier in Python. What is ranked after a
 * tie follows from it, and is not compared.
 */
export function rankDifferences(found: Audit, { replayed, ranks }: Theirs): { differ: string[]; tie: string | null } {
  for (const name of RANKINGS) {
    const of = (list: readonly { index: number; why: string }[]): number[] =>
      list.flatMap(({ index, why }) => (why === name ? [index] : []));
    const [ours, theirs] = [of(found.replayed), of(replayed)];
    const apart = [...ours.filter((one) => !theirs.includes(one)), ...theirs.filter((one) => !ours.includes(one))];
    if (apart.length === 0) continue;
    const values = apart.map((index) => ranks[name]?.[index] ?? Number.NaN);
    const what = `${name}: ${ours.join()} here, ${theirs.join()} there`;
    return values.every((value) => isTie(value, values[0]!))
      ? { differ: [], tie: what }
      : { differ: [what], tie: null };
  }
  return { differ: [], tie: null };
}
