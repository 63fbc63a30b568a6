// The result of a comparison for people: a page for a panel and the public, lines for a terminal. Reads only the result.

import type { Lang } from '../../page-kit/text/index.ts';
import type { Lineage } from '../lineage.ts';

export { factsOf, outcomeOf } from './facts.ts';
export { partSaid, sharedCaveats } from './part-said.ts';
export { lineageLines } from './terminal.ts';

/** One self-contained page: the same result gives the same bytes. Its code is loaded on the first call. */
export const lineageHtml = async (result: Lineage, lang: Lang): Promise<string> =>
  (await import('./page.ts')).lineageHtml(result, lang);
