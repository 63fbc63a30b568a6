// Search by name over all that a viewer may see: folding of texts in both languages, an index, the things of a programme. Knows no route.

export { FOUND_KINDS, type Thing } from './kinds.ts';
export { type FoundByKind, joinFound, SearchIndex } from './search-index.ts';
export { indexOfProgramme } from './things.ts';
