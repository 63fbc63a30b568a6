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
  auditReaches: ['submission'],
  auditReports: ['digest'],
  auditParts: ['submission', 'seq'],
  evaluations: ['id'],
  enteredScores: ['id'],
  forms: ['id'],
  judgements: ['id'],
  findings: ['id'],
  lodgings: ['id'],
  decisions: ['stage'],
  appeals: ['id'],
  catalogues: ['digest'],
  placements: ['submission'],
  allotments: ['id'],
  usages: ['id'],
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

function indexed(index: Map<Json | undefined, Set<string>>, value: Json | undefined, text: string): void {
  const keys = index.get(value);
  if (keys) keys.add(text);
  else index.set(value, new Set([text]));
}

/** All tables; what is put into them is told to whoever listens. */
export class Tables {
  readonly #rows = new Map<TableName, Map<string, { key: Change['key']; row: Row }>>();
  /** Keys of rows by what a column holds; made when first asked for. */
  readonly #indices = new Map<TableName, Map<string, Map<Json | undefined, Set<string>>>>();
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

  /** The rows whose `column`, which is not of the key, is `value`, in the order in which they came. */
  *of(table: TableName, column: string, value: string): Generator<Row> {
    const rows = this.#of(table);
    const indices = this.#indices.get(table) ?? new Map<string, Map<Json | undefined, Set<string>>>();
    this.#indices.set(table, indices);
    let index = indices.get(column);
    if (!index) {
      index = new Map();
      indices.set(column, index);
      for (const [text, { row }] of rows) indexed(index, row[column], text);
    }
    for (const text of index.get(value) ?? []) {
      const { key, row } = rows.get(text)!;
      yield { ...key, ...row };
    }
  }

  /** Writes a whole row; members that are undefined are left out. */
  put(table: TableName, key: Change['key'], columns: Record<string, unknown>): void {
    const row = JSON.parse(JSON.stringify(columns)) as Row; // what callers do to theirs afterwards changes nothing here
    // Step records are many, and no rule asks for them.
    if (table !== 'runSteps') this.#keep(table, key, row);
    this.#changes.push({ table, key, row });
  }

  #keep(table: TableName, key: Change['key'], row: Row): void {
    const text = keyText(key);
    const before = this.#of(table).get(text)?.row;
    for (const [column, index] of this.#indices.get(table) ?? []) {
      if (before && before[column] === row[column]) continue;
      if (before) index.get(before[column])?.delete(text);
      indexed(index, row[column], text);
    }
    this.#of(table).set(text, { key, row });
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
