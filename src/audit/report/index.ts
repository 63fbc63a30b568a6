// What an audit found, for people: a page for the public, lines for a terminal. Reads nothing but the audit it is given.
export type { Lang } from './format.ts';
export { reportHtml } from './page.ts';
export { reportLines, type TerminalOptions, type TerminalStyle } from './terminal.ts';
