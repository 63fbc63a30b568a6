// YAML that must have the form of a schema: read, checked, and every complaint with key, line and the nearest right name.
// Knows nothing of what it means.

import type { z } from 'zod';
import { complain } from './schema-error.ts';
import { Places, showPath } from './value-positions.ts';
import { type Plain, parseYaml, type What } from './yaml.ts';

/** A file's values, and where each of them was written. */
export interface Written {
  plain: Plain;
  places: Places;
}

/**
 * Reads one YAML document.
 * @throws JikjiError `CODE-yaml`, `CODE-duplicate-key`, `CODE-unknown-key`
 */
export function readWritten(text: string, file: string, what: What): Written {
  const places = new Places(file);
  const plain = parseYaml(
    text,
    (line) => `${file}:${line}`,
    (path, line) => {
      places.line(path, line);
      // A record of names would let it fall silently.
      if (path.at(-1) === '__proto__')
        throw places.error(`${what.code}-unknown-key`, path, `unknown key ${showPath(path)}`, 'remove it');
    },
    what,
  );
  return { plain, places };
}

/**
 * Holds what was written against a schema.
 * @throws JikjiError `CODE-unknown-key`, `CODE-missing-key`, `CODE-type`, `CODE-range`
 */
export function checkWritten<T extends z.ZodType>({ plain, places }: Written, schema: T, what: What): z.output<T> {
  const checked = schema.safeParse(plain);
  if (checked.success) return checked.data;
  throw complain({ issues: checked.error.issues, value: plain, schema, places, what });
}

/**
 * Reads one YAML document of the schema's form; `places` knows the line of each value.
 * @throws JikjiError as `readWritten` and `checkWritten`
 */
export function readChecked<T extends z.ZodType>(
  text: string,
  file: string,
  schema: T,
  what: What,
): { value: z.output<T>; places: Places } {
  const written = readWritten(text, file, what);
  return { value: checkWritten(written, schema, what), places: written.places };
}
