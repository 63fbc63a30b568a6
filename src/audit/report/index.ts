// What an audit found, for people: a page for the public, lines for a terminal. Reads nothing but the audit it is given.

import type { Lang } from '../../page-kit/text/index.ts';
import type { Audit } from '../types.ts';

export { standingOf } from './facts.ts';
export { reportLines, type TerminalStyle } from './terminal.ts';

/** One self-contained page: the same audit gives the same bytes. What draws it is loaded only then. */
export const reportHtml = async (audit: Audit, lang: Lang): Promise<string> =>
  (await import('./page.ts')).reportHtml(audit, lang);
