// Schemas that several formats of this project share: names, titles in two languages, dates, citations, counts, digests.

import { basename } from 'node:path';
import { z } from 'zod';
import { asciiName } from '../base/index.ts';

/** Text on one line. */
export const lineSchema = (maxLength = 300) =>
  z
    .string()
    .regex(/^[^\u0000-\u001f\u007f-\u009f\u2028\u2029]+$/, 'must be text on one line')
    .max(maxLength);
/** Whether a text has no mark that changes the direction of what follows: with them a name can look like another. */
export const isOneDirection = (text: string): boolean => !/[\u061c\u200e\u200f\u202a-\u202e\u2066-\u2069]/u.test(text);

export const idSchema = z.string().regex(/^[a-z0-9][a-z0-9-]{0,63}$/, 'must be lower-case letters, digits and hyphens');

/** Members are never undefined, since canonical JSON has no undefined. */
export const titleSchema = z.strictObject({ en: lineSchema(), ko: lineSchema().exactOptional() });
export type Title = z.infer<typeof titleSchema>;
/** A title that was read before, when `titleSchema` checked that it is on one line. */
export const titleShape = z.strictObject({
  en: z.string().min(1).max(300),
  ko: z.string().min(1).max(300).exactOptional(),
});

export const dateSchema = z
  .string()
  .regex(/^\d{4}-\d\d-\d\d$/, 'must be a date such as "2026-01-15"')
  .refine((text) => new Date(`${text}T00:00:00Z`).toJSON()?.startsWith(text) ?? false, 'is not a day of the calendar');
/** The place of a publication. */
export const citationSchema = z.strictObject({
  publisher: lineSchema(),
  item: lineSchema().exactOptional(),
  /** Any text, because sometimes only the month is known. */
  date: lineSchema(40).exactOptional(),
  url: lineSchema(500).exactOptional(),
});
export type Citation = z.infer<typeof citationSchema>;
/** A citation that was read before. */
export const citationShape = z.strictObject({
  publisher: z.string().min(1).max(300),
  item: z.string().max(300).exactOptional(),
  date: z.string().max(40).exactOptional(),
  url: z.string().max(500).exactOptional(),
});

/** The default name of a YAML file, from its file name; may be empty. */
export const nameFromFile = (file: string): string => asciiName(basename(file).replace(/\.ya?ml$/i, ''));

export const countSchema = z.int().min(0);
/** A SHA-256 in hex. */
export const digestSchema = z.string().regex(/^[0-9a-f]{64}$/);
/** A number; NaN is null in JSON. */
export const figureSchema = z
  .number()
  .nullable()
  .transform((value) => value ?? Number.NaN);
