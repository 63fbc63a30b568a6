// Models over HTTP: streams with likelihoods, what a request may not be, clients that go away, and models that crash or hang.

import { join } from 'node:path';
import { afterAll, afterEach, beforeAll, expect, test, vi } from 'vitest';
import { writeModel } from '../../foundry/generate/testing/chat.ts';
import { Home } from '../runs/testing/home.ts';
import { ORIGIN, TestServer } from './testing/api.ts';
import { Listening } from './testing/listening.ts';

const DEED = new URL('../intake/testing/deed.ts', import.meta.url).href;

const home = new Home();
const server = TestServer.forAll();
let listening: Listening;
let path: string;
beforeAll(async () => {
  writeModel(join(home.run('spoken', 3), 'model'), 600, { endless: true });
  home.run('unfinished', 3);
  path = await pathOf('spoken');
  listening = await Listening.begin(server);
});
afterEach(() => {
  vi.unstubAllEnvs();
  vi.stubEnv('XDG_STATE_HOME', join(home.folder, 'STATE'));
});
afterAll(() => listening.close());

async function pathOf(name: string): Promise<string> {
  const { body } = await server.get('office', '/api/runs');
  return `/api/runs/${body.find((run: { name: string }) => run.name === name).id}`;
}

/** `onData` gets what comes, and a function that hangs up. */
const send = (
  body: object,
  onData?: (all: string, hangUp: () => void) => void,
  to = `${path}/completions`,
): Promise<{ status: number; text: string }> => listening.send(to, body, onData);

// biome-ignore lint/suspicious/noExplicitAny: chunks of a documented form
const chunksOf = (text: string): any[] => [...text.matchAll(/^data: (\{.*\})$/gm)].map(([, json]) => JSON.parse(json!));

test('a stream brings text, likelihoods with alternatives, and the usage', async () => {
  const { status, text } = await send({ prompt: 'a', max_tokens: 6, seed: 3, logprobs: 2 });
  expect([status, text.trimEnd().endsWith('data: [DONE]')]).toEqual([200, true]);
  const chunks = chunksOf(text);
  expect(chunks.at(-1)).toMatchObject({ choices: [], usage: { completion_tokens: 6 } });
  const likely = chunks.flatMap(({ choices }) => choices.flatMap((one: { logprobs: object }) => one.logprobs ?? []));
  expect(likely.flatMap(({ tokens }) => tokens)).toHaveLength(6);
  for (const { top_logprobs: top } of likely) for (const one of top) expect(Object.keys(one).length).toBe(2);
});

test('tokens that are part of a character come as their bytes', async () => {
  const body = { prompt: 'a', max_tokens: 40, seed: 3, logprobs: 0, temperature: 3 };
  const chunks = chunksOf((await send(body)).text);
  const names: string[] = chunks.flatMap(({ choices: [choice] }) => choice?.logprobs?.tokens ?? []);
  expect(names).toHaveLength(40);
  // Each token of this model is one byte.
  for (const name of names) expect(name).toMatch(/^([\0-\x7f]|bytes:\\x[89a-f][0-9a-f])$/);
  expect(names.some((name) => name.startsWith('bytes:'))).toBe(true);
});

test('a request that the model cannot have is refused by name, and nothing is begun', async () => {
  const ask = (body: object, to?: string) => send(body, undefined, to);
  const errorOf = async (body: object, to?: string) => JSON.parse((await ask(body, to)).text).error;
  for (const [body, input] of [
    [{ prompt: 'a', max_tokens: 1e6 }, 'max_tokens'],
    [{ prompt: ['a', 'b'] }, 'prompt'],
    [{ prompt: 'a', temperature: -1 }, 'temperature'],
    [{ prompt: 'a', n: 2 }, 'the request'],
    [{ prompt: 'a', stream: false }, 'the request'],
  ] as const)
    expect(await errorOf(body)).toMatchObject({ code: 'request-shape', input });
  const long = await errorOf({ prompt: 'x'.repeat(1000) });
  expect(long).toMatchObject({
    code: 'prompt-too-long',
    message: expect.stringMatching(/1001 tokens.*context length is 600/),
  });
  const messages = [{ role: 'user', content: 'x' }];
  expect(await errorOf({ messages }, `${path}/chat/completions`)).toMatchObject({ code: 'not-tuned' });
  const unfinished = await pathOf('unfinished');
  expect(await errorOf({ prompt: 'a' }, `${unfinished}/completions`)).toMatchObject({ code: 'model-unfinished' });
  expect(await errorOf({ prompt: 'a' }, '/api/runs/none/completions')).toMatchObject({ code: 'run-unknown' });
});

test('clients that close their tabs free their places at once', async () => {
  const { models } = server.runs;
  const original = models.stream.bind(models);
  const signals: AbortSignal[] = [];
  let finished = 0;
  const streaming = vi.spyOn(models, 'stream').mockImplementation(async (folder, request, signal) => {
    signals.push(signal);
    const { body } = await original(folder, request, signal);
    return new Response(body!.pipeThrough(new TransformStream({ flush: () => void finished++ })));
  });
  // As many texts as one model has room for, and more.
  const begun = (all: string, hangUp: () => void) => all.includes('data: ') && hangUp();
  const all = await Promise.all(Array.from({ length: 60 }, (_, i) => send({ prompt: `${i}`, max_tokens: 590 }, begun)));
  for (const { status } of all) expect([200, 429]).toContain(status);
  for (const { text } of all) expect(text).not.toContain('[DONE]');
  await vi.waitFor(() => expect(signals.filter(({ aborted }) => aborted)).toHaveLength(60));
  expect(finished).toBe(0);
  streaming.mockRestore();
  expect((await send({ prompt: 'after', max_tokens: 2 })).status).toBe(200);
});

test('a model that hangs keeps nobody else waiting, and one that crashes says so', async () => {
  vi.stubEnv('NODE_OPTIONS', `--import ${DEED}`);
  vi.stubEnv('JIKJI_TEST_DEED', 'model.child hang');
  writeModel(join(home.folder, 'unfinished', 'model'), 100, { endless: true });
  const hangs = `${await pathOf('unfinished')}/completions`;
  const leaving = new AbortController();
  const waiting = server.application.app.request(`${ORIGIN}${hangs}`, {
    method: 'POST',
    signal: leaving.signal,
    headers: {
      host: new URL(ORIGIN).host,
      origin: ORIGIN,
      cookie: `jikji=${server.sessions.get('office')!.token}`,
      'content-type': 'application/json',
    },
    body: JSON.stringify({ prompt: 'a' }),
  });
  expect(await server.status('office', 'get', '/api/me')).toBe(200);
  expect((await send({ prompt: 'a', max_tokens: 2 })).status).toBe(200);
  leaving.abort();
  expect((await (await waiting).json()).error.code).toBe('stopping');
  vi.stubEnv('JIKJI_TEST_DEED', 'model.child crash');
  const { status, text } = await send({ prompt: 'a' }, undefined, hangs);
  expect([status, JSON.parse(text).error.code]).toEqual([422, 'model-crashed']);
});
