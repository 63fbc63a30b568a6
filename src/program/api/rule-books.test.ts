// Rule books that somebody is writing: templates, checks, rehearsals over HTTP. None of it is recorded.

import { readFileSync } from 'node:fs';
import { expect, test } from 'vitest';
import { inProcesses, worksRunHere } from '../../apart/testing/works-here.ts';
import { TestServer } from './testing/api.ts';
import { Listening } from './testing/listening.ts';

worksRunHere();

const BOOKS = '/api/programmes/test/rule-books';
const practice = readFileSync(new URL('../../../programs/practice/stage-1.yaml', import.meta.url), 'utf8');
const server = TestServer.forAll();

const check = async (text: string) => (await server.post('office', '/rule-books/check', { text })).body;

test('a sound text: what would be registered, and nothing is', async () => {
  const { seq } = server.programme.head;
  const found = await check(practice);
  expect(found).toEqual({
    problems: [],
    ruleBook: { name: 'practice-stage-1', version: 3, digest: expect.stringMatching(/^[0-9a-f]{64}$/) },
  });
  expect(server.programme.head.seq).toBe(seq);
});

test('what is wrong has its line and its path', async () => {
  const { problems, ruleBook } = await check(practice.replace('kept: 2', 'kept: none'));
  const line = practice.split('\n').indexOf('kept: 2') + 1;
  expect(problems).toMatchObject([{ code: 'rule-book-type', line, path: ['kept'] }]);
  expect(ruleBook).toBeNull();
  expect((await check('a: [')).problems).toMatchObject([{ code: 'rule-book-yaml', path: null }]);
  const record = readFileSync(new URL('../../../programs/korea-2025/stage-1.yaml', import.meta.url), 'utf8');
  expect((await check(record)).problems).toMatchObject([{ code: 'rule-book-record', line: 5, path: ['record'] }]);
  const old = practice.replace('months: 600', 'months: 1').replace('2026-01-01', '2020-01-01');
  expect((await check(old)).problems).toMatchObject([{ code: 'target-missing', path: ['target'] }]);
});

test('a version that is registered, or one that is not finished, is refused as it would be by registering', async () => {
  const { status, body } = await server.post('office', '/rule-books', {
    text: practice.replace('kept: 2', 'kept: CHOOSE'),
  });
  expect([status, body.error.code]).toEqual([422, 'rule-book-choose']);
  expect(await server.status('office', 'post', '/rule-books', { text: practice })).toBe(200);
  const again = await check(practice.replace('version: 3', 'version: 2'));
  expect(again.problems).toMatchObject([
    { code: 'rule-book-version', path: ['version'], line: 4, hint: 'give it version 4' },
  ]);
  expect((await check(practice.replace('version: 3', 'version: 4'))).problems).toEqual([]);
});

test('templates are served', async () => {
  const { body } = await server.get('office', '/api/rule-book-templates');
  expect(body.map(({ id }: { id: string }) => id)).toContain('korea-2026');
  expect((await check(body[0].text)).problems).toHaveLength(body[0].choices);
});

/** The events of a stream's text. */
const eventsIn = (text: string) =>
  [...text.matchAll(/event: (\w+)\ndata: (.*)\n/g)].map(([, event, data]) => ({ event, data: JSON.parse(data!) }));

test('a rehearsal tells how far it is, then its result; a faulty text fails before the stream', {
  timeout: 600_000,
}, async () => {
  const listening = await Listening.begin(server);
  try {
    const assumptions = { seed: 7, repetitions: 60 };
    const { seq } = server.programme.head;
    const { status, text } = await listening.send(`${BOOKS}/rehearse`, { text: practice, assumptions });
    expect(status).toBe(200);
    const events = eventsIn(text);
    expect(new Set(events.map(({ event }) => event))).toEqual(new Set(['progress', 'result']));
    const result = events.at(-1)!;
    expect(result.event).toBe('result');
    expect(result.data).toMatchObject({ repetitions: 60, kept: 2, assumptions: { seed: 7 } });
    expect(result.data.teams).toHaveLength(4);
    expect(server.programme.head.seq).toBe(seq);
    const same = await listening.send(`${BOOKS}/rehearse`, { text: practice, assumptions });
    expect(eventsIn(same.text).at(-1)).toEqual(result);

    const broken = await listening.send(`${BOOKS}/rehearse`, { text: practice.replace('kept: 2', 'kept: CHOOSE') });
    expect([broken.status, JSON.parse(broken.text).error.code]).toEqual([422, 'rule-book-choose']);
    const much = await listening.send(`${BOOKS}/rehearse`, {
      text: practice,
      assumptions: { items: 100_000, teams: 50 },
    });
    expect(JSON.parse(much.text).error.code).toBe('rehearsal-too-much');
    const odd = await listening.send(`${BOOKS}/rehearse`, { text: practice, assumptions: { veto: 2 } });
    expect(JSON.parse(odd.text).error.code).toBe('request-shape');
  } finally {
    await listening.close();
  }
});

test('who hangs up ends the rehearsal: its place is free again', () =>
  inProcesses(async () => {
    const listening = await Listening.begin(server);
    try {
      const long = { text: practice, assumptions: { seed: 1, repetitions: 20_000 } };
      const gone = (data: string, hangUp: () => void) => void (data.includes('progress') && hangUp());
      for (let i = 0; i < 2; i++) await Promise.all([1, 2].map(() => listening.send(`${BOOKS}/rehearse`, long, gone)));
      // The ends of the last two may not be over yet.
      let last = '';
      while (!last.includes('event: result'))
        last = (await listening.send(`${BOOKS}/rehearse`, { ...long, assumptions: { repetitions: 50 } })).text;
    } finally {
      await listening.close();
    }
  }));
