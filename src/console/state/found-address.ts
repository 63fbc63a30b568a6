// The address of what the search found.

import type { Lang } from '../../page-kit/index.ts';
import type { SearchAnswer } from '../types.ts';
import { type PageName, pathOf, ROUTES } from './router.ts';

type Group = SearchAnswer['groups'][number];
export type FoundKind = Group['kind'];
export type FoundHit = Group['hits'][number];

/** The page of each kind; those of pages and deeds say it themselves. */
const PAGE_OF: Partial<Record<FoundKind, PageName>> = {
  ...{ programme: 'overview', stage: 'stage', consortium: 'consortium', application: 'application', call: 'call' },
  ...{
    submission: 'submission',
    organisation: 'organisations',
    'rule-book': 'ruleBook',
    part: 'ruleBook',
    chip: 'chip',
  },
  ...{ supplier: 'reliance', run: 'run', model: 'model', sweep: 'sweep', person: 'people', entry: 'log' },
};

/** Whether a page of the console has the address, and not the server itself. */
export const isOwnPage = (kind: FoundKind): boolean => kind !== 'decision';

export function addressOfFound(kind: FoundKind, hit: FoundHit, lang: Lang): string {
  const { programme, of, act, page } = hit;
  const encoded = encodeURIComponent(of ?? '');
  if (kind === 'decision') return `/decisions/${encodeURIComponent(programme ?? '')}/${encoded}?lang=${lang}`;
  const name = page !== null && Object.hasOwn(ROUTES, page) ? (page as PageName) : (PAGE_OF[kind] ?? 'home');
  const parameters = Object.fromEntries(
    [...ROUTES[name].matchAll(/:(\w+)/g)].map(([, one]) => [one, one === 'programme' ? (programme ?? '') : (of ?? '')]),
  );
  const path = pathOf(name, parameters as never);
  if (kind === 'entry') return `${path}?entry=${encoded}`;
  if (kind === 'call') return `${path}?call=${encoded}`;
  if (kind === 'organisation') return `${path}?find=${encodeURIComponent(hit.id ?? '')}`;
  if (kind === 'supplier') return `${path}?supplier=${encoded}`;
  if (act === 'appeal') return `${path}#appeals`;
  return act === null ? path : `${path}?act=${act}`;
}
