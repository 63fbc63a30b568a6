// What a stage still needs by its rule book before the office can close it. Teams and pairs that lack the same are one line. Changes nothing.

import type { Both } from '../../base/index.ts';
import { scoredSubmission } from '../decision/index.ts';
import { type PartOfBook, partsOf, type RuleBook } from '../rules/index.ts';
import {
  assignedTo,
  bookOfStage,
  comparisonsOf,
  countedForms,
  findingProposals,
  type Row,
  type Tables,
  uncomparedPairs,
} from '../state/index.ts';
import { inBoth, type Speaker } from './speaker.ts';

type Judgements = Extract<PartOfBook['source'], { kind: 'judgements' }>;
type ScoredTask = Extract<PartOfBook['source'], { kind: 'tasks' }>['tasks'][number];

/** The form on the stage's page that mends it; null where others have to act, or the office's machine. */
type Mend = 'score' | 'finding' | 'submit' | 'assign' | null;

export interface Lack {
  text: Both;
  mend: Mend;
}

interface Context {
  tables: Tables;
  stage: string;
  book: RuleBook;
  /** The teams that are still in: nothing is required of others. */
  teams: readonly string[];
}

const lack = ({ tables }: Context, mend: Mend, say: (speaker: Speaker) => string): Lack => ({
  text: inBoth(tables, say),
  mend,
});

/** One line for each kind of missing submission, form, judgement, figure, result or comparison. */
export function lackingOf(tables: Tables, stage: string): Lack[] {
  const book = bookOfStage(tables, stage);
  const parts = partsOf(book);
  const teams = activeIn(tables, stage);
  const context = { tables, stage, book, teams };
  const without = teams.filter((team) => asksModels(book) && !scoredSubmission({ tables, stage }, team));
  return [
    ...(without.length > 0 ? [lack(context, 'submit', (say) => say.words.lacking.model(say.teams(without)))] : []),
    ...parts.flatMap((part) => lackingIn(context, part)),
    ...lackingComparisons(context),
  ];
}

/** What an expert should know before sealing a form on what teams made: who has nothing audited yet, and whose next submission waits for its audit. */
export function lackingModels(tables: Tables, stage: string): Both[] {
  if (!asksModels(bookOfStage(tables, stage))) return [];
  const teams = activeIn(tables, stage);
  const without = teams.filter((team) => !scoredSubmission({ tables, stage }, team));
  const received = tables.of('submissions', 'stage', stage).filter(({ status }) => status === 'received');
  const waiting = teams.filter(
    (team) => !without.includes(team) && received.some(({ consortium }) => consortium === team),
  );
  return [
    ...(without.length > 0 ? [inBoth(tables, (say) => say.words.lacking.model(say.teams(without)))] : []),
    ...(waiting.length > 0 ? [inBoth(tables, (say) => say.words.lacking.audit(say.teams(waiting)))] : []),
  ];
}

const activeIn = (tables: Tables, stage: string): string[] =>
  tables.get('stages', stage)!.consortia.filter((team) => tables.get('consortia', team)!.status === 'active');

/** Whether a book's stage needs a submission of each team. */
export const asksModels = (book: RuleBook): boolean =>
  Boolean(book.originality.audit) || partsOf(book).some(({ source }) => source.kind === 'tasks');

/** Comparisons of weights that are missing or were not possible, and proposed findings without an answer. */
function lackingComparisons(context: Context): Lack[] {
  const { tables, stage } = context;
  const other = (row: Pick<Row<'comparisons'>, 'with'>): string =>
    'reference' in row.with ? row.with.reference : row.with.submission;
  const waiting = uncomparedPairs(tables, stage);
  const failed = comparisonsOf(tables, stage).filter(({ failure }) => failure !== null);
  const open = findingProposals(tables, stage).filter(({ answer }) => answer === null);
  const [first, broken] = [waiting[0], failed[0]];
  return [
    ...(first
      ? [lack(context, null, ({ words }) => words.lacking.uncompared(waiting.length, first.submission, other(first)))]
      : []),
    ...(broken
      ? [
          lack(context, 'finding', ({ words }) =>
            words.lacking.incomparable(failed.length, broken.submission, other(broken), broken.failure!.code),
          ),
        ]
      : []),
    ...open.map(({ id, consortium, component }) =>
      lack(context, 'finding', (say) => say.words.lacking.proposal(say.team(consortium), say.component(component), id)),
    ),
  ];
}

/** What is missing for one part of the rule book. */
function lackingIn(context: Context, part: PartOfBook): Lack[] {
  const { tables, stage, book } = context;
  const { path, source } = part;
  switch (source.kind) {
    case 'forms': {
      const given = countedForms(tables, stage, path).length;
      if (given >= source.experts) return [];
      const mend = assignedTo(tables, stage, path).length < source.experts ? 'assign' : null;
      return [lack(context, mend, (say) => say.words.lacking.forms(say.part(book, part), given, source.experts))];
    }
    case 'judgements':
      return lackingJudgements(context, part, source);
    case 'entered':
      return lackingFigures(context, part);
    case 'tasks':
      return lackingResults(context, part, source.tasks);
    default:
      return [];
  }
}

