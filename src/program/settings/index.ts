// Files of settings of a server: YAML of a given shape, with at most one secret in it. The secret is in the file only if nobody else may read the
// file, or in an environment variable. No error holds it. Knows no setting.

import { statSync } from 'node:fs';
import { z } from 'zod';
import { JikjiError } from '../../base/index.ts';
import { readSmallFile, readYaml } from '../../formats/index.ts';

const MAX_BYTES = 64 << 10;
const MAX_SECRET = 1000;

interface Secret {
  /** Its key in the file. */
  key: string;
  /** The environment variable that may hold it instead. */
  variable: string;
}

/** Printable, on one line. */
const secretShape = z
  .string()
  .min(1)
  .max(MAX_SECRET)
  .regex(/^[^\p{Cc}\p{Cs}]+$/u, 'must be one line')
  .optional();

/**
 * The settings in a file, and their secret if there is one.
 * @throws JikjiError `settings-...`, `file-missing`, `file-broken`
 */
export function readSettings<T extends z.ZodRawShape>(
  file: string,
  { name, shape, secret, environment }: { name: string; shape: T; secret: Secret; environment: NodeJS.ProcessEnv },
): { settings: z.output<z.ZodObject<T>>; secret: string | undefined } {
  const text = readSmallFile(file, MAX_BYTES);
  // Settings are read at the start of a server and by the command line: no page shows what is wrong with them.
  const kind = { name, ko: '설정', code: 'settings', typeCode: 'settings-type' } as const;
  const whole = z.strictObject({ ...shape, [secret.key]: secretShape });
  const { [secret.key]: written, ...settings } = readYaml(text, file, whole, kind).value as Record<string, unknown>;
  if (written !== undefined && process.platform !== 'win32' && statSync(file).mode & 0o077) {
    const message = `others may read this file, and it holds a secret: ${secret.key}`;
    const hint = `chmod 600, or put it into the environment variable ${secret.variable}`;
    throw new JikjiError('settings-readable', message, file, hint);
  }
  const outside = environment[secret.variable];
  if (outside !== undefined && !secretShape.safeParse(outside).success) {
    const hint = `use one line of at most ${MAX_SECRET} characters`;
    throw new JikjiError('settings-type', 'this cannot be a secret', secret.variable, hint);
  }
  return { settings: settings as z.output<z.ZodObject<T>>, secret: (written as string | undefined) ?? outside };
}
