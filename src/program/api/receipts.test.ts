// Receipts of the playground's answers over HTTP: given, fetched, checked; of stopped answers, of two at once, without a usable key, and
// what does not hold.

import {
  chmodSync,
  existsSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  rmdirSync,
  rmSync,
  statSync,
  writeFileSync,
} from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { CHATML, writeModel } from '../../foundry/generate/testing/chat.ts';
import { newKey, showKey } from '../../ledger/index.ts';
import type { AnswerReceipt, CheckedReceipt } from '../runs/index.ts';
import { Home } from '../runs/testing/home.ts';
import { TestServer } from './testing/api.ts';
import { Listening } from './testing/listening.ts';

const home = new Home();
const server = TestServer.forAll();
let listening: Listening;
let paths: Record<'first' | 'second' | 'tuned', string>;
const keyFile = () => join(home.folder, 'CONFIG/jikji/keys/playground.pem');

beforeAll(async () => {
  const names = ['first', 'second', 'tuned'] as const;
  for (const name of names)
    writeModel(join(home.run(name, 3), 'model'), name === 'second' ? 300 : 600, { endless: name !== 'tuned' });
  writeFileSync(join(home.folder, 'tuned/model/tokenizer_config.json'), JSON.stringify({ chat_template: CHATML }));
  listening = await Listening.begin(server);
  const { body } = await server.get('office', '/api/runs');
  const pathOf = (name: string) => `/api/runs/${body.find((run: { name: string }) => run.name === name).id}`;
  paths = { first: pathOf('first'), second: pathOf('second'), tuned: pathOf('tuned') };
});
afterAll(() => listening.close());

/** The whole answer; hangs up where `isEnough` says so. */
async function send(to: string, body: object, isEnough = (_: string): boolean => false): Promise<string> {
  const { text } = await listening.send(to, body, (all, hangUp) => isEnough(all) && hangUp());
  return text;
}

interface Given {
  id: string;
  body: object;
  /** The stream as it came. */
  stream: string;
}
async function ask(path: string, more: object = {}, isEnough?: (text: string) => boolean): Promise<Given> {
  const body = { prompt: 'a river', max_tokens: 12, seed: 3, return_token_ids: true, logprobs: 1, ...more };
  const stream = await send(`${path}/completions`, body, isEnough);
  return { id: /"id":"(?:chat)?cmpl-([0-9a-f]{32})"/.exec(stream)![1]!, body, stream };
}
const receiptOf = (path: string, { id }: Pick<Given, 'id'>) => server.get('office', `${path}/receipts/${id}`);
async function check(path: string, { body, stream }: Given, { receipt }: AnswerReceipt): Promise<CheckedReceipt> {
  const given = { receipt, request: JSON.stringify({ ...body, model: 'model' }), response: stream };
  return (await server.post('office', `${path}/receipt-checks`, given)).body;
}
const refuted = ({ audit }: CheckedReceipt) =>
  audit.checks.filter(({ verdict }) => verdict === 'refuted').map(({ name }) => name);

test('an answer has a receipt by a key that was made for this page, and a check replays it', async () => {
  const given = await ask(paths.first);
  const { status, body: got } = (await receiptOf(paths.first, given)) as { status: number; body: AnswerReceipt };
  expect(status).toBe(200);
  expect(got.facts).toMatchObject({ id: given.id, seedFrom: 'client', answers: [{ seed: 3, tokens: 12 }], run: null });
  expect(got.facts.key).toBe(showKey('playground').fingerprint);
  expect(statSync(keyFile()).mode & 0o077).toBe(0);
  expect(got.lineage.links.map(({ state }) => state)).toEqual([
    ...['not-checked', 'not-checked', 'unknown', 'unknown', 'unknown'],
  ]);
  const { audit, lineage } = await check(paths.first, given, got);
  expect([audit.verdict, audit.checks.filter(({ verdict }) => verdict !== 'holds').map(({ name }) => name)]).toEqual([
    'holds',
    ['run'],
  ]);
  expect(lineage.links.slice(0, 2).map(({ state }) => state)).toEqual(['holds', 'holds']);
  expect(lineage.weakest.ko).toMatch(/^가장 약한 고리: 봉인\./);
  // No text of an answer, and no receipt, is on the server's disk.
  expect(existsSync(join(home.folder, 'STATE/jikji/receipts'))).toBe(false);
  expect(readdirSync(join(home.folder, 'STATE/jikji'))).toEqual(['runs.jsonl']);
});

test('a chat has one too', async () => {
  const body = { messages: [{ role: 'user', content: 'hello' }], max_completion_tokens: 8, return_token_ids: true };
  const stream = await send(`${paths.tuned}/chat/completions`, body);
  const id = /"id":"chatcmpl-([0-9a-f]{32})"/.exec(stream)![1]!;
  const { body: got } = await receiptOf(paths.tuned, { id });
  expect((await check(paths.tuned, { id, body, stream }, got)).audit.verdict).toBe('holds');
});

