// Schemas of fields that entries and rows share. Knows no entry and no row.

import { z } from 'zod';
import { type Citation, citationShape, idSchema } from '../../formats/index.ts';

/** A name that people type: letters, digits and hyphens. */
export { idSchema as id };
export const text = z.string().min(1).max(20_000);
/** One line: names are printed in tables, comments of scripts, forms and terminals. */
const name = z
  .string()
  .min(1, 'must not be empty')
  .max(300, 'must have at most 300 characters')
  .regex(/^[^\p{Cc}\p{Zl}\p{Zp}]*$/u, 'must be text on one line');
/** The name of a file without a folder: plain text on one line, without invisible characters, which could turn what follows them around. */
export const fileName = z
  .string()
  .min(1, 'must not be empty')
  .max(200, 'must have at most 200 characters')
  .regex(
    /^[^/\\\p{Cc}\p{Cf}\p{Cs}\p{Zl}\p{Zp}]+$/u,
    'must be the name of a file, without a folder and without invisible characters',
  )
  .refine((text) => text.trim() === text && !/^\.+$/.test(text), 'must be the name of a file');
/** Who gave points: a user, or somebody for whom the office enters them. */
export const personName = z
  .string()
  .min(1, 'must not be empty')
  .max(100, 'must have at most 100 characters')
  .regex(/^[^\p{Cc}\p{Zl}\p{Zp}]*$/u, 'must be text on one line');
export const title = z.strictObject({ en: name, ko: name.exactOptional() });
export const digest = z.string().regex(/^[0-9a-f]{64}$/, 'must be a SHA-256 in hex');
/** Where a figure was published. */
export const sources = z.union([citationShape, z.array(citationShape).max(50), z.literal('not recorded')]);
export type Sources = z.infer<typeof sources>;
/** One source or several, as a list. */
export const citationsOf = (given: Sources | null): Citation[] | 'not recorded' | null =>
  given === null || given === 'not recorded' || Array.isArray(given) ? given : [given];
export const members = z.union([z.array(idSchema).max(100), z.literal('not recorded')]);
