// The form of an entry: actor, kind, data and time. Knows no kind of entry.

import { z } from 'zod';
import type { Both } from '../../base/index.ts';
import { koreanOfIssue } from '../../formats/index.ts';
import { canonicalJson, type Json } from '../../ledger/index.ts';
import { REASONS } from './reasons.ts';

/** Characters of an entry's data as canonical JSON. */
export const MAX_ENTRY_LENGTH = 1 << 25;
const MAX_DEPTH = 64;

/** Why a value cannot be in the log, or undefined. Does not recurse: nesting may have any depth. */
function whyUnfit(value: unknown): Both | undefined {
  const open: { value: unknown; depth: number }[] = [{ value, depth: 0 }];
  for (let next = open.pop(); next; next = open.pop()) {
    const { value, depth } = next;
    if (depth > MAX_DEPTH) return REASONS.nested(MAX_DEPTH);
    if (typeof value === 'string') {
      if (!value.isWellFormed()) return REASONS.surrogate;
      if (value.includes('\0')) return REASONS.nul; // which PostgreSQL cannot store
    } else if (typeof value === 'number') {
      if (!Number.isFinite(value)) return REASONS.notFinite;
    } else if (Array.isArray(value)) {
      for (const item of value) open.push({ value: item, depth: depth + 1 });
    } else if (typeof value === 'object' && value !== null) {
      for (const [key, item] of Object.entries(value)) {
        open.push({ value: key, depth }, { value: item, depth: depth + 1 });
      }
    } else if (value !== null && typeof value !== 'boolean') return REASONS.notJson;
  }
  return undefined;
}

const word = (maxLength: number) =>
  z
    .string()
    .min(1)
    .max(maxLength)
    .refine((text) => !whyUnfit(text), 'holds a character that cannot be stored');

const shape = z.strictObject({
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
  data: z.custom<Json>((data) => data !== undefined),
  /** Covers all entries before it, in hex. */
  link: z.string().regex(/^[0-9a-f]{64}$/, 'is not a SHA-256 in hex'),
});

export type Entry = z.infer<typeof shape>;
/** An entry before it has its place in the log. */
export type NewEntry = Omit<Entry, 'seq' | 'link'>;

/** The canonical JSON of an entry without its link. */
export const recordText = ({ seq, time, actor, kind, data }: Omit<Entry, 'link'>): string =>
  recordOf({ seq, time, actor, kind }, canonicalJson(data));

/** The record with `data` as canonical JSON: data may be long, so its text is made once. */
function recordOf({ seq, ...rest }: Omit<Entry, 'link' | 'data'>, data: string): string {
  const [actor, kind, time] = [rest.actor, rest.kind, rest.time].map(canonicalJson);
  return `{"actor":${actor},"data":${data},"kind":${kind},"seq":${seq},"time":${time}}`;
}

/** Thrown for an entry that cannot be in the log. */
export class EntryUnfit extends Error {
  override name = 'EntryUnfit';
  readonly field: string;
  readonly why: Both;
  constructor(field: string, why: Both) {
    super(why.en);
    this.field = field;
    this.why = why;
  }
}

/** Checks the form of an entry, and returns its recordText. @throws EntryUnfit */
export function checkedText(entry: Entry): string {
  const issue = shape.safeParse(entry).error?.issues[0];
  if (issue) throw new EntryUnfit(issue.path.join('.') || 'its form', { en: issue.message, ko: koreanOfIssue(issue) });
  const why = whyUnfit(entry.data);
  if (why) throw new EntryUnfit('data', why);
  const data = canonicalJson(entry.data);
  if (data.length > MAX_ENTRY_LENGTH) throw new EntryUnfit('data', REASONS.tooLong(MAX_ENTRY_LENGTH));
  return recordOf(entry, data);
}
