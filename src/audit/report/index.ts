// What an audit found, for people: a page for the public, lines for a terminal. Reads nothing but the audit it is given.
export { standingOf } from './facts.ts';
export { reportHtml } from './page.ts';
export { reportLines, type TerminalStyle } from './terminal.ts';
