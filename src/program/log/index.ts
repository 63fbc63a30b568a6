// The log: what an entry is, how each is bound to all before it, and how that is checked. Knows no kind of entry.

export { EntryAltered, firstLink, follow, type Head, link, nextEntry, START, verifyChain } from './chain.ts';
export { type Entry, EntryUnfit, MAX_ENTRY_LENGTH } from './entry.ts';
