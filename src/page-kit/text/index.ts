// Text for pages and terminals: numbers and times in both languages, the dictionary, safe texts from outside. Makes no elements.

export { shellWord } from '../../base/text/index.ts';
export { type Format, formatFor, type Lang } from './format.ts';
export { DEED_TITLES, NAV_TITLES, navTitles, PAGE_TITLES } from './places.ts';
export { plain, shortDigest } from './plain.ts';
export { markOf, reportMark } from './signs.ts';
export { TERMS, type Terms, uncertainParts } from './terms.ts';
export { type WordsOf, wordFor } from './words.ts';
