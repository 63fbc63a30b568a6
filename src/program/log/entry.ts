// The form of an entry: who said what, and when. Knows no kind of entry.

import { z } from 'zod';
import { canonicalJson, type Json } from '../../ledger/index.ts';

/** An entry's data as canonical JSON is not longer than this. */
export const MOST_ENTRY_BYTES = 1 << 25;
const MOST_DEPTH = 64;

/** Why a value cannot stand in the log, or undefined. Walks by a list of its own: nesting may be of any depth. */
function unfit(value: unknown): string | undefined {
  const open: { value: unknown; depth: number }[] = [{ value, depth: 0 }];
  for (let next = open.pop(); next; next = open.pop()) {
    const { value, depth } = next;
    if (depth > MOST_DEPTH) return `is nested deeper than ${MOST_DEPTH}`;
    if (typeof value === 'string') {
      if (!value.isWellFormed()) return 'holds half of a surrogate pair';
      if (value.includes('\0')) return 'holds a character of number 0'; // which PostgreSQL cannot store
    } else if (typeof value === 'number') {
      if (!Number.isFinite(value)) return 'holds a number that is none';
    } else if (Array.isArray(value)) {
      for (const item of value) open.push({ value: item, depth: depth + 1 });
    } else if (typeof value === 'object' && value !== null) {
      for (const [key, item] of Object.entries(value)) {
        open.push({ value: key, depth }, { value: item, depth: depth + 1 });
      }
    } else if (value !== null && typeof value !== 'boolean') return 'holds what is no JSON';
  }
  return undefined;
}

const data = z.custom<Json>().superRefine((value, context) => {
  let why = unfit(value);
  if (!why && canonicalJson(value).length > MOST_ENTRY_BYTES) why = `is longer than ${MOST_ENTRY_BYTES} characters`;
  if (why) context.addIssue({ code: 'custom', message: why });
});

const word = (most: number) =>
  z
    .string()
    .min(1)
    .max(most)
    .refine((text) => !unfit(text), 'holds a character that cannot be stored');

export const entryShape = z.strictObject({
  /** From 1, without gaps. */
  seq: z.int().min(1),
  /** ISO 8601 in UTC, with milliseconds. */
  time: z
    .string()
    .regex(/^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z$/, 'is not a time in UTC')
    .refine((time) => !Number.isNaN(Date.parse(time)), 'is not a time in UTC'),
  /** Free text, such as `office:3f9a...`, `expert:kim`, `consortium:lg`. */
  actor: word(300),
  kind: word(100),
  data,
  /** Binds it to all before it, in hex. */
  link: z.string().regex(/^[0-9a-f]{64}$/, 'is not a SHA-256 in hex'),
});
export type Entry = z.infer<typeof entryShape>;

/** What somebody says, before it has its place in the log. */
export type Said = Omit<Entry, 'seq' | 'link'>;
