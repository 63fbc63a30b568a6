// What `npm run look` opens: no page of the router is missing, nor any combination of theme, language and width.

import { expect, test } from 'vitest';
import { ROUTES, routeOf } from '../state/router.ts';
import { pictureIndex } from './look-index.ts';
import { PAGES, VIEWS } from './looked-at.ts';

test('every page of the router is looked at, by its own address', () => {
  const seen = new Set(PAGES.map(([, path]) => routeOf(path.split(/[?#]/)[0]!)?.page));
  // `home` leads to another page at once; not-found is no page of the router.
  const { home: _, ...others } = ROUTES;
  expect([...seen].sort()).toEqual([...Object.keys(others), undefined].sort());
});

test('names of pages and views name one picture each', () => {
  const files = PAGES.flatMap(([page]) => VIEWS.map(({ name }) => `${page}-${name}`));
  expect(new Set(files).size).toBe(files.length);
  const parts = VIEWS.map(({ colorScheme, lang, width }) => `${colorScheme} ${lang} ${width}`);
  expect(new Set(parts).size).toBe(8);
  for (const part of ['light', 'dark', 'en', 'ko', '360', '1280'])
    expect(parts.filter((one) => one.split(' ').includes(part))).toHaveLength(4);
});

test('the index has every picture once, large and small', () => {
  const pictures = PAGES.flatMap(([page]) =>
    VIEWS.map(({ name: view }) => ({ page, view, file: `${page}-${view}.png` })),
  );
  const html = pictureIndex(pictures);
  for (const { file } of pictures) expect(html.split(`"${file}"`), file).toHaveLength(3);
});

test('a page that was not seen in a view has an empty cell there', () => {
  const html = pictureIndex([
    { page: 'one', view: 'light', file: 'one-light.png' },
    { page: 'two', view: 'dark', file: 'two-dark.png' },
  ]);
  expect(html.match(/<td>/g)).toHaveLength(4);
  expect(html.match(/<td><\/td>/g)).toHaveLength(2);
});