function lackingFigures(context: Context, part: PartOfBook): Lack[] {
  const { tables, stage, book, teams } = context;
  const given = tables
    .of('enteredScores', 'stage', stage)
    .filter((row) => row.part === part.path || row.part === `blocks.${part.block}`);
  const of = (team: string) => given.filter(({ consortium }) => consortium === team);
  const without = teams.filter((team) => of(team).length === 0);
  const hidden = teams.filter(
    (team) => of(team).length > 0 && of(team).every(({ value }) => value === 'not published'),
  );
  const name = (say: Speaker) => say.part(book, part);
  return [
    ...(without.length > 0
      ? [lack(context, 'score', (say) => say.words.lacking.figure(name(say), say.teams(without)))]
      : []),
    ...(hidden.length > 0
      ? [lack(context, 'score', (say) => say.words.lacking.unpublished(name(say), say.teams(hidden), hidden.length))]
      : []),
  ];
}

function lackingResults(context: Context, part: PartOfBook, tasks: readonly ScoredTask[]): Lack[] {
  const { tables, stage, book, teams } = context;
  const scored = teams.flatMap((team) => scoredSubmission({ tables, stage }, team)?.id ?? []);
  const unitsOf = ({ task, metric }: ScoredTask): number | undefined => {
    const all = scored.flatMap((id) => tables.of('evaluations', 'submission', id));
    const row = all.find((one) => one.task === task && one.metric === metric);
    return row?.clusters ? new Set(row.clusters).size : row?.items?.length;
  };
  const few = tasks.flatMap((task) => {
    const units = unitsOf(task);
    if (units === undefined || units >= (task.leastItems ?? 0)) return [];
    return [
      lack(context, null, (say) => say.words.lacking.items(say.part(book, part), task.task, units, task.leastItems!)),
    ];
  });
  const results = teams.flatMap((team) => {
    const submission = scoredSubmission({ tables, stage }, team);
    if (!submission) return []; // listed by `lackingOf`
    const rows = tables.of('evaluations', 'submission', submission.id);
    const missing = tasks.filter(({ task, metric }) => !rows.some((row) => row.task === task && row.metric === metric));
    if (missing.length === 0) return [];
    const names = missing.map(({ task }) => task).join(', ');
    return [lack(context, null, (say) => say.words.lacking.results(say.part(book, part), say.team(team), names))];
  });
  return [...results, ...few];
}

interface JudgementGaps {
  /** People who have judged. */
  judges: number;
  /** People who have judged as often as the rule book asks of each. */
  steady: number;
  /** Pairs of teams with fewer judgements than the rule book asks for, those with the fewest first. */
  short: { pair: [string, string]; given: number }[];
}

/** What the judgements of a stage lack. */
function judgementGaps(
  { tables, stage, teams }: Omit<Context, 'book'>,
  { minimumPerPair, leastVotes = 1 }: Judgements,
): JudgementGaps {
  const judgements = tables.of('judgements', 'stage', stage);
  const counts = Map.groupBy(judgements, ({ a, b }) => [a, b].sort().join(' '));
  const short = teams
    .flatMap((a, i) => teams.slice(i + 1).map((b) => [a, b].sort() as [string, string]))
    .map((pair) => ({ pair, given: counts.get(pair.join(' '))?.length ?? 0 }))
    .filter(({ given }) => given < minimumPerPair)
    .sort((x, y) => x.given - y.given);
  const votes = [...Map.groupBy(judgements, ({ judge }) => judge).values()];
  return { judges: votes.length, steady: votes.filter(({ length }) => length >= leastVotes).length, short };
}

function lackingJudgements(context: Context, part: PartOfBook, source: Judgements): Lack[] {
  const { users, minimumPerPair, leastUsers = 0, leastVotes = 1 } = source;
  const { judges, steady, short } = judgementGaps(context, source);
  const name = (say: Speaker) => say.part(context.book, part);
  const fewest = short[0];
  return [
    ...(judges < users ? [lack(context, null, (say) => say.words.lacking.users(name(say), judges, users))] : []),
    ...(steady < leastUsers
      ? [
          lack(context, null, (say) =>
            say.words.lacking.votes(name(say), steady, { users: leastUsers, votes: leastVotes }),
          ),
        ]
      : []),
    ...(fewest
      ? [
          lack(context, null, (say) =>
            say.words.lacking.pairs(name(say), {
              pairs: short.length,
              minimum: minimumPerPair,
              teams: fewest.pair.map(say.team),
              fewest: fewest.given,
            }),
          ),
        ]
      : []),
  ];
}

/** Whether a part that users judge needs more judgements. */
export function needsJudgements(tables: Tables, stage: string, source: Judgements): boolean {
  const { judges, steady, short } = judgementGaps({ tables, stage, teams: activeIn(tables, stage) }, source);
  return judges < source.users || steady < (source.leastUsers ?? 0) || short.length > 0;
}
