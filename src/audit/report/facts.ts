// The facts of a report that follow from an audit but are not written in it. Draws nothing and contains no words.

import { prefixLength } from '../../base/index.ts';
import { SELF_AUDIT } from '../challenge.ts';
import type { Standing } from '../claims.ts';
import { extentOf, lodgingOf, makersOf, standingOf } from '../standing.ts';
import {
  type Audit,
  CHECKS,
  type Check,
  type CheckName,
  type Finding,
  type LodgingStanding,
  type ReplayedSegment,
  type Segment,
  type Verdict,
} from '../types.ts';
import type { Words } from './en.ts';

/**
 * The worth of the draw. `all`: everything was replayed. `claimed`: a chance is claimed. `self`: the maker drew himself. `void`: the
 * draw counts for nothing (no seal, or not all drawn segments could be replayed). `none`: nothing was drawn.
 */
type Draw = 'all' | 'claimed' | 'self' | 'void' | 'none';

export interface Facts {
  lodging: LodgingStanding;
  /** Whether structure holds: then the named keys have signed the statements. */
  sound: boolean;
  draw: Draw;
  /** Whether the maker audited his own run, however much he replayed. */
  self: boolean;
  /** The reach of the audit, which limits the claims of a report. */
  standing: Standing;
  /** All checks in their order; `check` is null if it was not run. */
  checks: { name: CheckName; check: Check | null }[];
  held: number;
  findings: { check: CheckName; finding: Finding }[];
  replayed: ReplayedSegment[];
  /** By a segment's index. */
  replayedBy: Map<number, ReplayedSegment>;
  /** Chances with each number of forged segments once, ascending. */
  chances: { forged: number; chance: number }[];
}

export function factsOf(audit: Audit): Facts {
  const { detection } = audit;
  const replayed = [...audit.replayed].sort((a, b) => a.from - b.from || a.index - b.index);
  const replayedBy = new Map(replayed.map((segment) => [segment.index, segment]));
  // Without a register its check was not asked for, and a parent is checked only where the auditor has it: notes and claim say so.
  const isAsked = (name: CheckName): boolean =>
    name === 'register'
      ? audit.register !== null
      : name !== 'parent' || audit.checks.some((check) => check.name === name);
  const asked = CHECKS.filter(isAsked);
  const checks = asked.map((name) => ({ name, check: audit.checks.find((check) => check.name === name) ?? null }));
  const chances = new Map(detection.chances.map((row) => [row.forged, row]));
  const makers = makersOf(audit);
  return {
    standing: standingOf(audit, makers),
    lodging: lodgingOf(audit, makers),
    sound: checks.some(({ name, check }) => name === 'structure' && check?.verdict === 'holds'),
    self: detection.reason === SELF_AUDIT,
    draw: extentOf(audit) === 'all' ? 'all' : drawOf(detection),
    checks,
    held: checks.filter(({ check }) => check?.verdict === 'holds').length,
    findings: audit.checks.flatMap((check) => check.findings.map((finding) => ({ check: check.name, finding }))),
    replayed,
    replayedBy,
    chances: [...chances.values()].sort((a, b) => a.forged - b.forged),
  };
}

function drawOf({ claimed, reason, drawn }: Audit['detection']): Draw {
  if (claimed) return 'claimed';
  if (reason === SELF_AUDIT) return 'self';
  return drawn > 0 ? 'void' : 'none';
}

/**
 * A function that gives the result of replay for a step: `holds` if its record came out the same, `refuted` if not, null if it was not
 * computed again or its replay could not be finished.
 */
export function replayLookup(replayed: readonly ReplayedSegment[]): (step: number) => 'holds' | 'refuted' | null {
  const spans = replayed.filter(({ verdict }) => verdict !== 'incomplete').sort((a, b) => a.from - b.from);
  return (step) => {
    const span = spans[prefixLength(spans.length, (i) => spans[i].from < step) - 1];
    return span && step <= span.to ? (span.verdict as 'holds' | 'refuted') : null;
  };
}

/** The result of a segment; `rest` was not replayed. */
export type SegmentState = Verdict | 'rest';

/** A cell shows the result with the highest rank among its segments. */
const RANK: Record<SegmentState, number> = { rest: 0, holds: 1, incomplete: 2, refuted: 3 };
export const moreStriking = (a: SegmentState, b: SegmentState): SegmentState => (RANK[b] > RANK[a] ? b : a);

/** The results of the segments by cell; `cellOf` maps a segment's position to its cell and leaves no cell empty. */
export function segmentStates(
  segments: readonly Segment[],
  { replayedBy }: Pick<Facts, 'replayedBy'>,
  cellOf: (position: number) => number,
): SegmentState[] {
  const inks: SegmentState[] = [];
  segments.forEach(({ index }, i) => {
    const cell = cellOf(i);
    inks[cell] = moreStriking(inks[cell] ?? 'rest', replayedBy.get(index)?.verdict ?? 'rest');
  });
  return inks;
}

/** What a check answers, in a sentence. */
export function answerOf(
  { answers, originTaken }: Words['checks'],
  { standing }: Pick<Facts, 'standing'>,
  { name, verdict }: Check,
): string {
  const isTaken = name === 'origin' && verdict === 'holds' && standing.beginning.kind !== 'drawn';
  return isTaken ? originTaken : answers[name][verdict];
}
