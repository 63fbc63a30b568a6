// The report of an audit for people: a page for the public, lines for a terminal. Reads only the audit.

import type { Lang } from '../../page-kit/text/index.ts';
import type { Audit } from '../types.ts';

export { reportLines } from './terminal.ts';

/** One self-contained page: the same audit gives the same bytes. Its code is loaded on the first call. */
export const reportHtml = async (audit: Audit, lang: Lang): Promise<string> =>
  (await import('./page.ts')).reportHtml(audit, lang);
