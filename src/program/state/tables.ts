// The programme's tables in memory: rows by key, each change of them told. Knows no rule and no database.

import type { Json } from '../../ledger/index.ts';

/** Names of the key columns of every table that follows from the log. */
export const TABLES = {
  programmes: ['id'],
  organisations: ['id'],
  calls: ['id'],
  applications: ['id'],
  consortia: ['id'],
  ruleBooks: ['digest'],
  stages: ['id'],
  submissions: ['id'],
  audits: ['submission'],
  evaluations: ['id'],
  enteredScores: ['id'],
  forms: ['id'],
  judgements: ['id'],
  findings: ['id'],
  lodgings: ['id'],
  decisions: ['stage'],
  appeals: ['id'],
  runSteps: ['submission', 'step'],
} as const satisfies Record<string, readonly string[]>;

export type TableName = keyof typeof TABLES;
export type Row = Record<string, Json>;

/** A row that is now so; null: it is gone. `row` holds all columns but the key's. */
export interface Change {
  table: TableName;
  key: Record<string, string | number>;
  row: Row | null;
}

const keyText = (key: Record<string, string | number>): string => JSON.stringify(Object.values(key));

/** All tables; what is put into them is told to whoever listens. */
export class Tables {
  readonly #rows = new Map<TableName, Map<string, { key: Change['key']; row: Row }>>();
  #changes: Change[] = [];

  #of(table: TableName): Map<string, { key: Change['key']; row: Row }> {
    let rows = this.#rows.get(table);
    if (!rows) {
      rows = new Map();
      this.#rows.set(table, rows);
    }
    return rows;
  }

  get(table: TableName, ...key: (string | number)[]): Row | undefined {
    return this.#of(table).get(JSON.stringify(key))?.row;
  }

  /** Rows with their keys, in the order in which they came. */
  *all(table: TableName): Generator<Row> {
    for (const { key, row } of this.#of(table).values()) yield { ...key, ...row };
  }

  /** Writes a whole row; members that are undefined are left out. */
  put(table: TableName, key: Change['key'], columns: Record<string, unknown>): void {
    const row = JSON.parse(JSON.stringify(columns)) as Row; // what callers do to theirs afterwards changes nothing here
    // Step records are many, and no rule asks for them.
    if (table !== 'runSteps') this.#of(table).set(keyText(key), { key, row });
    this.#changes.push({ table, key, row });
  }

  /** Changes some columns of a row that is there. */
  update(table: TableName, key: Change['key'], columns: Record<string, unknown>): void {
    const before = this.#of(table).get(keyText(key));
    if (!before) throw new Error(`no row ${keyText(key)} in ${table}`);
    this.put(table, key, { ...before.row, ...columns });
  }

  /** What was changed since this was last asked. */
  taken(): Change[] {
    const changes = this.#changes;
    this.#changes = [];
    return changes;
  }
}
