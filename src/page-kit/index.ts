// What console, decision page and audit page share: components without JSX, which Node runs too, and the text they are made of.
// Knows neither a browser nor how a document is written: the room `document` does that.

export { Fact, Facts } from './facts.ts';
export { foldPlaces } from './folded-places.ts';
export { Mark } from './marks.ts';
export { cell, columnHeads, row, ScrollingTable, Table, type TableProps } from './tables.ts';
export * from './text/index.ts';
