// The keys that a schema has at a path, for errors about unknown keys. Knows nothing of values.

import { z } from 'zod';
import type { Path } from './value-places.ts';

/** The schema inside optional, nullable and default wrappers. */
function bare(schema: unknown): unknown {
  while (
    schema instanceof z.ZodOptional ||
    schema instanceof z.ZodExactOptional ||
    schema instanceof z.ZodNullable ||
    schema instanceof z.ZodDefault ||
    schema instanceof z.ZodPrefault
  ) {
    schema = schema.unwrap();
  }
  return schema;
}

const isSection = (schema: unknown) => schema instanceof z.ZodObject || schema instanceof z.ZodRecord;
const isList = (schema: unknown) => schema instanceof z.ZodArray;

/** The first option of a union that `fits`; any other schema unchanged. */
function chosen(schema: unknown, fits: (schema: unknown) => boolean): unknown {
  if (!(schema instanceof z.ZodUnion)) return schema;
  return schema.options.map((option) => chosen(bare(option), fits)).find(fits);
}

/** The schema at a path; undefined for an unknown key. */
export function schemaAt(schema: unknown, path: Path): unknown {
  let at = bare(schema);
  for (const key of path) {
    at = chosen(at, typeof key === 'number' ? isList : isSection);
    if (at instanceof z.ZodArray) at = bare(at.element);
    else if (at instanceof z.ZodRecord) at = bare(at.valueType);
    else if (at instanceof z.ZodObject && Object.hasOwn(at.shape, key)) at = bare(at.shape[key]);
    else return undefined;
  }
  return at;
}

/** The keys of a section; empty for any other schema. */
export function keysAt(schema: unknown, path: Path): string[] {
  const at = chosen(schemaAt(schema, path), isSection);
  // A record with a fixed set of keys.
  if (at instanceof z.ZodRecord && at.keyType instanceof z.ZodEnum) return at.keyType.options.map(String);
  return at instanceof z.ZodObject ? Object.keys(at.shape) : [];
}

/** Every key with its full path; the items of a list count as one (`corpus.sources[0].npm`). */
export function allKeys(schema: unknown, path: Path = []): Path[] {
  return keysAt(schema, path).flatMap((key) => {
    const here = [...path, key];
    const inside = chosen(schemaAt(schema, here), isList) instanceof z.ZodArray ? [...here, 0] : here;
    return [here, ...allKeys(schema, inside)];
  });
}
