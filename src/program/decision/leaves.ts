// Where a part's points come from, team by team: figures from elsewhere, evaluations, experts' forms, users' judgements. Each gives its
// points, what they were worked out from, and the same as data for the statistics.

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
import { consortiumName, type Row, type Tables } from '../state/index.ts';
import { type Part, pointsOf, winShares } from '../statistics/index.ts';

/** A row that points were worked out from. */
export interface Input {
  table: string;
  id: string;
  /** Entry of the log that made it. */
  seq: number;
  value: Json;
}

export type Value = number | 'not published' | null;

export interface Leaf {
  part: PartOfBook;
  /** By team; null where nothing is there. */
  values: Value[];
  inputs: Input[][];
  /** The formula, in words. */
  how: string;
  /** For the statistics; what is not there counts as nothing. */
  data: Part[];
}

export interface StageOf {
  tables: Tables;
  book: RuleBook;
  stage: string;
  teams: readonly string[];
  /** The day at which targets are looked up. */
  day: string;
  /** Nothing comes in any more. */
  closed: boolean;
}

/** What of a stage a score is worked out from. */
type Scored = 'enteredScores' | 'forms' | 'judgements' | 'findings';
const rowsOf = <T extends Scored>({ tables, stage }: StageOf, table: T): Row<T>[] => [
  ...tables.of<T, 'stage'>(table, 'stage', stage),
];

const inputOf = (table: string, { id, seq }: { id: string; seq: number }, value: Json): Input => ({
  table,
  id,
  seq,
  value,
});

const orNothing = (value: Value): number => (typeof value === 'number' ? value : 0);
const fixed = (weight: number, values: readonly Value[]): Part => ({
  kind: 'fixed',
  weight,
  points: values.map(orNothing),
});

/** Figures that were measured or published elsewhere, for a part or for a whole block. */
export function enteredLeaf(of: StageOf, part: PartOfBook): Leaf {
  const rows = rowsOf(of, 'enteredScores').filter((row) => row.part === part.path);
  const own = of.teams.map((team) => rows.filter((row) => row.consortium === team).at(-1));
  const values = own.map((row): Value => (row ? row.value : null));
  return {
    part,
    values,
    inputs: own.map((row) => (row ? [inputOf('enteredScores', row, row.value)] : [])),
    how: 'as it was entered, with its source',
    data: [fixed(part.points, values)],
  };
}

/** The submission that counts: a team's last one that was audited. */
export function submissionOf(
  { tables, stage }: Pick<StageOf, 'tables' | 'stage'>,
  team: string,
): Row<'submissions'> | undefined {
  const own = [...tables.of('submissions', 'stage', stage)].filter(({ consortium }) => consortium === team);
  return own.findLast(({ status }) => status === 'audited');
}

function tasksLeaf(of: StageOf, part: PartOfBook, source: Extract<Source, { kind: 'tasks' }>): Leaf {
  const submissions = of.teams.map((team) => submissionOf(of, team));
  const weights = source.tasks.reduce((sum, { weight }) => sum + weight, 0);
  const points = of.teams.map(() => 0);
  const there = of.teams.map(() => true);
  const inputs = of.teams.map((): Input[] => []);
  const data = source.tasks.map((task): Part => {
    const weight = (part.points * task.weight) / weights;
    const best = targetOf(of.book, task.task, of.day)?.best;
    const worth = (value: number): number => weight * taskShare(task, value, best);
    const found = submissions.map((submission) => {
      const own = submission ? [...of.tables.of('evaluations', 'submission', submission.id)] : [];
      return own.findLast((row) => row.task === task.task && row.metric === task.metric);
    });
    const values = found.map((row, i): Value => {
      if (!row) {
        there[i] = false;
        return null;
      }
      inputs[i]!.push(inputOf('evaluations', row, row.value));
      points[i]! += worth(row.value);
      return worth(row.value);
    });
    const results = found.map((row) => row && (row.items ?? []));
    const items = results.find((list) => list !== undefined)?.length ?? 0;
    // What was asked of all teams alike can be drawn again for all alike; who has no result has nothing in every draw.
    if (items > 1 && results.every((list) => list === undefined || list.length === items))
      return {
        kind: 'items',
        weight,
        results: results.map((list) => list ?? new Array<number>(items).fill(0)),
        points: worth,
        given: results.map((list) => (list === undefined ? 0 : undefined)),
      };
    return fixed(weight, values);
  });
  return {
    part,
    values: points.map((sum, i) => (there[i] || of.closed ? sum : null)),
    inputs,
    how: `${source.tasks.map(({ task, metric }) => `${task} ${metric}`).join(', ')}: each value on its scale, weighed, times ${part.points}; after the close a task without a result gives nothing`,
    data,
  };
}

