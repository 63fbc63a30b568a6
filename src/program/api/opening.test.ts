// What a stage would lack is said before it is opened: the same teams and sentences as the act says afterwards, and nothing is written.

import { afterAll, beforeAll, expect, test } from 'vitest';
import { sha256Hex } from '../../ledger/index.ts';
import { BOOK, TEAMS } from '../office/testing/office.ts';
import { TestServer } from './testing/api.ts';

const server = new TestServer();
beforeAll(async () => {
  await server.begin();
  await server.office.say('consortium-formed', {
    id: 'd',
    name: { en: 'Dandelion', ko: '민들레' },
    lead: 'a-org',
    members: [],
  });
});
afterAll(() => server.close());

const opening = (query = '') => server.get('office', `/opening${query}`);

test('the teams that a rule book would exclude, before and after the stage is opened', async () => {
  expect((await opening()).body.error.code).toBe('rule-book-unknown');
  const books = [];
  for (const text of [BOOK, BOOK.replace('version: 1', 'version: 2').replace('makerKey: true', 'makerKey: false')])
    books.push((await server.post('office', '/rule-books', { text })).body.digest);
  const { head } = server.programme;
  // By the newest, which asks for no key; by the one that asks.
  expect((await opening()).body).toEqual({ lacking: [] });
  const { body } = await opening(`?ruleBook=${books[0]}`);
  expect(body.lacking.map(({ consortium }: { consortium: string }) => consortium)).toEqual(['d']);
  const { en, ko } = body.lacking[0].text;
  expect([en, ko]).toEqual([expect.stringContaining('Dandelion'), expect.stringContaining('민들레')]);
  expect(server.programme.head).toEqual(head);

  const stage = { id: 's1', title: { en: 'One' }, ruleBook: books[0], consortia: [...TEAMS, 'd'] };
  const opened = await server.post('office', '/stages', stage);
  expect(opened.body).toMatchObject({ warnings: [en], warningsKo: [ko] });
  // A key that is named while the stage is open is no longer lacking.
  await server.ask('office', 'put', '/consortia/d/key', { makerKey: sha256Hex('key of d') });
  expect((await opening(`?ruleBook=${books[0]}`)).body).toEqual({ lacking: [] });
});
