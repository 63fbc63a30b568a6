// What YAML files of ours say in the same way: names, titles in two languages, days, where something was published.

import { z } from 'zod';

/** A title once it is read: that it is on one line was checked then. */
export const titleShape = z.strictObject({
  en: z.string().min(1).max(300),
  ko: z.string().min(1).max(300).exactOptional(),
});
export type Title = z.infer<typeof titleShape>;

/** Where something was published. */
export const citationShape = z.strictObject({
  publisher: z.string().min(1).max(300),
  item: z.string().max(300).exactOptional(),
  date: z.string().max(40).exactOptional(),
  url: z.string().max(500).exactOptional(),
});
export type Citation = z.infer<typeof citationShape>;

/** Text on one line. */
export const lineSchema = (most = 300) =>
  z
    .string()
    .regex(/^[^\u0000-\u001f\u007f-\u009f\u2028\u2029]+$/, 'must be text on one line')
    .max(most);
export const idSchema = z.string().regex(/^[a-z0-9][a-z0-9-]{0,63}$/, 'must be lower-case letters, digits and hyphens');
export const titleSchema = z.strictObject({ en: lineSchema(), ko: lineSchema().optional() });
export const dateSchema = z
  .string()
  .regex(/^\d{4}-\d\d-\d\d$/, 'must be a date such as "2026-01-15"')
  .refine((text) => new Date(`${text}T00:00:00Z`).toJSON()?.startsWith(text) ?? false, 'is no day of the calendar');
export const citationSchema = z.strictObject({
  publisher: lineSchema(),
  item: lineSchema().optional(),
  /** Sometimes no more than a month is known, so any text. */
  date: lineSchema(40).optional(),
  url: lineSchema(500).optional(),
});

/** Without the members that are undefined. */
export const titleOf = ({ en, ko }: z.output<typeof titleSchema>): Title => (ko === undefined ? { en } : { en, ko });

export const citationOf = ({ publisher, item, date, url }: z.output<typeof citationSchema>): Citation => ({
  publisher,
  ...(item !== undefined && { item }),
  ...(date !== undefined && { date }),
  ...(url !== undefined && { url }),
});