function formsLeaf(of: StageOf, part: PartOfBook, source: Extract<Source, { kind: 'forms' }>): Leaf {
  const rows = rowsOf(of, 'forms').filter((row) => row.part === part.path && row.form !== null);
  const marks = ({ form }: Row<'forms'>, team: string): Record<string, number> => form!.scores[team]!;
  const trim = 2 * source.trim < rows.length ? source.trim : 0;
  return {
    part,
    values: of.teams.map((team): Value => {
      if (rows.length === 0) return null;
      return source.criteria.reduce(
        (sum, { id }) =>
          sum +
          averageOf(
            { ...source, trim },
            rows.map((row) => marks(row, team)[id]!),
          ),
        0,
      );
    }),
    inputs: of.teams.map((team) => rows.map((row) => inputOf('forms', row, marks(row, team)))),
    how: `each criterion's ${source.average} over ${rows.length} experts${trim > 0 ? `, the ${trim} highest and lowest left out` : ''}, summed`,
    data: formsData(part, source, trim, rows.length, of.teams, (row, team) => marks(rows[row]!, team)),
  };
}

/** An expert's marks are drawn together; only where some are left out for each criterion does each have its own. */
function formsData(
  part: PartOfBook,
  { criteria }: Extract<Source, { kind: 'forms' }>,
  trim: number,
  experts: number,
  teams: readonly string[],
  marks: (row: number, team: string) => Record<string, number>,
): Part[] {
  if (experts === 0)
    return [
      fixed(
        part.points,
        teams.map(() => null),
      ),
    ];
  const raters = (weight: number, ids: string[]): Part => ({
    kind: 'raters',
    weight,
    trim,
    points: Array.from({ length: experts }, (_, row) =>
      teams.map((team) => ids.reduce((sum, id) => sum + marks(row, team)[id]!, 0)),
    ),
  });
  if (trim === 0)
    return [
      raters(
        part.points,
        criteria.map(({ id }) => id),
      ),
    ];
  return criteria.map(({ id, points }) => raters(points, [id]));
}

function judgementsLeaf(of: StageOf, part: PartOfBook, source: Extract<Source, { kind: 'judgements' }>): Leaf {
  const rows = rowsOf(of, 'judgements');
  const nameOf = (team: string): string => consortiumName(of.tables, team);
  const users = [...new Set(rows.map((row) => row.judge))];
  const data: Part =
    rows.length === 0 || of.teams.length < 2
      ? fixed(
          part.points,
          of.teams.map(() => null),
        )
      : {
          kind: 'pairs',
          weight: part.points,
          judgements: rows.map((row) => ({
            user: users.indexOf(row.judge),
            a: of.teams.indexOf(row.a),
            b: of.teams.indexOf(row.b),
            score: row.choice === 'a' ? 1 : row.choice === 'b' ? 0 : 0.5,
          })),
          points: (strengths) =>
            Array.from(winShares(strengths), (share) => part.points * linearShare(share, source.floor, source.ceiling)),
        };
  const points = data.kind === 'fixed' ? undefined : pointsOf(data, of.teams.length);
  return {
    part,
    values: of.teams.map((_, i) => points?.[i] ?? null),
    inputs: of.teams.map((team) =>
      rows
        .filter((row) => row.a === team || row.b === team)
        .map((row) => inputOf('judgements', row, `${nameOf(row.a)} / ${nameOf(row.b)}: ${row.choice}`)),
    ),
    how: `mean chance of being preferred to another team (Bradley-Terry over ${rows.length} judgements of ${users.length} users), from ${source.floor} to ${source.ceiling}, times ${part.points}`,
    data: [data],
  };
}

/** The leaf of a part that is no sum of others. */
export function leafOf(of: StageOf, part: PartOfBook): Leaf {
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
