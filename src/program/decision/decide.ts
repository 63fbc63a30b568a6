// Who goes on: places by the rule book, the veto, and how sure both are. Where a total is not known nothing is worked out from points.

import { JikjiError } from '../../base/index.ts';
import { type Originality, targetOf, tasksOf } from '../rules/index.ts';
import { excludedBy, keptBy, type Tables } from '../state/index.ts';
import {
  cut,
  keptChance,
  pointsOf,
  ranking,
  type Sensitivity,
  type Standings,
  standings,
  weightsToChange,
} from '../statistics/index.ts';
import { scoredSubmission } from './leaves.ts';
import { type StageScores, scoreStage } from './scores.ts';

/** The smallest move of weights after which somebody else goes. */
interface Move {
  /** Points of weight, or a share of each weight. */
  far: number;
  /** Ids of the teams that would change places. */
  kept: string;
  out: string;
}

type AuditRule = NonNullable<Originality['audit']>;

interface Veto {
  consortium: string;
  reasons: string[];
}

export interface Outcome extends StageScores {
  /** Teams without a veto whose total is not known. Where there is one nothing is worked out from points. */
  unknown: string[];
  /** Places of those without a veto; from 1, equal ones share. None where a total is not known. */
  places: Map<string, { place: number; by: string }>;
  kept: string[];
  out: { consortium: string; reason: 'veto' | 'points' }[];
  /** The rules leave it open: equal across the border, or a total is not known. */
  undecided: string[];
  vetoes: Veto[];
  /** Null where it was not worked out. */
  statistics: Standings | null;
  /** Of those without a veto, among themselves: the chance to be kept by points, and of each place. */
  chances: Map<string, { kept: number; places: number[] }>;
  moves: { points: Move | null; share: Move | null } | null;
  seed: string;
}

/** The panel's findings that exclude, and what the audit must show. */
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

/** What the audit of a team's submission does not show though the rules ask for it. */
function missingEvidence(tables: Tables, stage: string, consortium: string, rule: AuditRule): string[] {
  const submission = scoredSubmission({ tables, stage }, consortium);
  const audit = submission && tables.get('audits', submission.id);
  if (!submission || !audit) return ['no submission with its evidence'];
  const [programme] = tables.all('programmes');
  const reasons: string[] = [];
  if (rule.holds && audit.verdict !== 'holds') reasons.push(audit.verdict);
  if (rule.makerKey) {
    const { maker } = submission;
    const { makerKeys } = tables.get('stages', stage)!;
    const key = makerKeys ? makerKeys[consortium] : tables.get('consortia', consortium)!.makerKey;
    if (key === null) reasons.push('the team has named no key of its own');
    else if (maker !== key) reasons.push(`signed by ${maker?.slice(0, 16)}, the team's key is ${key?.slice(0, 16)}`);
  }
  const { officeKey } = programme!;
  if (rule.lodged && (audit.office === null || (officeKey !== null && audit.office !== officeKey)))
    reasons.push('not lodged with the office before its first step');
  return reasons.map((reason) => `audit of ${submission.id}: ${reason}`);
}

/** A day: targets must be known on it. @throws JikjiError `target-missing` */
export function checkTargets({ book }: Pick<StageScores, 'book'>, day: string): void {
  const missing = tasksOf(book).find(({ scale, task }) => scale === 'best-reference' && !targetOf(book, task, day));
  if (!missing) return;
  const message = `no reference model of the rule book has a score for ${missing.task} that is recent enough on ${day}`;
  const hint = 'register a version of the rule book with newer reference models';
  throw new JikjiError('target-missing', message, missing.task, hint);
}

/** What is known where nothing may be worked out from points. */
const nothingByPoints = { places: new Map(), statistics: null, chances: new Map(), moves: null };

/** Works out a stage; `seed` is what resampling draws from, 16 hex digits. Of a record nothing is worked out: others decided. */
export function decideStage(tables: Tables, stage: string, day: string, seed: string): Outcome {
  const scored = scoreStage(tables, stage, day);
  const { book, teams, totals } = scored;
  const isUnknown = (team: string): boolean => typeof totals[teams.indexOf(team)] !== 'number';
  if (book.record) {
    const decision = tables.get('decisions', stage);
    const [kept, out] = decision ? [keptBy(decision), excludedBy(decision)] : [[], []];
    const unknown = teams.filter(isUnknown);
    return { ...scored, ...nothingByPoints, unknown, kept, out, undecided: [], vetoes: [], seed };
  }
  const vetoes = vetoesOf(tables, stage, scored);
  const isOut = new Set(vetoes.map(({ consortium }) => consortium));
  const running = teams.filter((team) => !isOut.has(team));
  const unknown = running.filter(isUnknown);
  const byVeto = vetoes.map(({ consortium }) => ({ consortium, reason: 'veto' as const }));
  if (unknown.length > 0) {
    // Where no more are left than go on, they go on whatever their points are.
    const all = running.length <= book.kept!;
    const open = { kept: all ? running : [], undecided: all ? [] : running };
    return { ...scored, ...nothingByPoints, unknown, ...open, out: byVeto, vetoes, seed };
  }
  const { out, ...byPoints } = decideByPoints(scored, running, seed);
  const outByPoints = out.map((consortium) => ({ consortium, reason: 'points' as const }));
  return { ...scored, unknown, ...byPoints, out: [...byVeto, ...outByPoints], vetoes, seed };
}

type ByPoints = Pick<Outcome, 'places' | 'kept' | 'undecided' | 'statistics' | 'chances' | 'moves'> & { out: string[] };

/** Places, who goes on, and how sure that is, among teams whose totals are all known. */
function decideByPoints(scored: StageScores, running: readonly string[], seed: string): ByPoints {
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
  const most = Math.min(book.kept!, running.length);
  const split = cut(ranked, most);
  const names = (list: number[]): string[] => list.map((i) => running[i]!);
  const [kept, out, undecided] = [names(split.kept), names(split.out), names(split.undecided)];

  const stage = { teams: teams.length, parts, running: indices(running) };
  const statistics = standings(stage, { seed: BigInt(`0x${seed}`) });
  const stays = keptChance(statistics, most);
  const shares = parts.map((part) =>
    Float64Array.from(pointsOf(part, teams.length), (x) => (part.weight > 0 ? x / part.weight : 0)),
  );
  const weights = parts.map(({ weight }) => weight);
  const found = weightsToChange(shares, weights, indices(kept), indices(out));
  const move = (of: Sensitivity['points']): Move | null =>
    of ? { far: of.far, kept: teams[of.kept]!, out: teams[of.out]! } : null;
  return {
    places: new Map(ranked.map(({ team, place, by }) => [running[team]!, { place, by: byName(by) }])),
    kept,
    out,
    undecided,
    statistics,
    chances: new Map(running.map((team, i) => [team, { kept: stays[i]!, places: statistics.place[i]! }])),
    moves: { points: move(found.points), share: move(found.share) },
  };
}
