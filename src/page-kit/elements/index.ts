// Elements that console and documents share: components without JSX, so that Node can run them. Knows no browser.

export { citedFigures } from './cited-figures.ts';
export { Fact, Facts } from './facts.ts';
export { foldPlaces } from './folded-places.ts';
export { Mark } from './marks.ts';
export { cell, columnHeads, row, ScrollingTable, Table, type TableProps } from './tables.ts';
