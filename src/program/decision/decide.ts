// The decision of a stage: vetoes, places by the rule book, and how certain both are. If a total is unknown, nothing is decided by points.

import type { Both } from '../../base/index.ts';
import { type Originality, targetOf, tasksOf } from '../rules/index.ts';
import { bookOfStage, excludedBy, keptBy, LACKS, lackIn, lackOf, type Tables } from '../state/index.ts';
import {
  areApart,
  cut,
  keptChance,
  pointsOf,
  ranking,
  type Sensitivity,
  type Standings,
  standings,
  type Uncertainty,
  weightsToChange,
} from '../statistics/index.ts';
import { scoredSubmission } from './leaves.ts';
import { noTarget } from './refusals.ts';
import { type StageScores, scoreStage } from './scores.ts';

/** The smallest change of weights that changes which teams are kept. */
interface Move {
  /** Points of weight, or a share of each weight. */
  far: number;
  /** Ids of the teams that would change places. */
  kept: string;
  out: string;
}

/** In version 1 a part of one unit, and what was entered, is exact; docs/statistics.md. */
export type StatisticsVersion = 1 | 2;

type AuditRule = NonNullable<Originality['audit']>;

interface Veto {
  consortium: string;
  reasons: string[];
}

export interface Outcome extends StageScores {
  /** Teams without a veto whose total is unknown. If there is one, nothing is decided by points. */
  unknown: string[];
  /** Places of teams without a veto, from 1; equal teams share a place. Empty if a total is unknown. */
  places: Map<string, { place: number; by: string }>;
  kept: string[];
  out: { consortium: string; reason: 'veto' | 'points' }[];
  /** Teams that the rules leave open: equal across the border, or a total is unknown. */
  undecided: string[];
  vetoes: Veto[];
  /** Null if not computed. */
  statistics: Standings | null;
  /**
   * What nobody knows the certainty of: paths of parts, why of each, and whether the decision is the same whatever points they give. Then there are no chances and no
   * moves. Null where all is known, and in decisions of version 1.
   */
  notKnown: { parts: string[]; reasons: Uncertainty[]; isSettled: boolean } | null;
  /** Of the statistics, and of the document of the decision. */
  version: StatisticsVersion;
  /** For teams without a veto, among themselves: chance to be kept by points, and chance of each place. */
  chances: Map<string, { kept: number; places: number[] }>;
  moves: { points: Move | null; share: Move | null } | null;
  seed: string;
}

/** Vetoes: excluding findings of the panel, and missing evidence of the audit. */
function vetoesOf(tables: Tables, stage: string, { book: { originality }, teams }: StageScores): Veto[] {
  const { veto, excludes, audit: rule } = originality;
  if (!veto) return [];
  const findings = tables
    .of('findings', 'stage', stage)
    .filter(({ verdict }) => (excludes as string[]).includes(verdict));
  return teams.flatMap((consortium) => {
    const reasons = findings
      .filter((row) => row.consortium === consortium)
      .map(({ component, verdict, by }) => `${component}: ${verdict} (${by})`);
    if (rule) reasons.push(...missingEvidence(tables, stage, consortium, rule));
    return reasons.length > 0 ? [{ consortium, reasons }] : [];
  });
}

/** Reasons why the audit of a team's submission does not meet the rules. */
function missingEvidence(tables: Tables, stage: string, consortium: string, rule: AuditRule): string[] {
  const submission = scoredSubmission({ tables, stage }, consortium);
  const audit = submission && tables.get('audits', submission.id);
  if (!submission || !audit) return [LACKS.submission];
  const [programme] = tables.all('programmes');
  const reasons: string[] = [];
  if (rule.holds && audit.witness) reasons.push(LACKS.trainedAgain(audit.verdict));
  else if (rule.holds && audit.verdict !== 'holds') reasons.push(audit.verdict);
  if (rule.makerKey) {
    const { maker } = submission;
    const { makerKeys } = tables.get('stages', stage)!;
    const key = makerKeys ? makerKeys[consortium] : tables.get('consortia', consortium)!.makerKey;
    if (key === null) reasons.push(LACKS.ownKey);
    else if (maker !== key) reasons.push(LACKS.teamsKey(maker?.slice(0, 16), key?.slice(0, 16)));
  }
  const { officeKey } = programme!;
  if (rule.lodged && (audit.office === null || (officeKey !== null && audit.office !== officeKey)))
    reasons.push(LACKS.lodging);
  return reasons.map((reason) => lackIn(submission.id, reason));
}

/** What the evidence of a team's submission lacks as things stand, where the rule book excludes for it. */
export function evidenceLacks(tables: Tables, stage: string, consortium: string): Both[] {
  const { veto, audit: rule } = bookOfStage(tables, stage).originality;
  if (!veto || !rule || !scoredSubmission({ tables, stage }, consortium)) return [];
  return missingEvidence(tables, stage, consortium, rule).flatMap((reason) => lackOf(reason) ?? []);
}

/** Every moving target must have a recent reference on `day` (`2026-01-15`). @throws JikjiError `target-missing` */
export function checkTargets({ book }: Pick<StageScores, 'book'>, day: string): void {
  const missing = tasksOf(book).find(({ scale, task }) => scale === 'best-reference' && !targetOf(book, task, day));
  if (missing) throw noTarget(missing.task, missing.task, day);
}

/** The parts of an outcome that need points, when points do not decide. */
const nothingByPoints = { places: new Map(), statistics: null, notKnown: null, chances: new Map(), moves: null };

/** Draws of a stage's resampling. */
const DRAWS = 10_000;

