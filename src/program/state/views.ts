// An SQL view for each kind of entry, with a column for each member of its data, for people who use their own tools. A view shows the
// database as it is, verified or not, and no state computed from entries.

import { z } from 'zod';
import { KINDS, type KindName } from './kinds.ts';

interface Column {
  name: string;
  /** A type of PostgreSQL. */
  type: 'text' | 'bigint' | 'double precision' | 'boolean' | 'jsonb';
}

const TYPES: Record<string, Column['type']> = {
  string: 'text',
  integer: 'bigint',
  number: 'double precision',
  boolean: 'boolean',
};

interface Schema {
  type?: string;
  anyOf?: Schema[];
}

/** The column type of a member with one type, or one type and null; otherwise JSON. */
function typeOf({ type, anyOf }: Schema): Column['type'] {
  const types = (anyOf?.map(typeOf) ?? [TYPES[type ?? ''] ?? 'jsonb']).filter((_, i) => anyOf?.[i]?.type !== 'null');
  return new Set(types).size === 1 ? types[0]! : 'jsonb';
}

const snakeCase = (name: string): string => name.replace(/[A-Z]/g, (letter) => `_${letter.toLowerCase()}`);

export const viewName = (kind: KindName): string => kind.replaceAll('-', '_');

/** Columns of a view after `seq`, `time` and `actor`, by the members of its kind's data. */
export function viewColumns(kind: KindName): (Column & { member: string })[] {
  const { properties } = z.toJSONSchema(KINDS[kind].shape, { io: 'input', unrepresentable: 'any' });
  return Object.entries(properties ?? {}).map(([member, schema]) => ({
    member,
    name: snakeCase(member),
    type: typeOf(schema as Schema),
  }));
}

function expression({ member, name, type }: Column & { member: string }): string {
  const text = `data->>'${member}'`;
  if (type === 'text') return `${text} AS "${name}"`;
  if (type === 'jsonb') return `NULLIF(data->'${member}', 'null') AS "${name}"`;
  return `(${text})::${type} AS "${name}"`;
}

const ABOUT =
  'Entries of this kind as the database has them; jikji program verify checks whether they are what was written.';

/** The statements that make all views. */
export function viewStatements(): string[] {
  return (Object.keys(KINDS) as KindName[]).flatMap((kind) => {
    const view = `"jikji"."${viewName(kind)}"`;
    const columns = ['seq', 'time', 'actor', ...viewColumns(kind).map(expression)];
    return [
      `CREATE VIEW ${view} AS SELECT ${columns.join(', ')} FROM "jikji"."entries" WHERE kind = '${kind}';`,
      `COMMENT ON VIEW ${view} IS '${ABOUT}';`,
    ];
  });
}
