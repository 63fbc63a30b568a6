// Pages of the console and deeds that a viewer may do now, as things to search for: with the words of both languages, so that either finds them.

import { DEED_TITLES, NAV_TITLES, PAGE_TITLES } from '../../page-kit/text/index.ts';
import { partsOf, type Title } from '../rules/index.ts';
import type { Thing } from '../search/index.ts';
import { bookOf, isFinal, isRecord, type Row, statusOf, type Tables } from '../state/index.ts';
import type { Role, Viewer } from '../users/index.ts';
import { offersTo } from './offers.ts';
import { EVERYBODY, PEOPLE } from './route.ts';

/** As the console's router names pages. */
const TITLES: Record<Page, Title> = { ...NAV_TITLES, ...PAGE_TITLES };
type Page = keyof typeof NAV_TITLES | keyof typeof PAGE_TITLES;
type Deed = keyof typeof DEED_TITLES;

interface Place {
  page: Page;
  roles: readonly Role[];
  /** Not in the record of a programme that was held elsewhere. */
  own?: true;
  words?: readonly string[];
}

const OFFICE: readonly Role[] = ['office'];

/** Pages of the server. */
const SERVER_PAGES: readonly Place[] = [
  { page: 'runs', roles: OFFICE },
  { page: 'people', roles: OFFICE, words: ['users', 'invite', '초대'] },
  { page: 'account', roles: PEOPLE, words: ['password', '비밀번호', 'token'] },
  { page: 'logIn', roles: ['public'] },
];

/** Pages of a programme. */
const PAGES: readonly Place[] = [
  { page: 'overview', roles: EVERYBODY, words: ['stages', '단계'] },
  { page: 'call', roles: EVERYBODY, words: ['applications', '신청'] },
  { page: 'organisations', roles: EVERYBODY },
  { page: 'compute', roles: EVERYBODY, words: ['chips', '칩'] },
  { page: 'reliance', roles: EVERYBODY, words: ['value chain', '가치사슬'] },
  { page: 'plan', roles: EVERYBODY, words: ['what if', 'training time', '학습 시간', '비용'] },
  { page: 'ruleBooks', roles: EVERYBODY },
  { page: 'log', roles: EVERYBODY },
  { page: 'register', roles: EVERYBODY },
  { page: 'access', roles: ['office', 'auditor'] },
  { page: 'backup', roles: OFFICE },
  { page: 'catalogue', roles: EVERYBODY },
  { page: 'allotments', roles: EVERYBODY },
  { page: 'metering', roles: OFFICE, own: true },
  { page: 'newRuleBook', roles: OFFICE, own: true },
];

const pageThing = ({ page, words = [] }: Place, programme: Title | null, id: string | null): Thing => ({
  ...{ kind: 'page', programme: id, id: null, title: TITLES[page], about: programme ? [programme] : [] },
  ...{ act: null, of: null, page, words },
});

export const serverPages = ({ role }: Viewer): Thing[] =>
  SERVER_PAGES.filter(({ roles }) => roles.includes(role)).map((place) => pageThing(place, null, null));

/** The pages of a programme, and what the viewer may do there now. `viewer`: with the role in the programme. */
export function placesIn(viewer: Viewer, tables: Tables): Thing[] {
  const [programme] = tables.all('programmes');
  if (!programme) return [];
  const record = isRecord(tables);
  const pages = PAGES.filter(({ roles, own }) => roles.includes(viewer.role) && !(own && record)).map((place) =>
    pageThing(place, programme.name, programme.id),
  );
  const deed = (act: Deed, page: string, on?: { id: string; title: Title }): Thing => ({
    ...{ kind: 'deed', programme: programme.id, id: null, title: DEED_TITLES[act] },
    ...{ about: [on?.title ?? programme.name], act, of: on?.id ?? null, page, words: [act] },
  });
  if (record) return pages;
  const stages = tables.all('stages').reverse();
  return [
    ...pages,
    ...stages.flatMap((stage) => deedsInStage(viewer, tables, stage).map((act) => deed(act, 'stage', stage))),
    ...(viewer.role === 'office' ? officeDeeds(tables).map(([act, page]) => deed(act, page)) : []),
    ...teamDeeds(viewer, tables).map(({ id, name }) => deed('key', 'consortium', { id, title: name })),
  ];
}

function deedsInStage(viewer: Viewer, tables: Tables, stage: Row<'stages'>): Deed[] {
  const status = statusOf(tables, stage.id);
  const sources = partsOf(bookOf(tables, stage.ruleBook)).map(({ source }) => source.kind);
  const offers = offersTo(viewer, tables, stage).filter((act) => act !== 'score' || sources.includes('entered'));
  if (viewer.role !== 'office' || isFinal(tables, stage.id)) return offers;
  return [...offers, 'dates', ...(status === 'open' && sources.includes('forms') ? (['assign'] as const) : [])];
}

function officeDeeds(tables: Tables): [act: Deed, page: string][] {
  const allFinal = tables.all('stages').every(({ id }) => isFinal(tables, id));
  return [
    ['organisation', 'organisations'],
    ['announce', 'overview'],
    ...(allFinal ? [['open', 'overview'] satisfies [Deed, string]] : []),
  ];
}

/** The consortium of the viewer, where it has a key to name. */
function teamDeeds({ role, consortium }: Viewer, tables: Tables): Row<'consortia'>[] {
  const own = role === 'consortium' && consortium !== null ? tables.get('consortia', consortium) : undefined;
  return own?.status === 'active' ? [own] : [];
}