/** How a decision is computed. */
export interface Computing {
  stage: string;
  /** The day of moving targets, `2026-01-15`. */
  day: string;
  /** 16 hex digits, for resampling and lots. */
  seed: string;
  /** Default 10,000. Without draws nothing is said of how certain it is: `statistics` and `moves` are null. */
  draws?: number;
  /** Default 2. */
  version?: StatisticsVersion;
}

/** Computes the outcome of a stage. A record has its published decision instead. */
export function decideStage(tables: Tables, { stage, day, seed, draws = DRAWS, version = 2 }: Computing): Outcome {
  const scored = scoreStage(tables, stage, day);
  const { book, teams, totals } = scored;
  const isUnknown = (team: string): boolean => typeof totals[teams.indexOf(team)] !== 'number';
  if (book.record) {
    const decision = tables.get('decisions', stage);
    const [kept, out] = decision ? [keptBy(decision), excludedBy(decision)] : [[], []];
    const unknown = teams.filter(isUnknown);
    return { ...scored, ...nothingByPoints, unknown, kept, out, undecided: [], vetoes: [], seed, version };
  }
  const vetoes = vetoesOf(tables, stage, scored);
  const isOut = new Set(vetoes.map(({ consortium }) => consortium));
  const running = teams.filter((team) => !isOut.has(team));
  const unknown = running.filter(isUnknown);
  const byVeto = vetoes.map(({ consortium }) => ({ consortium, reason: 'veto' as const }));
  if (unknown.length > 0) {
    // If no more teams are left than may stay, all stay whatever their points.
    const all = running.length <= book.kept!;
    const open = { kept: all ? running : [], undecided: all ? [] : running };
    return { ...scored, ...nothingByPoints, unknown, ...open, out: byVeto, vetoes, seed, version };
  }
  const { out, ...byPoints } = decideByPoints(scored, running, { seed, draws, version });
  const outByPoints = out.map((consortium) => ({ consortium, reason: 'points' as const }));
  return { ...scored, unknown, ...byPoints, out: [...byVeto, ...outByPoints], vetoes, seed, version };
}

type ByPoints = Pick<Outcome, 'places' | 'kept' | 'undecided' | 'statistics' | 'notKnown' | 'chances' | 'moves'> & {
  out: string[];
};

/** Places, kept teams and certainty, for teams whose totals are all known. */
function decideByPoints(
  scored: StageScores,
  running: readonly string[],
  { seed, draws, version }: { seed: string; draws: number; version: StatisticsVersion },
): ByPoints {
  const { book, teams, totals, parts } = scored;
  if (running.length === 0) return { ...nothingByPoints, kept: [], out: [], undecided: [] };
  const breaks = book.tieBreak.filter((name) => name !== 'equal' && name !== 'lot');
  const pointsIn = (team: string, name: string): number => {
    const score = scored.scores.find((one) => one.consortium === team && one.part.name === name);
    return typeof score?.value === 'number' ? score.value : 0;
  };
  const indices = (list: readonly string[]): number[] => list.map((name) => teams.indexOf(name));
  const ranked = ranking(
    indices(running).map((i) => totals[i] as number),
    {
      decimals: book.rounding?.decimals ?? 9,
      tieBreaks: breaks.map((name) => running.map((team) => pointsIn(team, name))),
      ...(book.tieBreak.at(-1) === 'lot' && { lot: BigInt(`0x${seed}`) }),
    },
  );
  const byName = (by: (typeof ranked)[number]['by']): string => (typeof by === 'number' ? breaks[by]! : (by ?? ''));
  const keptCount = Math.min(book.kept!, running.length);
  const split = cut(ranked, keptCount);
  const names = (list: number[]): string[] => list.map((i) => running[i]!);
  const [kept, out, undecided] = [names(split.kept), names(split.out), names(split.undecided)];

  const places = new Map(ranked.map(({ team, place, by }) => [running[team]!, { place, by: byName(by) }]));
  if (draws === 0) return { ...nothingByPoints, places, kept, out, undecided };
  const stage = { teams: teams.length, parts, running: indices(running) };
  const statistics = standings(stage, { seed: BigInt(`0x${seed}`), draws, version });
  const { ranges, parts: open, reasons } = statistics.notKnown;
  if (open.length > 0) {
    const [staying, leaving] = [split.kept, split.out].map((some) => some.map((i) => ranges[i]!));
    // Several parts of the statistics may be one of the rule book.
    const reasonOf = new Map(open.map((at, i) => [scored.partPaths[at]!, reasons[i]!]));
    const notKnown = {
      parts: [...reasonOf.keys()],
      reasons: [...reasonOf.values()],
      isSettled: undecided.length === 0 && areApart(staying!, leaving!),
    };
    return { places, kept, out, undecided, statistics, notKnown, chances: new Map(), moves: null };
  }
  const keptChances = keptChance(statistics, keptCount);
  const shares = parts.map((part) =>
    Float64Array.from(pointsOf(part, teams.length), (x) => (part.weight > 0 ? x / part.weight : 0)),
  );
  const weights = parts.map(({ weight }) => weight);
  const found = weightsToChange(shares, weights, indices(kept), indices(out));
  const move = (of: Sensitivity['points']): Move | null =>
    of ? { far: of.far, kept: teams[of.kept]!, out: teams[of.out]! } : null;
  return {
    places,
    kept,
    out,
    undecided,
    statistics,
    notKnown: null,
    chances: new Map(running.map((team, i) => [team, { kept: keptChances[i]!, places: statistics.place[i]! }])),
    moves: { points: move(found.points), share: move(found.share) },
  };
}
