// Shared by console, decision page and audit page: components without JSX, so that Node can run them, and their texts.
// Knows neither a browser nor how a document is written: the folder `document` does that.

export { citedFigures } from './cited-figures.ts';
export { Fact, Facts } from './facts.ts';
export { foldPlaces } from './folded-places.ts';
export { Mark } from './marks.ts';
export { cell, columnHeads, row, ScrollingTable, Table, type TableProps } from './tables.ts';
export * from './text/index.ts';
