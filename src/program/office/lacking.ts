// What a stage still needs by its rule book before the office can close it, and the office's next step. Changes nothing.

import { scoredSubmission } from '../decision/index.ts';
import { type PartOfBook, partsOf } from '../rules/index.ts';
import {
  bookOfStage,
  comparisonsOf,
  consortiumName,
  findingProposals,
  type Row,
  statusOf,
  type Tables,
  uncomparedPairs,
} from '../state/index.ts';
import { isRecord } from './times.ts';

/** One line for each missing submission, form, judgement, figure or result. */
export function lackingOf(tables: Tables, stage: string): string[] {
  const book = bookOfStage(tables, stage);
  const parts = partsOf(book);
  // Nothing is required of consortia that have left.
  const teams = tables
    .get('stages', stage)!
    .consortia.filter((team) => tables.get('consortia', team)!.status === 'active');
  const asksModels = book.originality.audit || parts.some(({ source }) => source.kind === 'tasks');
  const without = teams.filter((team) => asksModels && !scoredSubmission({ tables, stage }, team));
  return [
    ...without.map((team) => `${consortiumName(tables, team)}: no audited submission`),
    ...parts.flatMap((part) => lackingIn({ tables, stage, teams }, part)),
    ...lackingComparisons(tables, stage),
  ];
}

/** Comparisons of weights that are missing or were not possible, and proposed findings without an answer. */
function lackingComparisons(tables: Tables, stage: string): string[] {
  const other = (row: Pick<Row<'comparisons'>, 'with'>): string =>
    'reference' in row.with ? row.with.reference : row.with.submission;
  return [
    ...uncomparedPairs(tables, stage).map((pair) => `${pair.submission}: not compared with ${other(pair)} yet`),
    ...comparisonsOf(tables, stage).flatMap((row) =>
      row.failure ? [`${row.submission}: not compared with ${other(row)} (${row.failure.code})`] : [],
    ),
    ...findingProposals(tables, stage)
      .filter(({ answer }) => answer === null)
      .map(({ id, consortium, component }) => {
        const name = consortiumName(tables, consortium);
        return `${name}, ${component}: the proposed finding ${id} has no answer`;
      }),
  ];
}

interface StageTeams {
  tables: Tables;
  stage: string;
  teams: readonly string[];
}

/** What is missing for one part of the rule book. */
function lackingIn(context: StageTeams, { path, block, source }: PartOfBook): string[] {
  const { tables, stage, teams } = context;
  const nameOf = (team: string): string => consortiumName(tables, team);
  switch (source.kind) {
    case 'forms': {
      const given = tables.of('forms', 'stage', stage).filter((row) => row.part === path).length;
      return given < source.experts ? [`${path}: ${given} of ${source.experts} experts' forms`] : [];
    }
    case 'judgements':
      return lackingPairs(context, path, source);
    case 'entered':
      return teams.flatMap((team) => {
        const given = tables
          .of('enteredScores', 'stage', stage)
          .filter(({ consortium, part }) => consortium === team && (part === path || part === `blocks.${block}`));
        if (given.length === 0) return [`${path}: no figure for ${nameOf(team)}`];
        if (given.some(({ value }) => value !== 'not published')) return [];
        return [`${path}: the figure for ${nameOf(team)} was not published, so its total is not known`];
      });
    case 'tasks':
      return teams.flatMap((team) => {
        const submission = scoredSubmission({ tables, stage }, team);
        if (!submission) return []; // listed by `lackingOf`
        const rows = tables.of('evaluations', 'submission', submission.id);
        const missing = source.tasks.filter(
          ({ task, metric }) => !rows.some((row) => row.task === task && row.metric === metric),
        );
        if (missing.length === 0) return [];
        return [`${path}: ${nameOf(team)} has no result of ${missing.map(({ task }) => task).join(', ')}`];
      });
    default:
      return [];
  }
}

/** All open tasks of the office, in all stages, one line for each. */
export function dueOf(tables: Tables): string[] {
  if (isRecord(tables)) return [];
  return tables.all('stages').flatMap(({ id: stage }) => {
    const status = statusOf(tables, stage);
    if (status === 'open') return lackingOf(tables, stage);
    if (status === 'closed') return [`${stage}: it is closed, and not decided`];
    if (status === 'final') return [];
    const open = openAppeals(tables, stage);
    if (open.length === 0) return [`${stage}: it is decided, and the decision is not final`];
    return open.map(({ consortium }) => `${stage}: the appeal of ${consortiumName(tables, consortium)} has no answer`);
  });
}

export const openAppeals = (tables: Tables, stage: string) =>
  tables.of('appeals', 'stage', stage).filter(({ outcome }) => outcome === null);

/** The next act of the office, and its stage. */
export interface NextStep {
  stage: string;
  act: 'close' | 'decide' | 'answer' | 'finish';
  /** The appeal to answer; null for another act. */
  appeal: string | null;
}

/** The act that brings the current stage forward; null in a record, without a current stage, or while an open stage lacks something. */
export function nextStepOf(tables: Tables): NextStep | null {
  if (isRecord(tables)) return null;
  for (const { id: stage } of tables.all('stages')) {
    const status = statusOf(tables, stage);
    if (status === 'open' && lackingOf(tables, stage).length === 0) return { stage, act: 'close', appeal: null };
    if (status === 'closed') return { stage, act: 'decide', appeal: null };
    if (status === 'decided') {
      const [appeal] = openAppeals(tables, stage);
      return appeal ? { stage, act: 'answer', appeal: appeal.id } : { stage, act: 'finish', appeal: null };
    }
  }
  return null;
}

function lackingPairs(
  { tables, stage, teams }: StageTeams,
  path: string,
  { users, minimumPerPair }: { users: number; minimumPerPair: number },
): string[] {
  const judgements = tables.of('judgements', 'stage', stage);
  const judges = new Set(judgements.map((row) => row.judge)).size;
  const lacking = judges < users ? [`${path}: ${judges} of ${users} users have judged`] : [];
  const pairs = Map.groupBy(judgements, ({ a, b }) => [a, b].sort().join(' '));
  teams.forEach((a, i) => {
    for (const b of teams.slice(i + 1)) {
      const pair = [a, b].sort();
      const given = pairs.get(pair.join(' '))?.length ?? 0;
      const names = pair.map((team) => consortiumName(tables, team)).join(' and ');
      if (given < minimumPerPair) lacking.push(`${path}: ${given} of ${minimumPerPair} judgements of ${names}`);
    }
  });
  return lacking;
}
