// Data that the rule book withholds until a stage closes is in no answer except to the office, whichever route is requested; forms not even for
// the office.

import { expect, test, vi } from 'vitest';
import { marks } from '../office/testing/office.ts';
import type { Row, TableName } from '../state/rows.ts';
import { putPart } from '../state/testing/rows.ts';
import { applicationPage, callPage } from './shapes/calls.ts';
import { consortiumPage } from './shapes/programme.ts';
import { stagePage, submissionPage } from './shapes/stage.ts';
import { TestServer, type Who } from './testing/api.ts';
import { operationsOf } from './testing/generate.ts';

const server = TestServer.forAll('beginFilled');

const IDS: Record<string, string[]> = {
  programme: ['test'],
  stage: ['s1'],
  consortium: ['a', 'b', 'c'],
  submission: ['s1-a', 's1-b', 's1-c'],
};

/** All that can be read, with every name that is there. */
function* readings(): Generator<string> {
  for (const { method, path, streams } of operationsOf(server.application.document)) {
    if (method !== 'get' || streams) continue;
    const names = [...path.matchAll(/\{(\w+)\}/g)].map(([, name]) => name!);
    const { digest } = server.programme.tables.all('ruleBooks')[0]!;
    let paths = [path];
    for (const name of names)
      paths = paths.flatMap((one) =>
        (name === 'digest' ? [String(digest)] : (IDS[name] ?? ['none'])).map((id) => one.replace(`{${name}}`, id)),
      );
    for (const one of paths) {
      yield one;
      if (one.endsWith('/log')) yield* [`${one}?count=200&from=1`, `${one}?count=200&from=30`];
    }
  }
}

async function told(who: Who): Promise<string> {
  const texts: string[] = [];
  for (const path of readings()) texts.push(`${path}\n${JSON.stringify(await server.read(who, path))}`);
  return texts.join('\n');
}

const COMMENT = marks().comment;
/** Values of s1-a's evaluation, and of the entries by NIA and others. */
const SECRETS = [/"value":0\.75/, /"value":\s*[567]\b/, /"choice":/, /"judge":/, new RegExp(COMMENT)];

test('while the stage is open, only the office reads scores, and nobody reads forms', {
  timeout: 600_000,
}, async () => {
  for (const who of ['public', 'consortium', 'rival', 'expert', 'evaluator', 'auditor', 'outsider'] as const) {
    const text = await told(who);
    for (const secret of SECRETS) expect([who, secret.exec(text)?.[0]]).toEqual([who, undefined]);
    for (const expert of ['kim', 'lee']) expect(text).not.toContain(`"${expert}"`);
  }
  const office = await told('office');
  expect(office).not.toContain(COMMENT);
  // The same readings do show what is there to be shown: a test that looks in the wrong place proves nothing.
  expect(office).toMatch(SECRETS[0]!);
  expect(office).toMatch(SECRETS[1]!);
});

test('before the close an expert sees only the own form', async () => {
  const stage = '/api/programmes/test/stages/s1';
  const form = { scores: marks().scores };
  const refused = await server.post('expert', `${stage}/forms`, form);
  expect(refused.refusal).toEqual([409, 'forms-full']); // kim and lee were first
  await server.office.stage('s0').catch(() => {});
  const { body } = await server.get('expert', stage);
  expect(body.forms).toEqual([]);
  expect(body.report).toBeNull();
});

test('after the close forms and scores can be read', async () => {
  const closed = await server.post('office', '/stages/s1/close', { anyway: true });
  expect([closed.status, closed.body.error]).toEqual([200, undefined]);
  const text = await told('public');
  for (const secret of [SECRETS[0]!, SECRETS[1]!, SECRETS[2]!, SECRETS[4]!]) expect(text).toMatch(secret);
});

test('answers list the columns of rows that are withheld in part: one that such a row gets later is in none, even before the shape', async () => {
  const { tables } = server.programme;
  const name = { en: 'X' };
  putPart(tables, 'calls', { id: 'call', title: name, status: 'open' });
  const application = { id: 'x', call: 'call', name, lead: 'x', members: [], status: 'received' as const };
  putPart(tables, 'applications', {
    ...application,
    reviews: [],
    files: [],
    receivedSeq: 1,
    late: false,
    consortium: null,
  });
  const review = { key: 'x', application: 'x', step: 'paper' as const, reviewer: 'kim', points: {}, comment: null };
  putPart(tables, 'reviews', { ...review, actor: 'office:kim', seq: 1 });
  const later = <T extends TableName>(table: T) => {
    const rows = tables.all(table);
    expect(rows).not.toEqual([]);
    for (const row of rows) tables.put(table, { ...row, later: 'withheld column' } as Row<T>);
  };
  for (const table of ['submissions', 'forms', 'audits', 'applications', 'reviews'] as const) later(table);

  const shapes = { stagePage, consortiumPage, submissionPage, callPage, applicationPage };
  const spies = Object.values(shapes).map((shape) => vi.spyOn(shape, 'parse'));
  for (const page of ['stages/s1', 'consortia/a', 'submissions/s1-a', 'calls/call', 'applications/x'])
    expect((await server.ask('office', 'get', `/api/programmes/test/${page}`)).status).toBe(200);
  for (const [i, shape] of Object.keys(shapes).entries()) {
    const answers = JSON.stringify(spies[i]!.mock.calls);
    expect([shape, answers.length > 10, answers.match(/"later":"withheld column"/g)]).toEqual([shape, true, null]);
  }
});
