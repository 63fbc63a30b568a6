// The routes of the page of runs over HTTP: limits of queries, tags, and answers in which nothing is not finite.

import { beforeAll, expect, test } from 'vitest';
import { Home } from '../runs/testing/home.ts';
import { TestServer } from './testing/api.ts';

const home = new Home();
const server = TestServer.forAll();
beforeAll(async () => {
  for (const name of ['one', 'two']) home.run(name, 20);
});
const get = (path: string) => server.get('office', `/api/${path}`);

test('wrong queries are refused, and say which member is wrong', async () => {
  const many = Array.from({ length: 41 }, (_, i) => `run-${i}`).join(',');
  for (const path of [
    `run-table?chosen=${many}`,
    `run-curves?runs=${many}`,
    `run-differences?runs=${many}`,
    `run-curves?runs=${'x'.repeat(201)}`,
    'run-curves',
    'run-table?sort=folder',
    'run-table?count=1000',
    'run-table?from=-1',
    'run-table?sort=name&sort=loss',
    'run-curves?runs=a&weight=1',
    'run-curves?runs=a&weight=NaN',
    'run-curves?runs=a&from=Infinity',
    'run-curves?runs=a&axis=wall',
    'run-curves?runs=a&points=5000',
  ]) {
    const { status, body } = await get(path);
    expect([path, status, body.error.code]).toEqual([path, 422, 'request-shape']);
  }
});

test('a table with tags, curves and differences of runs that are there', async () => {
  const { body: first } = await get('run-table?sort=name&order=up');
  const ids = first.rows.map(({ id }: { id: string }) => id);
  expect(first).toMatchObject({ all: 2, found: 2, rows: [{ name: 'one', tags: [] }, { name: 'two' }] });
  expect(first.rows[0].sketch.step).toEqual(Array.from({ length: 20 }, (_, i) => i + 1));
  const tagged = await server.post('office', '/api/run-tags', { runs: ids, tag: ' 좋은  것', on: true });
  expect(tagged.body).toEqual({ changed: 2 });
  expect((await get(`run-table?tag=${encodeURIComponent('좋은 것')}`)).body).toMatchObject({
    found: 2,
    tags: [{ tag: '좋은 것', runs: 2 }],
  });
  const wrong = await server.post('office', '/api/run-tags', { runs: ids, tag: 'a\u202eb', on: true });
  expect(wrong.refusal).toEqual([422, 'tag-invalid']);
  const unknown = await server.post('office', '/api/run-tags', { runs: [ids[0], 'none'], tag: 'new', on: true });
  expect(unknown.body.error.code).toBe('run-unknown');
  expect((await get('run-table?tag=new')).body.found).toBe(0);
  const { body: curves } = await get(`run-curves?runs=${ids.join(',')},none&weight=0.9&from=5&to=6`);
  expect(curves.map(({ id, step }: { id: string; step: number[] }) => [id, step])).toEqual(
    ids.map((id: string) => [id, [4, 5, 6, 7]]),
  );
  expect((await get(`run-differences?runs=${ids.join(',')}`)).body.left).toHaveLength(2); // recipes that are none
  expect((await get('run-curves?runs=')).body).toEqual([]);
});
