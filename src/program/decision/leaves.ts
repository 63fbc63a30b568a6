// Points of single parts, by team: from entered figures, evaluations, experts' forms, users' judgements. Each leaf holds the points, their
// inputs, and the same as input of the statistics.

import type { Both } from '../../base/index.ts';
import type { Json } from '../../ledger/index.ts';
import {
  averageOf,
  linearShare,
  type PartOfBook,
  type RuleBook,
  type Source,
  targetOf,
  taskShare,
} from '../rules/index.ts';
import { consortiumName, countedForms, type Row, type Tables } from '../state/index.ts';
import { type Part, pointsOf, winShares } from '../statistics/index.ts';
import { REASONS } from './reasons.ts';
import type { SampleSize } from './sample-sizes.ts';

/** A row that points are computed from. */
export interface Input {
  table: string;
  id: string;
  /** Entry of the log that made it. */
  seq: number;
  value: Json;
}

type SourceOf<Kind extends Source['kind']> = Extract<Source, { kind: Kind }>;
export type Value = number | 'not published' | null;

export interface Leaf {
  /** By team; null if nothing is given. */
  values: Value[];
  inputs: Input[][];
  /** The formula, in words. */
  how: Both;
  /** Input of the statistics; missing values count as 0. */
  data: Part[];
  /** Null for entered figures, and where no items are known. */
  asked: SampleSize | null;
}

export interface ScoringContext {
  tables: Tables;
  book: RuleBook;
  stage: string;
  teams: readonly string[];
  /** The day at which targets are looked up. */
  day: string;
  /** The stage is closed: no more inputs. */
  closed: boolean;
}

const inputOf = (table: string, { id, seq }: { id: string; seq: number }, value: Json): Input => {
  return { table, id, seq, value };
};

/** Points without resampling; unknown values count as 0. */
const fixed = (weight: number, values: readonly Value[]): Extract<Part, { kind: 'fixed' }> => {
  return { kind: 'fixed', weight, points: values.map((value) => (typeof value === 'number' ? value : 0)) };
};

/** Figures that were measured or published elsewhere, for a part or for a whole block. */
export function enteredLeaf({ tables, stage, teams }: ScoringContext, part: PartOfBook): Leaf {
  const { source } = part;
  const rows = tables.of('enteredScores', 'stage', stage).filter((row) => row.part === part.path);
  const last = teams.map((team) => rows.findLast((row) => row.consortium === team));
  const values = last.map((row): Value => row?.value ?? null);
  return {
    values,
    inputs: last.map((row) => (row ? [inputOf('enteredScores', row, row.value)] : [])),
    how: REASONS.entered,
    asked: null,
    data: [
      { ...fixed(part.points, values), isEntered: true, ...(source.kind === 'entered' && { error: source.error }) },
    ],
  };
}

/** The submission that counts: a team's last one that was audited. */
export const scoredSubmission = (
  { tables, stage }: Pick<ScoringContext, 'tables' | 'stage'>,
  team: string,
): Row<'submissions'> | undefined =>
  tables
    .of('submissions', 'stage', stage)
    .findLast(({ consortium, status }) => consortium === team && status === 'audited');

/** Teams of a stage that are still in and have a submission that counts: what they made can be asked. */
export const teamsWithModels = (tables: Tables, stage: string): string[] =>
  tables
    .get('stages', stage)!
    .consortia.filter(
      (team) => tables.get('consortia', team)!.status === 'active' && scoredSubmission({ tables, stage }, team),
    );

/** Whether rows of one task say the same of what its items are about. */
const areAlike = (rows: readonly (Row<'evaluations'> | undefined)[]): boolean =>
  new Set(rows.flatMap((row) => (row ? [JSON.stringify(row.clusters ?? null)] : []))).size <= 1;

function tasksLeaf(of: ScoringContext, part: PartOfBook, { tasks }: SourceOf<'tasks'>): Leaf {
  const weights = tasks.reduce((sum, { weight }) => sum + weight, 0);
  const scales = tasks.map((task) => {
    const weight = (part.points * task.weight) / weights;
    const best = targetOf(of.book, task.task, of.day)?.best;
    const { leastItems = 0 } = task;
    return { weight, leastItems, worth: (value: number): number => weight * taskShare(task, value, best) };
  });
  // By team, then by task.
  const found = of.teams.map((team) => {
    const submission = scoredSubmission(of, team);
    const rows = submission ? of.tables.of('evaluations', 'submission', submission.id) : [];
    return tasks.map(({ task, metric }) => rows.findLast((row) => row.task === task && row.metric === metric));
  });
  const asked: number[] = [];
  const data = scales.map(({ weight, leastItems, worth }, task): Part => {
    const rows = found.map((ofTeam) => ofTeam[task]);
    const results = rows.map((row) => row && (row.items ?? []));
    const items = results.find((list) => list !== undefined)?.length ?? 0;
    const isShared =
      items > 1 && results.every((list) => list === undefined || list.length === items) && areAlike(rows);
    const values = rows.map((row): Value => (row ? worth(row.value) : null));
    // A team without a result has no points: nothing about that is uncertain.
    if (rows.every((row) => row === undefined)) return { ...fixed(weight, values), error: 0 };
    if (!isShared) {
      // A figure of the whole, such as a perplexity, has the error that evaluation found.
      const stated = rows.map((row) => {
        if (row === undefined) return 0;
        const { value, stderr } = row;
        return stderr === null ? undefined : Math.abs(worth(value + stderr) - worth(value - stderr)) / 2;
      });
      const part = fixed(weight, values);
      return { ...part, given: Array.from(part.points), givenErrors: stated };
    }
    // Items shared by all teams are resampled together; a team without a result has 0 in every draw.
    const given = results.map((list) => (list === undefined ? 0 : undefined));
    const clusters = rows.find((row) => row !== undefined)?.clusters;
    const units = clusters ? new Set(clusters).size : items;
    asked.push(units);
    return {
      kind: 'items',
      weight,
      results: results.map((list) => list ?? new Array<number>(items).fill(0)),
      points: worth,
      ...(clusters && { clusters }),
      ...{ given, givenErrors: given, isFew: units < leastItems },
    };
  });
  return {
    values: found.map((rows) =>
      of.closed || !rows.includes(undefined)
        ? rows.reduce((sum, row, task) => sum + (row ? scales[task]!.worth(row.value) : 0), 0)
        : null,
    ),
    inputs: found.map((rows) => rows.flatMap((row) => (row ? [inputOf('evaluations', row, row.value)] : []))),
    how: REASONS.tasks(tasks.map(({ task, metric }) => `${task} ${metric}`).join(', '), part.points),
    data,
    asked: asked.length > 0 ? { items: Math.min(...asked), tasks: tasks.length } : null,
  };
}

