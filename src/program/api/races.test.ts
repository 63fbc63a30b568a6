// Parallel requests: of what may exist once, one succeeds, whichever comes first, and no secret is left behind.

import { beforeAll, expect, test, vi } from 'vitest';
import { askJudge } from '../judging/index.ts';
import { BOOK, marks } from '../office/testing/office.ts';
import { type Answer, TestServer } from './testing/api.ts';

const MANY = 8;

const server = TestServer.forAll();
beforeAll(async () => {
  await server.office.stage('s1', BOOK.replace('experts: 2', 'experts: 5'));
  await server.office.fill();
});

/** How many were taken, and the codes of all others. */
async function atOnce(ask: () => Promise<Answer>, many = MANY): Promise<[taken: number, codes: string[]]> {
  const answers = await Promise.all(Array.from({ length: many }, ask));
  const refused = answers.filter(({ status }) => status !== 200);
  return [many - refused.length, [...new Set(refused.map(({ body }) => body.error.code))]];
}

test('forms, answers, closes, decisions and appeals: of parallel requests one succeeds', {
  timeout: 600_000,
}, async () => {
  const { secrets } = server.programme.store;
  const left = new Set<string>();
  const { put, delete: drop } = secrets;
  vi.spyOn(secrets, 'put').mockImplementation((name, value) => {
    left.add(name);
    return put.call(secrets, name, value);
  });
  vi.spyOn(secrets, 'delete').mockImplementation((name) => {
    left.delete(name);
    return drop.call(secrets, name);
  });
  const form = { scores: marks().scores };
  expect(await atOnce(() => server.post('expert', '/stages/s1/forms', form))).toEqual([1, ['form-given']]);
  const asked = { stage: 's1', judge: 'the-evaluator', prompt: 'x' };
  const { id } = await askJudge(server.programme, asked, async (submission) => submission);
  const answer = () => server.post('evaluator', `/questions/${id}`, { answer: 'tie' });
  expect((await atOnce(answer))[0]).toBe(1);
  expect([...left]).toEqual([expect.stringMatching(/^form:s1-experts-the-expert:/)]);

  const act = (name: string, body: object) => () => server.post('office', `/stages/s1/${name}`, body);
  expect(await atOnce(act('close', { anyway: true }))).toEqual([1, ['stage-closed']]);
  expect((await atOnce(act('decide', {})))[0]).toBe(1);
  const appeal = () => server.post('consortium', '/stages/s1/appeals', { text: 'why?' });
  expect(await atOnce(appeal)).toEqual([1, ['appeal-open']]);
  const mayDo = async () => (await server.read('consortium', '/stages/s1')).mayDo;
  expect(await mayDo()).toEqual([]);
  const [filed] = server.programme.tables.of('appeals', 'stage', 's1');
  await server.post('office', `/stages/s1/appeals/${filed!.id}`, { outcome: 'rejected', answer: 'therefore' });
  expect(await mayDo()).toEqual(['appeal']);
  expect((await appeal()).status).toBe(200);
});

test('parallel requests do not exceed the limit of tokens', async () => {
  const make = () => server.post('rival', '/api/tokens', { name: 'script' });
  const [taken, codes] = await atOnce(make, 60);
  expect(codes).toEqual(['tokens-full']);
  const { body } = await server.get('rival', '/api/tokens');
  expect(body.length).toBe(taken);
  expect(taken).toBeLessThanOrEqual(50);
});
