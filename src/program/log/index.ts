// The log: entries, their hash chain, and its verification. Knows no kind of entry.

export { EntryAltered, firstLink, follow, type Head, nextEntry, START } from './chain.ts';
export { type Entry, EntryUnfit, MAX_ENTRY_LENGTH } from './entry.ts';
