// The programme's tables in memory: rows by key, with an index for each other column that is searched. Knows no rule and no database.

import { KEYS, ROW, type Row, type TableName } from './rows.ts';

class Table<R extends object> {
  readonly #key: string;
  readonly #rows = new Map<unknown, R>();
  /** By column: keys of rows by value. Built at the first search. */
  readonly #indices = new Map<string, Map<unknown, Set<unknown>>>();

  constructor(key: string) {
    this.#key = key;
  }

  get size(): number {
    return this.#rows.size;
  }

  get(key: unknown): R | undefined {
    return this.#rows.get(key);
  }

  all(): R[] {
    return [...this.#rows.values()];
  }

  of(column: string, value: unknown): R[] {
    let index = this.#indices.get(column);
    if (!index) {
      index = new Map();
      this.#indices.set(column, index);
      for (const [key, row] of this.#rows) add(index, columnOf(row, column), key);
    }
    return Array.from(index.get(value) ?? [], (key) => this.#rows.get(key)!);
  }

  put(row: R): void {
    const key = columnOf(row, this.#key);
    const before = this.#rows.get(key);
    for (const [column, index] of this.#indices) {
      const [old, now] = [before && columnOf(before, column), columnOf(row, column)];
      if (before && old === now) continue;
      if (before) index.get(old)?.delete(key);
      add(index, now, key);
    }
    this.#rows.set(key, row);
  }
}

const columnOf = (row: object, column: string): unknown => (row as Record<string, unknown>)[column];

function add(index: Map<unknown, Set<unknown>>, value: unknown, key: unknown): void {
  const keys = index.get(value);
  if (keys) keys.add(key);
  else index.set(value, new Set([key]));
}

export class Tables {
  /** Times of the entries, of the first one first. */
  readonly #times: string[] = [];
  readonly #tables = Object.fromEntries(
    (Object.keys(ROW) as TableName[]).map((name) => [name, new Table(KEYS[name] ?? 'id')]),
  ) as unknown as { [T in TableName]: Table<Row<T>> };

  #of<T extends TableName>(table: T): Table<Row<T>> {
    return this.#tables[table];
  }

  /** The time of entry `seq`, ISO 8601: rows hold numbers of entries. */
  timeOf(seq: number): string {
    const time = this.#times[seq - 1];
    if (time === undefined) throw new Error(`entry ${seq} does not exist`);
    return time;
  }

  noteTime(seq: number, time: string): void {
    this.#times[seq - 1] = time;
  }

  /** Number of rows in all tables. */
  get size(): number {
    return Object.values(this.#tables).reduce((sum, { size }) => sum + size, 0);
  }

  get<T extends TableName>(table: T, key: string | number): Row<T> | undefined {
    return this.#of(table).get(key);
  }

  /** The rows in the order of their first entries: a new array. */
  all<T extends TableName>(table: T): Row<T>[] {
    return this.#of(table).all();
  }

  /** The rows whose `column` is `value`: a new array, in table order as long as no row changes that column. */
  of<T extends TableName, C extends keyof Row<T> & string>(table: T, column: C, value: Row<T>[C]): Row<T>[] {
    return this.#of(table).of(column, value);
  }

  /** Writes a whole row. The caller must not change it afterwards. */
  put<T extends TableName>(table: T, row: Row<T>): void {
    this.#of(table).put(row);
  }

  /** Replaces some columns of an existing row. */
  update<T extends TableName>(table: T, key: string | number, columns: Partial<Row<T>>): void {
    const before = this.get(table, key);
    if (!before) throw new Error(`no row ${key} in ${table}`);
    this.put(table, { ...before, ...columns });
  }
}
