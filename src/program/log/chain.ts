// The hash chain of the log: each link covers the link before it, so that no entry can be altered, removed, added or moved alone. Against
// a rewrite of all links it does not help: therefore links are signed and published when stages close.

import type { Both } from '../../base/index.ts';
import { nextLink, sha256Hex } from '../../ledger/index.ts';
import { checkedText, type Entry, EntryUnfit, type NewEntry, recordText } from './entry.ts';
import { REASONS } from './reasons.ts';

/** Number and link of the last entry. */
export type Head = Pick<Entry, 'seq' | 'link'>;

/** link_0. */
export const firstLink = sha256Hex('jikji programme 1\n');
/** The head of a log without entries. */
export const START: Head = { seq: 0, link: firstLink };

/** link_n = SHA-256(link_{n-1} as 32 raw bytes || canonical JSON of the entry without its link), in hex. */
export const link = (before: string, entry: Omit<Entry, 'link'>): string => nextLink(before, recordText(entry));

/** Makes the entry after `head`. */
export function nextEntry(head: Head, { time, actor, kind, data }: NewEntry): Entry {
  const entry = { seq: head.seq + 1, time, actor, kind, data };
  return { ...entry, link: link(head.link, entry) };
}

/** Thrown for the first entry that is not the one that was written in its place. */
export class EntryAltered extends Error {
  override name = 'EntryAltered';
  readonly seq: number;
  readonly why: Both;
  constructor(seq: number, why: Both, options?: ErrorOptions) {
    super(why.en, options);
    this.seq = seq;
    this.why = why;
  }
}

/**
 * The head after `entry`, which must follow `head`.
 * @throws EntryAltered
 */
export function follow(head: Head, entry: Entry): Head {
  const seq = head.seq + 1;
  if (entry.seq !== seq) throw new EntryAltered(seq, REASONS.missing(seq, entry.seq));
  let text: string;
  try {
    text = checkedText(entry);
  } catch (cause) {
    if (!(cause instanceof EntryUnfit)) throw cause;
    throw new EntryAltered(seq, REASONS.otherForm(seq, cause.field, cause.why), { cause });
  }
  if (entry.link !== nextLink(head.link, text)) throw new EntryAltered(seq, REASONS.altered(seq));
  return { seq, link: entry.link };
}
