// Questions that people ask while they wait: each is answered by an index.

import { and, asc, eq, gt, type SQL } from 'drizzle-orm';
import type { Entry } from '../log/index.ts';
import type { TableName } from '../state/index.ts';
import type { Database } from './connection.ts';
import { shapeOf } from './rows.ts';
import { type Derived, runSteps } from './schema.ts';
import { readEntries } from './view.ts';

/** A row of a table, with its key. */
export type RowOf<T extends TableName> = Derived[T]['$inferSelect'];

/** Columns that rows can be asked for by. */
const INDEXED = {
  applications: ['call'],
  submissions: ['stage', 'consortium'],
  evaluations: ['submission'],
  enteredScores: ['stage'],
  forms: ['stage'],
  judgements: ['stage'],
  findings: ['stage'],
  appeals: ['stage'],
} as const satisfies Partial<Record<TableName, readonly string[]>>;
export type Indexed = typeof INDEXED;

export interface Point {
  step: number;
  loss: number | null;
  gradNorm: number | null;
  learningRate: number | null;
}

export interface Reads {
  row<T extends TableName>(table: T, ...key: (string | number)[]): Promise<RowOf<T> | undefined>;
  /** All rows of a small table, in the order of their keys. */
  all<T extends Exclude<TableName, 'runSteps'>>(table: T): Promise<RowOf<T>[]>;
  /** The rows whose `column` is `value`, in the order of their keys: those of a stage, of a consortium, of a submission. */
  of<T extends keyof Indexed>(table: T, column: Indexed[T][number], value: string): Promise<RowOf<T>[]>;
  /** The curve of a submission after step `after` (from its beginning where that is not given), in the order of steps. */
  curve(submission: string, after?: number): Promise<Point[]>;
  /** At most `count` entries from entry `from` on. */
  page(from: number, count: number): Promise<Entry[]>;
}

export function readsOf(database: Database): Reads {
  const select = async <T extends TableName>(table: T, where?: SQL): Promise<RowOf<T>[]> => {
    const shape = shapeOf(table);
    const order = shape.keys.map((key) => asc(shape.column(key)));
    return (await database
      .select()
      .from(shape.table)
      .where(where)
      .orderBy(...order)) as RowOf<T>[];
  };
  return {
    async row(table, ...key) {
      const { keys, column } = shapeOf(table);
      if (key.length !== keys.length) throw new Error(`the key of ${table} is ${keys.join(', ')}`);
      return (await select(table, and(...keys.map((name, i) => eq(column(name), key[i])))))[0];
    },
    all: (table) => select(table),
    of: (table, column, value) => select(table, eq(shapeOf(table).column(column), value)),
    curve: (submission, after) => {
      const { step, loss, gradNorm, learningRate } = runSteps;
      return database
        .select({ step, loss, gradNorm, learningRate })
        .from(runSteps)
        .where(and(eq(runSteps.submission, submission), after === undefined ? undefined : gt(step, after)))
        .orderBy(asc(step)) as Promise<Point[]>;
    },
    page: (from, count) => readEntries(database, from, count),
  };
}
