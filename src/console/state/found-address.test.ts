// Every thing that the search finds has an address: of a page that there is, with all that its path names, whatever the id holds.

import { expect, test } from 'vitest';
import { addressOfFound, type FoundHit, type FoundKind } from './found-address.ts';
import { routeOf } from './router.ts';

const hit = (more: Partial<FoundHit> = {}): FoundHit => ({
  ...{ programme: 'p 1', id: 'x', title: { en: 'X' }, about: [], act: null, of: 'x/y?z', page: null },
  ...more,
});

test.each([
  ['programme', 'overview'],
  ['stage', 'stage'],
  ['consortium', 'consortium'],
  ['application', 'application'],
  ['submission', 'submission'],
  ['call', 'call'],
  ['organisation', 'organisations'],
  ['rule-book', 'ruleBook'],
  ['part', 'ruleBook'],
  ['chip', 'chip'],
  ['supplier', 'reliance'],
  ['run', 'run'],
  ['model', 'model'],
  ['sweep', 'sweep'],
  ['person', 'people'],
  ['entry', 'log'],
] as const satisfies [FoundKind, string][])('%s is on the page %s', (kind, page) => {
  const address = new URL(addressOfFound(kind, hit(), 'en'), 'http://x');
  const route = routeOf(address.pathname)!;
  expect(route.page).toBe(page);
  const named = [...Object.values(route.parameters), ...address.searchParams.values()];
  if ('programme' in route.parameters) expect(route.parameters.programme).toBe('p 1');
  if (!['programme', 'organisation', 'person'].includes(kind)) expect(named).toContain('x/y?z');
});

test('a decision is on the page of the server, pages and deeds where they say', () => {
  expect(addressOfFound('decision', hit({ of: 's1' }), 'ko')).toBe('/decisions/p%201/s1?lang=ko');
  const close = hit({ page: 'stage', of: 's1', act: 'close' });
  expect(addressOfFound('deed', close, 'en')).toBe('/p/p%201/stages/s1?act=close');
  expect(addressOfFound('deed', { ...close, act: 'appeal' }, 'en')).toBe('/p/p%201/stages/s1#appeals');
  expect(addressOfFound('page', hit({ page: 'runs', programme: null, of: null }), 'en')).toBe('/runs');
  expect(addressOfFound('stage', hit({ page: 'overview', of: 's9' }), 'en')).toBe('/p/p%201');
  expect(addressOfFound('page', hit({ page: 'no-such-page' }), 'en')).toBe('/');
});
