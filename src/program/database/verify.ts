// Whether a database holds what its log says: the chain, then every row against the rows that the entries come to. Knows no rule;
// the fold is handed in.

import { JikjiError } from '../../base/index.ts';
import { canonicalJson, sha256Hex } from '../../ledger/index.ts';
import { EntryAltered, follow, type Head, START } from '../log/index.ts';
import { type Change, type Row, TABLES, type TableName } from '../state/index.ts';
import { TABLE_NAMES } from './rows.ts';
import type { Fold, Store } from './store.ts';
import type { View } from './view.ts';

/** What was found first. */
export type Altered =
  | { what: 'entry'; seq: number; why: string }
  | { what: 'row'; table: TableName; key: Change['key']; why: string };

export interface Verification {
  /** The last entry that holds. */
  head: Head;
  rows: number;
  /** Undefined where all holds. */
  altered: Altered | undefined;
}

/** Reads the whole log and all tables in one snapshot. */
export const verifyStore = (store: Store, fold: Fold): Promise<Verification> =>
  store.snapshot((view) => verifyView(view, fold));

export async function verifyView(view: View, fold: Fold): Promise<Verification> {
  const expected = new Map(TABLE_NAMES.map((name) => [name, new Map<string, string>()]));
  let head = START;
  const altered = (found: Altered): Verification => ({ head, rows: 0, altered: found });
  try {
    for await (const entry of view.entries()) {
      const next = follow(head, entry);
      for (const { table, key, row } of fold(entry)) {
        if (row === null) expected.get(table)!.delete(keyText(table, key));
        else expected.get(table)!.set(keyText(table, key), fingerprint({ ...key, ...row }));
      }
      head = next;
    }
  } catch (error) {
    if (error instanceof EntryAltered) return altered({ what: 'entry', seq: error.seq, why: error.message });
    // An entry that may not follow what stands before it was never taken in as it is now.
    if (error instanceof JikjiError && !error.code.startsWith('database-')) {
      return altered({
        what: 'entry',
        seq: head.seq + 1,
        why: `entry ${head.seq + 1} may not stand here by the rules of this release: ${error.message}`,
      });
    }
    throw error;
  }
  let rows = 0;
  for (const table of TABLE_NAMES) {
    const left = expected.get(table)!;
    const found = (key: Change['key'], why: string): Verification =>
      altered({ what: 'row', table, key, why: `${table} ${Object.values(key).join(' ')} ${why}` });
    for await (const row of view.rows(table)) {
      rows++;
      const key = Object.fromEntries(TABLES[table].map((name) => [name, row[name] as string | number]));
      const text = keyText(table, key);
      const want = left.get(text);
      if (want === undefined) return found(key, 'is in the table, and no entry says so');
      const have = fingerprint(row);
      if (have !== want) return found(key, `differs from what the entries say, in ${differing(have, want)}`);
      left.delete(text);
    }
    for (const text of left.keys()) {
      const values = JSON.parse(text) as (string | number)[];
      return found(Object.fromEntries(TABLES[table].map((name, i) => [name, values[i]!])), 'is missing from the table');
    }
  }
  return { head, rows, altered: undefined };
}

const keyText = (table: TableName, key: Change['key']): string =>
  JSON.stringify(TABLES[table].map((name) => key[name]));

/** A row in few characters: long values as their digests. */
function fingerprint(row: Row): string {
  const short = Object.entries(row).map(([name, value]) => {
    const text = canonicalJson(value);
    return [name, text.length <= 64 ? text : sha256Hex(text)] as const;
  });
  return canonicalJson(Object.fromEntries(short));
}

function differing(have: string, want: string): string {
  const [a, b] = [JSON.parse(have), JSON.parse(want)];
  return [...new Set([...Object.keys(a), ...Object.keys(b)])].filter((name) => a[name] !== b[name]).join(', ');
}
