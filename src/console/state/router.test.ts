// Paths and pages, both ways.

import { expect, test } from 'vitest';
import { nextPath, type PageName, pathOf, ROUTES, routeOf, search } from './router.ts';

test('every page survives its path, with any characters in its names', () => {
  const odd = ['azalea', 'a b', 'ü/?#%', '한글'];
  for (const page of Object.keys(ROUTES) as PageName[]) {
    for (const value of odd) {
      const names = [...ROUTES[page].matchAll(/:(\w+)/g)].map(([, name]) => name);
      const parameters = Object.fromEntries(names.map((name) => [name, value]));
      const path = pathOf(page, parameters as never);
      expect(routeOf(path), path).toEqual({ page, parameters });
    }
  }
});

test('known addresses', () => {
  expect(routeOf('/')).toEqual({ page: 'home', parameters: {} });
  expect(routeOf('/p/korea-2025/stages/stage-1')).toEqual({
    page: 'stage',
    parameters: { programme: 'korea-2025', stage: 'stage-1' },
  });
  expect(routeOf('/p/practice/')).toEqual({ page: 'overview', parameters: { programme: 'practice' } });
  expect(routeOf('/runs/hello-3f9a2c1b/model')?.page).toBe('model');
});

test('a path without a page gives undefined', () => {
  for (const path of ['/nowhere', '/p', '/p/a/stages', '/p/a/b/c', '/runs/a/b', '/p/%E0%A4%A', '/invitation/x'])
    expect(routeOf(path), path).toBeUndefined();
});

test('the page after a log-in is one of the console, whatever the address says', () => {
  const after = (next: string) => {
    search.set(`?${new URLSearchParams({ next })}`);
    return nextPath();
  };
  for (const path of ['/runs/hello-3f9a2c1b/playground', '/runs/a/playground?beside=b', '/p/practice'])
    expect(after(path)).toBe(path);
  for (const path of [
    '',
    '/nowhere',
    'runs',
    'https://evil.example/runs',
    '//evil.example',
    '//runs',
    '/\\evil.example',
    'javascript:alert(1)',
  ])
    expect(after(path), path).toBe('/');
  search.set('');
  expect(nextPath()).toBe('/');
});
