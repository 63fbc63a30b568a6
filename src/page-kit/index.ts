// What all pages share, in a browser and in documents: numbers and times in both languages, text that is safe in a page, the look of
// documents.

export { PALETTES, STYLES } from './document-styles.ts';
export { type Format, formatFor, type Lang } from './format.ts';
export { type Html, html, xy } from './html.ts';
export { plain, shortDigest } from './plain.ts';
