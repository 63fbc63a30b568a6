// What a report says that an audit does not state in so many words. Draws nothing and has no words.

import { prefixLength } from '../../base/index.ts';
import { markOf } from '../../page-kit/text/index.ts';
import { SELF_AUDIT } from '../challenge.ts';
import type { Standing } from '../claims.ts';
import {
  type Audit,
  CHECKS,
  type Check,
  type CheckName,
  type Finding,
  type Replayed,
  type Segment,
  type Verdict,
} from '../types.ts';

/**
 * What the draw is worth: everything was replayed; a chance is claimed; the maker drew himself; segments were drawn, but that
 * counts for nothing (no seal, or not all could be replayed); none was drawn.
 */
type Draw = 'all' | 'claimed' | 'self' | 'void' | 'none';
/** Who lodged the run: an office, the maker with his own key, nobody. */
type Lodging = 'office' | 'own' | 'none';

export interface Facts {
  lodging: Lodging;
  /** Structure holds: what the statements say was signed by the keys named. */
  sound: boolean;
  draw: Draw;
  /** The maker audited his own run, however much he replayed. */
  self: boolean;
  /** What may be said of the run. */
  standing: Standing;
  /** All of them, in their order; null for one that was not run. */
  checks: { name: CheckName; check: Check | null }[];
  held: number;
  findings: { check: CheckName; finding: Finding }[];
  replayed: Replayed[];
  /** By a segment's index. */
  replayedBy: Map<number, Replayed>;
  /** Chances with each number of forged segments once, ascending. */
  chances: { forged: number; chance: number }[];
}

export function factsOf(audit: Audit): Facts {
  const { run, detection } = audit;
  const replayed = [...audit.replayed].sort((a, b) => a.from - b.from || a.index - b.index);
  const replayedBy = new Map(replayed.map((segment) => [segment.index, segment]));
  const all =
    run.segments.length > 0 && run.segments.every((segment) => replayedBy.get(segment.index)?.verdict === 'holds');
  // Without a register that check was not asked for; that it says nothing then stands among the notes.
  const asked = CHECKS.filter((name) => name !== 'register' || audit.register !== null);
  const checks = asked.map((name) => ({ name, check: audit.checks.find((check) => check.name === name) ?? null }));
  const chances = new Map(detection.chances.map((row) => [row.forged, row]));
  return {
    standing: standingOf(audit),
    lodging: run.office === null || run.lodgedAt === null ? 'none' : run.office === run.maker ? 'own' : 'office',
    sound: checks.some(({ name, check }) => name === 'structure' && check?.verdict === 'holds'),
    self: detection.reason === SELF_AUDIT,
    draw: all ? 'all' : drawOf(detection),
    checks,
    held: checks.filter(({ check }) => check?.verdict === 'holds').length,
    findings: audit.checks.flatMap((check) => check.findings.map((finding) => ({ check: check.name, finding }))),
    replayed,
    replayedBy,
    chances: [...chances.values()].sort((a, b) => a.forged - b.forged),
  };
}

/** How far an audit reached. */
export function standingOf({ verdict, extent, data, cost, detection }: Audit): Standing {
  const chance = detection.claimed ? (detection.chances.find(({ forged }) => forged === 1)?.chance ?? null) : null;
  return { verdict, extent, data: data.standing, share: cost.share, chance };
}

function drawOf({ claimed, reason, drawn }: Audit['detection']): Draw {
  if (claimed) return 'claimed';
  if (reason === SELF_AUDIT) return 'self';
  return drawn > 0 ? 'void' : 'none';
}

/**
 * Tells for a step whether its record was computed again: `holds` where it came out the same, `refuted` where not, null
 * where nobody looked (also where a replay could not be finished).
 */
export function replayLookup(replayed: readonly Replayed[]): (step: number) => 'holds' | 'refuted' | null {
  const spans = replayed.filter(({ verdict }) => verdict !== 'incomplete').sort((a, b) => a.from - b.from);
  return (step) => {
    const span = spans[prefixLength(spans.length, (i) => spans[i].from < step) - 1];
    return span && step <= span.to ? (span.verdict as 'holds' | 'refuted') : null;
  };
}

/** How a segment fared; `rest` was not replayed. */
export type Ink = Verdict | 'rest';

/** The state that a cell shows whose segments differ is the one of the highest rank. */
const RANK: Record<Ink, number> = { rest: 0, holds: 1, incomplete: 2, refuted: 3 };
export const moreStriking = (a: Ink, b: Ink): Ink => (RANK[b] > RANK[a] ? b : a);

/** The segments in cells, in order; `cellOf` maps a segment's position to its cell and leaves no cell out. */
export function inksOf(
  segments: readonly Segment[],
  { replayedBy }: Pick<Facts, 'replayedBy'>,
  cellOf: (position: number) => number,
): Ink[] {
  const inks: Ink[] = [];
  segments.forEach(({ index }, i) => {
    const cell = cellOf(i);
    inks[cell] = moreStriking(inks[cell] ?? 'rest', replayedBy.get(index)?.verdict ?? 'rest');
  });
  return inks;
}

/** The sign of a verdict in a report; null is "not run". What is incomplete is a question here, and not a warning. */
export const signOf = (verdict: Verdict | null): string =>
  verdict === 'incomplete' ? '?' : markOf(verdict ?? 'not run').sign;
