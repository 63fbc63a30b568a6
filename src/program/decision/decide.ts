// Who goes on: places by the rule book, the veto, and how sure both are.

import { JikjiError } from '../../base/index.ts';
import { type Originality, targetOf, tasksOf } from '../rules/index.ts';
import type { Tables } from '../state/index.ts';
import {
  cut,
  keptChance,
  pointsOf,
  type RankingRules,
  ranking,
  type Sensitivity,
  type Standings,
  standings,
  weightsToChange,
} from '../statistics/index.ts';
import { submissionOf } from './leaves.ts';
import { type StageScores, scoreStage } from './scores.ts';

export interface Veto {
  consortium: string;
  reasons: string[];
}

export interface Outcome extends StageScores {
  /** Places of those without a veto; from 1, equal ones share. */
  places: Map<string, { place: number; by: string }>;
  kept: string[];
  out: { consortium: string; reason: 'veto' | 'points' }[];
  /** Equal across the border: the rules leave it open. */
  undecided: string[];
  vetoes: Veto[];
  statistics: Standings;
  keptChance: number[];
  moves: Sensitivity;
  seed: string;
}

/** The panel's findings that exclude, and what the audit must show. */
export function vetoesOf(tables: Tables, stage: string, scored: StageScores): Veto[] {
  const { originality } = scored.book;
  if (!originality.veto) return [];
  const [programme] = tables.all('programmes');
  return scored.teams.flatMap((consortium) => {
    const reasons = [...tables.all('findings')]
      .filter(
        (row) =>
          row.stage === stage &&
          row.consortium === consortium &&
          (originality.excludes as string[]).includes(String(row.verdict)),
      )
      .map((row) => `${row.component}: ${row.verdict} (${row.by})`);
    const rule = originality.audit;
    if (rule) reasons.push(...withoutEvidence(tables, stage, consortium, rule, programme?.officeKey as string | null));
    return reasons.length > 0 ? [{ consortium, reasons }] : [];
  });
}

/** What the audit of a team's submission does not show though the rules ask for it. */
function withoutEvidence(
  tables: Tables,
  stage: string,
  consortium: string,
  rule: NonNullable<Originality['audit']>,
  officeKey: string | null,
): string[] {
  const submission = submissionOf({ tables, stage }, consortium);
  const audit = submission && tables.get('audits', String(submission.id));
  if (!submission || !audit) return ['no submission with its evidence'];
  const reasons: string[] = [];
  const short = (key: unknown): string => String(key).slice(0, 16);
  if (rule.holds && audit.verdict !== 'holds') reasons.push(`audit of ${submission.id}: ${audit.verdict}`);
  if (rule.makerKey) {
    const atClose = tables.get('stages', stage)!.makerKeys as Record<string, string | null> | null;
    const makerKey = atClose ? atClose[consortium] : tables.get('consortia', consortium)!.makerKey;
    if (makerKey === null) reasons.push(`audit of ${submission.id}: the team has named no key of its own`);
    else if (submission.maker !== makerKey)
      reasons.push(
        `audit of ${submission.id}: signed by ${short(submission.maker)}, the team's key is ${short(makerKey)}`,
      );
  }
  if (rule.lodged && (audit.office === null || (officeKey !== null && audit.office !== officeKey)))
    reasons.push(`audit of ${submission.id}: not lodged with the office before its first step`);
  return reasons;
}

/** A day: targets must be known on it. @throws JikjiError `target-missing` */
export function checkTargets({ book }: Pick<StageScores, 'book'>, day: string): void {
  for (const task of tasksOf(book)) {
    if (task.scale === 'best-reference' && !targetOf(book, task.task, day))
      throw new JikjiError(
        'target-missing',
        `no reference model of the rule book has a score for ${task.task} that is recent enough on ${day}`,
        task.task,
        'register a version of the rule book with newer reference models',
      );
  }
}

/** Works out a stage; `seed` is what resampling draws from, 16 hex digits. */
export function decideStage(tables: Tables, stage: string, day: string, seed: string): Outcome {
  const scored = scoreStage(tables, stage, day);
  const { book, teams, totals, data } = scored;
  const vetoes = vetoesOf(tables, stage, scored);
  const isOut = new Set(vetoes.map(({ consortium }) => consortium));
  const running = teams.map((_, i) => i).filter((i) => !isOut.has(teams[i]!));
  const lot = book.tieBreak.at(-1) === 'lot';
  const breaks = book.tieBreak.filter((name) => name !== 'equal' && name !== 'lot');
  const pointsIn = (i: number, name: string): number => {
    const score = scored.scores.find((one) => one.consortium === teams[i] && one.part.name === name);
    return typeof score?.value === 'number' ? score.value : 0;
  };
  const rules: RankingRules = {
    decimals: book.rounding?.decimals ?? 9,
    tieBreaks: breaks.map((name) => running.map((i) => pointsIn(i, name))),
    ...(lot ? { lot: BigInt(`0x${seed}`) } : {}),
  };
  const ranked = ranking(
    running.map((i) => (typeof totals[i] === 'number' ? totals[i] : 0)),
    rules,
  );
  const byName = (by: (typeof ranked)[number]['by']): string =>
    by === undefined ? '' : by === 'total' || by === 'lot' ? by : breaks[by]!;
  const places = new Map(ranked.map(({ team, place, by }) => [teams[running[team]!]!, { place, by: byName(by) }]));
  const split = cut(ranked, Math.min(book.kept, running.length));
  const names = (list: number[]): string[] => list.map((i) => teams[running[i]!]!);

  const statistics = standings({ teams: teams.length, parts: data.parts }, { seed: BigInt(`0x${seed}`) });
  const weights = data.parts.map(({ weight }) => weight);
  const shares = data.parts.map((part) =>
    Float64Array.from(pointsOf(part, teams.length), (x) => (part.weight > 0 ? x / part.weight : 0)),
  );
  const indices = (list: string[]): number[] => list.map((name) => teams.indexOf(name));
  const out = names(split.out);
  return {
    ...scored,
    places,
    kept: names(split.kept),
    out: [
      ...vetoes.map(({ consortium }) => ({ consortium, reason: 'veto' as const })),
      ...out.map((consortium) => ({ consortium, reason: 'points' as const })),
    ],
    undecided: names(split.undecided),
    vetoes,
    statistics,
    keptChance: keptChance(statistics, Math.min(book.kept, teams.length)),
    moves: weightsToChange(shares, weights, indices(names(split.kept)), indices(out)),
    seed,
  };
}
