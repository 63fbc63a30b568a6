// Text of pages, for terminals too: numbers and times in both languages, the dictionary, words of others made harmless. Makes no element.

export { type Format, formatFor, type Lang } from './format.ts';
export { plain, shortDigest } from './plain.ts';
export { markOf } from './signs.ts';
export { TERMS, type Terms } from './terms.ts';
export { type WordsOf, wordFor } from './words.ts';