function formsLeaf({ tables, stage, teams }: ScoringContext, part: PartOfBook, source: SourceOf<'forms'>): Leaf {
  const { criteria, average } = source;
  const rows = countedForms(tables, stage, part.path).filter(({ form }) => form !== null);
  const marks = ({ form }: Row<'forms'>, team: string): Record<string, number> => form!.scores[team]!;
  const trim = 2 * source.trim < rows.length ? source.trim : 0;
  const pointsOfTeam = (team: string, criterion: string): number => {
    const given = rows.map((row) => marks(row, team)[criterion]!);
    return averageOf({ ...source, trim }, given);
  };
  const values = teams.map(
    (team): Value => (rows.length === 0 ? null : criteria.reduce((sum, { id }) => sum + pointsOfTeam(team, id), 0)),
  );
  // An expert's marks are resampled together, unless marks are trimmed for each criterion.
  const groups =
    trim === 0
      ? [{ weight: part.points, drawn: criteria }]
      : criteria.map((one) => ({ weight: one.points, drawn: [one] }));
  const isFew = rows.length < (source.leastExperts ?? 0);
  const data = groups.map(({ weight, drawn }): Part => {
    const sumOf = (given: Record<string, number>): number => drawn.reduce((sum, { id }) => sum + given[id]!, 0);
    const points = rows.map((row) => teams.map((team) => sumOf(marks(row, team))));
    const steps = drawn.map(({ id }) => stepOf(rows.flatMap((row) => teams.map((team) => marks(row, team)[id]!))));
    const rounding = steps.reduce((sum, step) => sum + step ** 2 / 12, 0);
    return { kind: 'raters', weight, trim, points, rounding, isFew };
  });
  return {
    values,
    inputs: teams.map((team) => rows.map((row) => inputOf('forms', row, marks(row, team)))),
    how: trim > 0 ? REASONS.trimmedForms(average, rows.length, trim) : REASONS.forms(average, rows.length),
    data: rows.length === 0 ? [fixed(part.points, values)] : data,
    asked: { experts: rows.length },
  };
}

/** Steps in which people mark, the largest first. */
const MARK_STEPS = [10, 5, 2, 1, 0.5, 0.25, 0.2, 0.1, 0.05];

/** The largest step that all marks are multiples of; 0 where they are in none: then hardly anything was rounded. */
const stepOf = (marks: readonly number[]): number =>
  MARK_STEPS.find((step) => marks.every((mark) => Math.abs(mark / step - Math.round(mark / step)) < 1e-9)) ?? 0;

const CHOICE_SCORES = { a: 1, b: 0, tie: 0.5 };

function judgementsLeaf(
  { tables, stage, teams }: ScoringContext,
  part: PartOfBook,
  source: SourceOf<'judgements'>,
): Leaf {
  const rows = tables.of('judgements', 'stage', stage);
  const votes = Map.groupBy(rows, ({ judge }) => judge);
  const users = [...votes.keys()];
  const { leastUsers = 0, leastVotes = 0 } = source;
  const steady = [...votes.values()].filter((of) => of.length >= leastVotes).length;
  const pairs: Part = {
    kind: 'pairs',
    weight: part.points,
    judgements: rows.map((row) => ({
      user: users.indexOf(row.judge),
      a: teams.indexOf(row.a),
      b: teams.indexOf(row.b),
      score: CHOICE_SCORES[row.choice],
    })),
    points: (strengths) =>
      Array.from(winShares(strengths), (share) => part.points * linearShare(share, source.floor, source.ceiling)),
    isFew: steady < leastUsers,
  };
  const isEmpty = rows.length === 0 || teams.length < 2;
  const values: Value[] = isEmpty ? teams.map(() => null) : pointsOf(pairs, teams.length);
  const shown = ({ a, b, choice }: Row<'judgements'>): string =>
    `${consortiumName(tables, a)} / ${consortiumName(tables, b)}: ${choice}`;
  return {
    values,
    inputs: teams.map((team) =>
      rows.filter(({ a, b }) => a === team || b === team).map((row) => inputOf('judgements', row, shown(row))),
    ),
    how: REASONS.judgements({ count: rows.length, users: users.length }, source, part.points),
    data: [isEmpty ? fixed(part.points, values) : pairs],
    asked: { users: users.length, judgements: rows.length },
  };
}

/** The leaf of a part that is not a sum of other parts. */
export function leafOf(of: ScoringContext, part: PartOfBook): Leaf {
  const { source } = part;
  switch (source.kind) {
    case 'tasks':
      return tasksLeaf(of, part, source);
    case 'forms':
      return formsLeaf(of, part, source);
    case 'judgements':
      return judgementsLeaf(of, part, source);
    default:
      return enteredLeaf(of, part);
  }
}
