// Names of models, judges and experts, which a rule book can withhold longer than the data beside them.

import { mkdirSync } from 'node:fs';
import { join } from 'node:path';
import { beforeAll, expect, test, vi } from 'vitest';
import { JikjiError } from '../../base/index.ts';
import { answerQuestion, askJudge } from '../judging/index.ts';
import { link } from '../log/chain.ts';
import { BOOK } from '../office/testing/office.ts';
import { TestServer, type Who } from './testing/api.ts';

const server = TestServer.forAll();
beforeAll(async () => {
  await server.office.stage('s1', `${BOOK}publication: { forms: never }\n`);
  await server.office.fill();
});

const log = async (who: Who) => (await server.read(who, '/log?from=1&count=200')).entries;

test('a judge cannot learn from the log which teams were compared', async () => {
  const { programme } = server;
  const asked = { stage: 's1', judge: 'the-evaluator', prompt: 'Once upon a time' };
  const question = await askJudge(programme, asked, async (submission) => `text of ${submission}`);
  await answerQuestion(programme, { id: question.id, judge: asked.judge }, 'first', 'evaluator:the-evaluator');
  const own = (await log('evaluator')).at(-1);
  expect([own.kind, own.withheld, own.data, own.actor]).toEqual(['judgement-given', true, null, null]);
  // The office sees that it is this one.
  expect((await log('office')).at(-1).data.judge).toBe('the-evaluator');
});

test('a model that fails its judge is not named', async () => {
  // None of the submissions of this stage has files.
  const { status, body } = await server.post('evaluator', '/stages/s1/questions', { prompt: 'something new' });
  expect([status, body.error.code]).toEqual([404, 'model-not-there']);
  expect(JSON.stringify(body)).not.toMatch(/s1-[abc]|office-/);
});

test('a question that was broken off is not kept', async () => {
  for (const { digest } of server.programme.tables.all('submissions'))
    mkdirSync(join(server.office.folder, 'files', String(digest)), { recursive: true });
  const kept = vi.spyOn(server.programme.store.secrets, 'put');
  const stopped = new JikjiError('stopping', 'the request was stopped', 'a folder', 'ask again');
  const once = async () => Response.json({ choices: [{ message: { content: 'Once' } }] });
  const speaking = vi.spyOn(server.runs.models, 'ask').mockImplementationOnce(once).mockRejectedValue(stopped);
  try {
    const { status, body } = await server.post('evaluator', '/stages/s1/questions', { prompt: 'something else' });
    expect([status, body.error?.code]).toEqual([503, 'stopping']);
    expect(kept).not.toHaveBeenCalled();
  } finally {
    kept.mockRestore();
    speaking.mockRestore();
  }
});

test('users of the programme see who works at the office; users of another programme do not', async () => {
  const actors = async (who: Who): Promise<Set<string | null>> =>
    new Set((await log(who)).map(({ actor }: { actor: string | null }) => actor));
  expect(await actors('auditor')).toContain('office:test');
  for (const who of ['public', 'outsider'] as const) {
    expect(await actors(who)).toContain('office');
    expect([...(await actors(who))].filter((actor) => actor?.includes(':'))).toEqual([]);
  }
});

test('a withheld figure cannot be found by hashing candidates for its link', async () => {
  const figure = { consortium: 'b', part: 'blocks.given', value: 7, source: 'not recorded' as const };
  const data = (one: { id: string; value: number }) => ({ ...figure, ...one, stage: 's1', max: 10 });
  const found = async (id: string) => {
    const [before, entry] = (await log('public')).slice(-2);
    expect([entry.kind, entry.withheld]).toEqual(['score-entered', true]);
    const said = { seq: entry.seq, time: entry.time, actor: 'office:the-office', kind: entry.kind };
    return Array.from({ length: 101 }, (_, i) => i / 10).find(
      (value) => link(before.link, { ...said, data: data({ id, value }) }) === entry.link,
    );
  };
  expect(await server.status('office', 'post', '/stages/s1/scores', figure)).toBe(200);
  const ids = server.programme.tables.of('enteredScores', 'stage', 's1').map(({ id }) => String(id));
  // Who knows the id finds it; ids of before tell nothing of the next.
  expect(await found(ids.at(-1)!)).toBe(7);
  expect(await server.status('office', 'post', '/stages/s1/scores', figure)).toBe(200);
  for (const id of ['b-given-s1', 'b-given-s1-2', 'b-given-s1-3', ...ids]) expect(await found(id)).toBeUndefined();
});

test('if forms are never public, the decision does not name their experts', async () => {
  for (const act of ['close', 'decide'])
    expect(await server.status('office', 'post', `/stages/s1/${act}`, act === 'close' ? { anyway: true } : {})).toBe(
      200,
    );
  for (const who of ['public', 'rival', 'second-expert', 'evaluator'] as const) {
    const entries = await log(who);
    expect(entries.at(-1)).toMatchObject({ kind: 'decision-made', withheld: true, data: null });
    expect([who, /kim|lee/.exec(JSON.stringify(entries))]).toEqual([who, null]);
    // The result is visible.
    expect((await server.read(who, '/stages/s1')).report.teams[0].outcome).not.toBeNull();
  }
  for (const who of ['office', 'auditor'] as const)
    expect(JSON.stringify((await log(who)).at(-1).data)).toMatch(/s1-experts-kim/);
});
