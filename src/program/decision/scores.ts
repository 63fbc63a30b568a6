// Scores of a stage by its rule book: parts, blocks and totals, each with its rule and its inputs.

import type { Both } from '../../base/index.ts';
import { type PartOfBook, partsOf, type RuleBook, roundHalfUp } from '../rules/index.ts';
import { bookOf, type Row, requireRow, type Tables } from '../state/index.ts';
import type { Part } from '../statistics/index.ts';
import { enteredLeaf, type Input, leafOf, type ScoringContext, type Value } from './leaves.ts';
import { REASONS } from './reasons.ts';
import { type SampleSize, warnOfSmallSample } from './sample-sizes.ts';

/** One team's points in one block or part. */
interface Score {
  /** `STAGE/CONSORTIUM/blocks.benchmark.parts.common` */
  id: string;
  consortium: string;
  part: PartOfBook;
  value: Value;
  how: Both;
  inputs: Input[];
  /** Ids of the scores that it sums. */
  of: string[];
}

export interface StageScores {
  row: Row<'stages'>;
  book: RuleBook;
  teams: string[];
  /** By team, then in the order of the rule book. */
  scores: Score[];
  /** Sum of the blocks; 'not published' or null where one of them is. */
  totals: Value[];
  /** Input of the statistics; parts of one block are adjacent. */
  parts: Part[];
  /** Path in the rule book of each of these parts: several share one. */
  partPaths: string[];
  /** What was asked, by path of the part. */
  asked: Map<string, SampleSize>;
  /** Parts that so few were asked for that chances may mislead. */
  warnings: Both[];
}

export const scoreId = (stage: string, team: string, path: string): string => `${stage}/${team}/${path}`;

/** Computes all scores. `day`: the day of moving targets, `2026-01-15`. */
export function scoreStage(tables: Tables, stage: string, day: string): StageScores {
  const row = requireRow(tables, 'stages', stage, 'stage');
  const book = bookOf(tables, row.ruleBook);
  const teams = row.consortia;
  const of: ScoringContext = { tables, book, stage, teams, day, closed: row.status !== 'open' };
  const parts: Part[] = [];
  const partPaths: string[] = [];
  const asked: StageScores['asked'] = new Map();
  const scores: Score[] = [];
  const put = (consortium: string, part: PartOfBook, score: Pick<Score, 'value' | 'how' | 'inputs' | 'of'>): void => {
    scores.push({ id: scoreId(stage, consortium, part.path), consortium, part, ...score });
  };
  const rounding = (how: Both): Both => (book.rounding ? REASONS.rounded(how, book.rounding.decimals) : how);
  const rounded = (value: Value): Value =>
    typeof value === 'number' && book.rounding ? roundHalfUp(value, book.rounding.decimals) : value;

  const blocks = book.blocks.map(({ id, points }) => {
    const [whole, ...inside] = partsOf(book).filter(({ block }) => block === id) as [PartOfBook, ...PartOfBook[]];
    const leaves = (inside.length > 0 ? inside : [whole]).map((part) => ({ part, ...leafOf(of, part) }));
    // An entered figure for a whole block replaces the sum of its parts: some sources publish nothing else.
    const entered = inside.length > 0 ? enteredLeaf(of, whole) : undefined;
    for (const { part, data, asked: units } of leaves) {
      if (units) asked.set(part.path, units);
      parts.push(...data.map((one) => withGiven(one, points, entered?.values ?? [])));
      partPaths.push(...data.map(() => part.path));
    }
    return teams.map((team, i): Value => {
      const own = leaves.map(({ part, values, how, inputs }) => {
        return { part, score: { value: values[i]!, how, inputs: inputs[i]!, of: [] } };
      });
      if (inside.length > 0) for (const { part, score } of own) put(team, part, score);
      const given = entered?.values[i] ?? null;
      const value = rounded(given ?? sumOf(own.map(({ score }) => score.value)));
      const summands = inside.map((part) => scoreId(stage, team, part.path));
      if (given !== null) put(team, whole, { value, how: entered!.how, inputs: entered!.inputs[i]!, of: [] });
      else if (inside.length === 0) put(team, whole, { ...own[0]!.score, value, how: rounding(own[0]!.score.how) });
      else put(team, whole, { value, how: rounding(REASONS.sum), inputs: [], of: summands });
      return value;
    });
  });
  const totals = teams.map((_, i) => {
    const sum = sumOf(blocks.map((values) => values[i]!));
    return typeof sum === 'number' ? tidy(sum) : sum;
  });
  const warnings = partsOf(book).flatMap(({ path, title }) => {
    const units = asked.get(path);
    return (units && warnOfSmallSample({ en: title.en, ko: title.ko ?? title.en }, units)) ?? [];
  });
  return { row, book, teams, scores, totals, parts, partPaths, asked, warnings };
}

/** A part of a block. Teams with an entered figure for the whole block are not resampled: each part gets its share of the figure. */
function withGiven(part: Part, points: number, figures: readonly Value[]): Part {
  if (!figures.some((figure) => typeof figure === 'number')) return part;
  const given = figures.map((figure, i) =>
    typeof figure === 'number' ? (figure * part.weight) / points : part.given?.[i],
  );
  const givenErrors = figures.map((figure, i) => (typeof figure === 'number' ? undefined : part.givenErrors?.[i]));
  return { ...part, given, givenErrors };
}

/** 'not published' has precedence over null, and both over numbers. */
function sumOf(values: readonly Value[]): Value {
  const missing = values.includes('not published') ? 'not published' : null;
  const known = values.filter((value) => typeof value === 'number');
  return known.length < values.length ? missing : known.reduce((sum, value) => sum + value, 0);
}

/** Removes binary rounding from sums of decimals: 33.6 + 31.6 + 25.0 is 90.2. */
const tidy = (sum: number): number => Number(sum.toFixed(9));
