// A whole log followed from its beginning.

import { follow, type Head, START } from '../chain.ts';
import type { Entry } from '../entry.ts';

/**
 * Checks a log from its beginning, or from `head` on; returns its head.
 * @throws EntryAltered naming the first entry that does not follow
 */
export async function verifyChain(entries: Iterable<Entry> | AsyncIterable<Entry>, head: Head = START): Promise<Head> {
  for await (const entry of entries) head = follow(head, entry);
  return head;
}
