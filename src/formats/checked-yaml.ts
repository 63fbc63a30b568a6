// Reads YAML and validates it against a schema; every error names the key, its line and the nearest valid name. Knows nothing of the
// values' meaning.

import type { z } from 'zod';
import type { JikjiError } from '../base/index.ts';
import { schemaError } from './schema-error.ts';
import { showPath, ValuePlaces } from './value-places.ts';
import { parseYaml, type YamlKind, type YamlValue } from './yaml.ts';
import { FAULTS } from './yaml-faults.ts';

/** A file's values, and the place of each. */
export interface ParsedYaml {
  plain: YamlValue;
  places: ValuePlaces;
}

/**
 * Reads one YAML document.
 * @throws JikjiError `CODE-yaml`, `CODE-duplicate-key`, `CODE-unknown-key`
 */
export function parseYamlFile(text: string, file: string, what: YamlKind): ParsedYaml {
  const places = new ValuePlaces(file);
  const plain = parseYaml(
    text,
    (line) => `${file}:${line}`,
    (path, line) => {
      places.line(path, line);
      // Schemas of records would drop it silently.
      if (path.at(-1) === '__proto__')
        throw places.fault(`${what.code}-unknown-key`, path, FAULTS.proto(showPath(path)));
    },
    what,
  );
  return { plain, places };
}

/**
 * Validates a file's values against a schema.
 * @throws JikjiError `CODE-unknown-key`, `CODE-missing-key`, `CODE-type`, `CODE-range`
 */
export function validateYaml<T extends z.ZodType>(
  { plain, places }: ParsedYaml,
  schema: T,
  what: YamlKind,
): z.output<T> {
  const checked = schema.safeParse(plain);
  if (checked.success) return checked.data;
  throw schemaError({ issues: checked.error.issues, value: plain, schema, places, what });
}

/** The most errors that one check lists. */
const MAX_ERRORS = 100;

/** The values, or all errors of a file's values against a schema, those of unknown keys first. */
export function validateWholeYaml<T extends z.ZodType>(
  { plain, places }: ParsedYaml,
  schema: T,
  what: YamlKind,
): { value: z.output<T> } | { errors: JikjiError[] } {
  const checked = schema.safeParse(plain);
  if (checked.success) return { value: checked.data };
  const { issues } = checked.error;
  const unknown = issues.flatMap((issue) =>
    issue.code === 'unrecognized_keys' ? issue.keys.map((key) => ({ ...issue, keys: [key] })) : [],
  );
  const all = [...unknown, ...issues.filter(({ code }) => code !== 'unrecognized_keys')];
  return {
    errors: all
      .slice(0, MAX_ERRORS)
      .map((issue) => schemaError({ issues: [issue], value: plain, schema, places, what })),
  };
}

/**
 * Reads one YAML document of the schema's form; `places` knows the line of each value.
 * @throws JikjiError as `parseYamlFile` and `validateYaml`
 */
export function readYaml<T extends z.ZodType>(
  text: string,
  file: string,
  schema: T,
  what: YamlKind,
): { value: z.output<T>; places: ValuePlaces } {
  const written = parseYamlFile(text, file, what);
  return { value: validateYaml(written, schema, what), places: written.places };
}