test('what was changed does not hold: text, ids, request, receipt; nor does another model', async () => {
  const given = await ask(paths.first);
  const { body: got } = await receiptOf(paths.first, given);
  const text = /"text":"([^"\\]+)"/.exec(given.stream)![1]!;
  const first = /"token_ids":\[(\d+)/.exec(given.stream)![1]!;
  const changed = [
    [{ ...given, stream: given.stream.replace(`"text":"${text}"`, '"text":"Yes, "') }, got, ['response']],
    [
      { ...given, stream: given.stream.replace(`"token_ids":[${first}`, `"token_ids":[${Number(first) ^ 1}`) },
      got,
      expect.arrayContaining(['chain', 'replay']),
    ],
    [{ ...given, body: { ...given.body, temperature: 0.5 } }, got, ['parameters']],
    [{ ...given, body: { ...given.body, prompt: 'a rivet' } }, got, expect.arrayContaining(['prompt'])],
    [given, { ...got, receipt: got.receipt.replace(/"sig":"../, '"sig":"AA') }, ['signature']],
  ] as const;
  for (const [one, receipt, names] of changed) {
    const found = await check(paths.first, one, receipt);
    expect([found.audit.verdict, refuted(found)]).toEqual(['refuted', names]);
    expect(found.lineage.links[0]!.state).toBe('refuted');
  }
  const elsewhere = await check(paths.second, given, got);
  expect([elsewhere.audit.verdict, refuted(elsewhere)]).toEqual(['refuted', ['model']]);
  expect(elsewhere.lineage.links.map(({ state }) => state).slice(0, 2)).toEqual(['not-checked', 'refuted']);
  // A receipt of another answer.
  const other = await ask(paths.first, { seed: 4 });
  expect((await check(paths.first, given, (await receiptOf(paths.first, other)).body)).audit.verdict).toBe('refuted');
  const { status, body } = await server.post('office', `${paths.first}/receipt-checks`, {
    ...{ receipt: 'no', request: '{}', response: '{}' },
  });
  expect([status, body.error.code]).toEqual([422, 'not-a-receipt']);
});

test('an answer that was stopped has a receipt at once, of what was sent', async () => {
  const given = await ask(paths.first, { max_tokens: 590 }, (text) => text.split('data: ').length > 5);
  expect(given.stream).not.toContain('[DONE]');
  const { status, body: got } = await receiptOf(paths.first, given);
  expect([status, got.facts.answers[0].ended]).toEqual([200, 'client-gone']);
  const { audit } = await check(paths.first, { ...given, stream: given.stream.replace(/[^\n]*$/, '') }, got);
  expect([audit.verdict, audit.claim.en.join(' ')]).toEqual([
    'holds',
    expect.stringContaining("that it was, and why, is the server's word"),
  ]);
});

test('two people at once have each their own', async () => {
  const all = await Promise.all([5, 6, 7].map((seed) => ask(paths.first, { seed })));
  expect(new Set(all.map(({ id }) => id)).size).toBe(3);
  const got = await Promise.all(all.map((one) => receiptOf(paths.first, one)));
  expect(got.map(({ body }) => body.facts.answers[0].seed)).toEqual([5, 6, 7]);
  for (const [i, one] of all.entries())
    expect((await check(paths.first, one, got[i]!.body)).audit.verdict).toBe('holds');
});

test('there is none of answers for others, and none under an unknown id', async () => {
  const folder = join(home.folder, 'first');
  const asked = { path: '/v1/completions', body: { prompt: 'a', max_tokens: 2 } } as const;
  const answer = await server.runs.models.ask(folder, asked, new AbortController().signal);
  const { id, receipt } = (await answer.json()) as { id: string; receipt?: string };
  expect(receipt).toBeUndefined();
  for (const one of [id.replace('cmpl-', ''), 'f'.repeat(32)]) {
    const { body } = await receiptOf(paths.first, { id: one });
    expect(body.error.code).toBe('receipt-unknown');
  }
  expect((await receiptOf(paths.first, { id: '../v1/models' })).status).toBe(404);
});

test('without a usable key answers have no receipts and say why; with one again they have', async () => {
  mkdirSync(join(home.folder, 'CONFIG/jikji/keys'), { recursive: true });
  chmodSync(keyFile(), 0o644);
  // Another model: its process has not opened the key yet.
  const open = await ask(paths.second);
  expect(open.stream).toContain('[DONE]');
  expect((await receiptOf(paths.second, open)).body.error).toMatchObject({ code: 'key-open' });
  const pem = readFileSync(keyFile());
  rmSync(keyFile());
  mkdirSync(keyFile()); // what is there, and cannot be read
  expect((await receiptOf(paths.second, open)).body.error).toMatchObject({ code: 'key-broken' });
  rmdirSync(keyFile());
  newKey('playground', 'a passphrase');
  expect((await receiptOf(paths.second, open)).body.error).toMatchObject({
    code: 'key-passphrase',
    hint: expect.stringContaining('the playground takes a key without one'),
  });
  writeFileSync(keyFile(), pem);
  chmodSync(keyFile(), 0o600);
  const later = await ask(paths.second);
  const { status, body } = await receiptOf(paths.second, later);
  expect([status, body.facts?.id]).toEqual([200, later.id]);
  // The first answer was given without one, and stays so.
  expect((await receiptOf(paths.second, open)).body.error.code).toBe('receipt-unknown');
});

test('a seal that does not name the model: it answers, and nothing is signed', async () => {
  writeFileSync(join(home.folder, 'second/seal.json'), 'not a seal');
  const given = await ask(paths.second);
  expect(given.stream).toContain('[DONE]');
  expect((await receiptOf(paths.second, given)).body.error.code).toMatch(/statement-broken|evidence-differs/);
});
