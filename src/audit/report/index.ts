// What an audit found, for people: a page for the public, lines for a terminal. Reads nothing but the audit it is given.
export { standingOf } from './facts.ts';
export { type Format, formatFor, type Lang } from './format.ts';
export { type Html, html } from './html.ts';
export { reportHtml } from './page.ts';
export { plain } from './plain.ts';
export { PALETTES, STYLES } from './styles.ts';
export { reportLines, type TerminalStyle } from './terminal.ts';
