// A stage's scores by its rule book: parts, blocks, totals, each with the rule it came from and what it was worked out from.

import { type Block, type PartOfBook, partsOf, type RuleBook, roundHalfUp } from '../rules/index.ts';
import { bookOf, existing, type Row, type Tables } from '../state/index.ts';
import type { Part } from '../statistics/index.ts';
import { enteredLeaf, type Input, type Leaf, leafOf, type StageOf, type Value } from './leaves.ts';

/** One team's points in one block or part. */
interface Score {
  /** `STAGE/CONSORTIUM/blocks.benchmark.parts.common` */
  id: string;
  consortium: string;
  part: PartOfBook;
  value: Value;
  how: string;
  inputs: Input[];
  /** Scores that it is the sum of. */
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
  /** Leaves in the order of the rule book. */
  leaves: Leaf[];
  /** What the statistics draw; parts of one block stand together. */
  data: { parts: Part[]; blockOf: string[] };
}

export const scoreId = (stage: string, team: string, path: string): string => `${stage}/${team}/${path}`;

/** `day`: at which the moving target is looked up, `2026-01-15`. */
export function scoreStage(tables: Tables, stage: string, day: string): StageScores {
  const row = existing(tables, 'stages', stage, 'stage');
  const book = bookOf(tables, row.ruleBook);
  const teams = row.consortia;
  const of: StageOf = { tables, book, stage, teams, day, closed: row.status !== 'open' };
  const parts = partsOf(book);
  const leaves: Leaf[] = [];
  const blocks = new Map<string, Value[]>();
  const scores = new Map<string, Score>();
  const put = (team: string, part: PartOfBook, value: Value, how: string, inputs: Input[], sumOf: string[]): void => {
    const id = scoreId(stage, team, part.path);
    scores.set(id, { id, consortium: team, part, value, how, inputs, of: sumOf });
  };
  const data: StageScores['data'] = { parts: [], blockOf: [] };

  for (const block of book.blocks) {
    const own = parts.filter((part) => part.block === block.id);
    const [whole, ...inside] = own as [PartOfBook, ...PartOfBook[]];
    const list = (inside.length > 0 ? inside : [whole]).map((part) => leafOf(of, part));
    leaves.push(...list);
    // A figure for the whole of a block stands before the sum of its parts: others may publish nothing else.
    const entered = inside.length > 0 ? enteredLeaf(of, whole) : undefined;
    for (const leaf of list) {
      data.parts.push(...leaf.data.map((part) => withGiven(part, block.points, entered?.values ?? [])));
      data.blockOf.push(...leaf.data.map(() => whole.path));
    }
    const values = teams.map((team, i): Value => {
      for (const leaf of inside.length > 0 ? list : [])
        put(team, leaf.part, leaf.values[i]!, leaf.how, leaf.inputs[i]!, []);
      const given = entered?.values[i] ?? null;
      const value = given ?? sumOf(list.map((leaf) => leaf.values[i]!));
      const rounded = typeof value === 'number' && book.rounding ? roundHalfUp(value, book.rounding.decimals) : value;
      const rounding = book.rounding ? `, rounded to ${book.rounding.decimals} decimals` : '';
      if (given !== null) put(team, whole, rounded, entered!.how, entered!.inputs[i]!, []);
      else if (inside.length > 0)
        put(
          team,
          whole,
          rounded,
          `sum of its parts${rounding}`,
          [],
          inside.map((part) => scoreId(stage, team, part.path)),
        );
      else put(team, whole, rounded, `${list[0]!.how}${rounding}`, list[0]!.inputs[i]!, []);
      return rounded;
    });
    blocks.set(block.id, values);
  }
  const totals = teams.map((_, i) => {
    const sum = sumOf(book.blocks.map((block: Block) => blocks.get(block.id)![i]!));
    return typeof sum === 'number' ? tidy(sum) : sum;
  });
  return { row, book, teams, scores: [...scores.values()], totals, leaves, data };
}

/** A part of a block for whose whole some teams have a figure: of theirs nothing is drawn, and each part has its share of it. */
function withGiven(part: Part, points: number, figures: readonly Value[]): Part {
  if (!figures.some((figure) => typeof figure === 'number')) return part;
  const given = figures.map((figure, i) =>
    typeof figure === 'number' ? (figure * part.weight) / points : part.given?.[i],
  );
  return { ...part, given };
}

/** 'not published' wins over what is not there, and both over numbers. */
function sumOf(values: readonly Value[]): Value {
  if (values.includes('not published')) return 'not published';
  let sum = 0;
  for (const value of values) {
    if (typeof value !== 'number') return null;
    sum += value;
  }
  return sum;
}

/** Sums of decimals without their binary dust: 33.6 + 31.6 + 25.0 is 90.2. */
const tidy = (sum: number): number => Number(sum.toFixed(9));
