// Receipts while answers stream and servers stop, are full, or may not write: what was sent has a receipt, and who asks for one needs a key
// and its id.

import { readFileSync, renameSync } from 'node:fs';
import { join } from 'node:path';
import OpenAI from 'openai';
import { afterAll, beforeAll, describe, expect, test, vi } from 'vitest';
import { ServedModel } from '../foundry/requests/index.ts';
import { readReceipt, type Signer } from '../ledger/index.ts';
import { key } from '../ledger/testing/register.ts';
import { ApiKeys, newApiKey } from './api-keys.ts';
import { appOf } from './app.ts';
import { failureOf } from './errors.ts';
import { Receipts } from './receipts/index.ts';
import { serveModels } from './server.ts';
import { ask, audited, fileOf, MESSAGES, namesOf, outcomeOf, ReceiptBench, save } from './testing/receipts.ts';
import { postJson, withServer } from './testing/small.ts';

const bench = new ReceiptBench();
const { signer, modelOf, asked, options: optionsOf } = bench;
beforeAll(() => bench.begin());
afterAll(() => bench.end());
/** Settings of another server's receipts. */
const receiptsOf = (signer: Signer) => ({ signer, keep: 10, keepTexts: false });
const clientOf = () => new OpenAI({ baseURL: `${bench.server.url}/v1`, apiKey: 'none', maxRetries: 0 });
const CONVERSATION = MESSAGES as [{ role: 'user'; content: string }];

describe('while it streams', () => {
  test('the openai client: pieces as ever, and the receipt in the last of them', async () => {
    const client = clientOf();
    type Named = { receipt?: string };
    for (const usage of [false, true]) {
      const options = usage ? { stream_options: { include_usage: true } } : {};
      const body = { model: 'tuned', prompt: 'abc', max_tokens: 12, stream: true as const, nonce: 'o', ...options };
      const pieces: (OpenAI.Completion & Named)[] = [];
      for await (const piece of await client.completions.create(body)) pieces.push(piece);
      expect(pieces.map((piece) => piece.receipt !== undefined)).toEqual(pieces.map((_, i) => i === pieces.length - 1));
      // No piece without choices but the one with the usage, which OpenAI has too.
      expect(pieces.filter(({ choices }) => choices.length === 0)).toHaveLength(usage ? 1 : 0);
      expect(pieces[0]!.id).toBe(`cmpl-${pieces.at(-1)!.receipt}`);
      const { status } = await fetch(`${bench.server.url}/receipts/${pieces.at(-1)!.receipt}`);
      expect(status).toBe(200);
    }
    const ask = { model: 'tuned', messages: CONVERSATION, max_tokens: 12, nonce: 'o' };
    const whole = (await client.chat.completions.create(ask)) as OpenAI.ChatCompletion & Named;
    const helped = await client.chat.completions.stream(ask).finalChatCompletion();
    expect(helped.choices[0]!.message.content).toBe(whole.choices[0]!.message.content);
    expect(whole.id).toBe(`chatcmpl-${whole.receipt}`);
    const { response } = await client.chat.completions.create(ask).withResponse();
    expect(response.headers.get('Jikji-Receipt')).toMatch(/^[0-9a-f]{32}$/);
  });

  test('token ids, as vLLM gives them', async () => {
    const client = clientOf();
    type Ids = { prompt_token_ids?: number[]; token_ids?: number[] };
    const ask = {
      model: 'tuned',
      prompt: 'abc',
      max_tokens: 60,
      seed: 1,
      stop: ['e', '\u0001'],
      return_token_ids: true,
    };
    const whole = (await client.completions.create(ask)).choices[0]! as OpenAI.CompletionChoice & Ids;
    expect(whole.prompt_token_ids).toEqual([256, 97, 98, 99]);
    const parts: Ids[] = [];
    for await (const { choices } of await client.completions.create({ ...ask, stream: true }))
      parts.push(...(choices as Ids[]));
    expect(parts.flatMap((part) => part.token_ids!)).toEqual(whole.token_ids);
    expect(parts.map((part) => part.prompt_token_ids !== undefined)).toEqual(parts.map((_, i) => i === 0));
    const chat = {
      model: 'tuned',
      messages: CONVERSATION,
      max_tokens: 9,
      seed: 1,
      return_token_ids: true,
    };
    const answer = (await client.chat.completions.create(chat)) as OpenAI.ChatCompletion & Ids;
    const [choice] = answer.choices as (OpenAI.ChatCompletion.Choice & Ids)[];
    expect([answer.prompt_token_ids!.length, choice!.token_ids!.length]).toEqual([answer.usage!.prompt_tokens, 9]);
    const chunks: (OpenAI.ChatCompletionChunk & Ids)[] = [];
    for await (const chunk of await client.chat.completions.create({ ...chat, stream: true })) chunks.push(chunk);
    expect(chunks.map((chunk) => chunk.prompt_token_ids)).toEqual(
      chunks.map((_, i) => (i === 0 ? answer.prompt_token_ids : undefined)),
    );
    expect(chunks.flatMap(({ choices }) => (choices[0] as Ids).token_ids ?? [])).toEqual(choice!.token_ids);
    const silent = await postJson(`${bench.server.url}/v1/completions`, { ...ask, return_token_ids: false });
    expect(await silent.text()).not.toContain('token_ids');
  });

  /** Reads a stream until some pieces have come, and goes away. */
  async function brokenOff(body: Record<string, unknown>, pieces: number) {
    const leaving = new AbortController();
    const { signal } = leaving;
    const answer = await postJson(`${bench.server.url}/v1/completions`, { ...body, stream: true }, { signal });
    const reader = answer.body!.pipeThrough(new TextDecoderStream()).getReader();
    let text = '';
    while (text.split('\n\n').length <= pieces) text += (await reader.read()).value ?? '';
    leaving.abort();
    await reader.read().catch(() => {});
    return { id: /"id":"cmpl-([0-9a-f]{32})"/.exec(text)![1]!, text: text.slice(0, text.lastIndexOf('\n\n')) };
  }

  test('a client that leaves has a receipt of what it was sent: its answer names it from the first piece on', async () => {
    for (const more of [
      { nonce: 'gone', return_token_ids: true },
      { seed: 2, n: 3 },
    ]) {
      const body = { model: 'tuned', prompt: 'a', max_tokens: 190, ...more };
      const { id, text } = await brokenOff(body, 4);
      await expect.poll(async () => (await fetch(`${bench.server.url}/receipts/${id}`)).status).toBe(200);
      const saved = await save(bench.folder, bench.server.url, { id, body, text });
      const found = await audited(saved, modelOf('tuned'));
      expect(outcomeOf(found), JSON.stringify(found.checks)).toEqual(['holds', []]);
      expect(
        found.receipt!.answers.some(({ ended, tokens }) => ended === 'client-gone' && tokens > 0 && tokens < 190),
      ).toBe(true);
      expect(namesOf(found, 'not-checked')).toEqual(['run', 'ending']);
    }
  });

  test('the time is up: what was sent has a receipt, which the error names', async () => {
    // Far more than a second's work, and far less than a second to the first token.
    await withServer(optionsOf({ maxSeconds: 1, receipts: receiptsOf(key()) }), async (slow) => {
      const prompt = Array.from({ length: 16 }, () => 'a');
      const saved = await ask(bench.folder, slow.url, {
        model: 'tuned',
        prompt,
        n: 16,
        max_tokens: 190,
        stream: true,
        nonce: 't',
      });
      expect(saved.text.slice(-1000)).toContain('model-too-slow');
      const found = await audited(saved, modelOf('tuned'));
      expect(outcomeOf(found)).toEqual(['holds', []]);
      const late = found.receipt!.answers.flatMap(({ ended }, index) => (ended === 'time-up' ? [index] : []));
      expect(late.length).toBeGreaterThan(0);
      // No text that was broken off is given a reason of its end.
      const ended = [...saved.text.matchAll(/"index":(\d+),[^\n]*"finish_reason":"/g)].map(([, index]) =>
        Number(index),
      );
      expect(ended.filter((index) => late.includes(index))).toEqual([]);
    });
  });

  test('the model fails under way: what was sent has a receipt, and says that the server stopped', async () => {
    const model = new ServedModel({ name: 'tuned', folder: modelOf('tuned'), threads: 1, texts: 4 });
    const receipts = await Receipts.open(receiptsOf(key()), [model]);
    const stopping = new AbortController().signal;
    const origins = () => new Set(['http://localhost']);
    const limits = { maxWaiting: 50, maxSeconds: 60, guesses: false };
    const app = appOf({ models: [model], ...limits, receipts, stopping, origins, failureOf });
    const body = { model: 'tuned', prompt: 'a', max_tokens: 190, nonce: 'f', stream: true };
    try {
      const answer = await app.request('http://localhost/v1/completions', {
        method: 'POST',
        headers: { 'Content-Type': 'application/json' },
        body: JSON.stringify(body),
      });
      const reader = answer.body!.pipeThrough(new TextDecoderStream()).getReader();
      let text = '';
      for (let part = await reader.read(); !part.done; part = await reader.read()) {
        text += part.value;
        if (text.split('\n\n').length === 4) model.text.scheduler.close();
      }
      const event = JSON.parse(text.trim().split('\n\n').at(-1)!.slice('data: '.length));
      expect(event).toMatchObject({ error: { code: 'stopping' }, receipt: expect.stringMatching(/^[0-9a-f]{32}$/) });
      const receipt = fileOf(
        bench.folder,
        await (await app.request(`http://localhost/receipts/${event.receipt}`)).text(),
      );
      const saved = { receipt, request: fileOf(bench.folder, body), response: fileOf(bench.folder, text) };
      const found = await audited(saved, modelOf('tuned'));
      expect(outcomeOf(found)).toEqual(['holds', []]);
      expect(found.receipt!.answers).toEqual([expect.objectContaining({ ended: 'server-stopped' })]);
      expect(found.receipt!.answers[0]!.tokens).toBeGreaterThan(0);
    } finally {
      await receipts.close();
      model.close();
    }
  });

  test('a server that stops ends what it is saying, and then closes when the receipt is on disk', async () => {
    const receipts = receiptsOf(key());
    const small = await serveModels(optionsOf({ receipts }));
    const body = { model: 'tuned', prompt: 'a', n: 4, max_tokens: 190, stream: true };
    const stream = await postJson(`${small.url}/v1/completions`, body);
    const text = stream.text();
    await small.close();
    const id = /"receipt":"([0-9a-f]{32})"/.exec(await text)![1]!;
    await withServer(optionsOf({ receipts }), async (again) => {
      const receipt = await (await fetch(`${again.url}/receipts/${id}`)).text();
      expect(readReceipt(receipt, 'it').receipt.answers).toHaveLength(4);
    });
  });
});

test('texts are kept where the server is told to: the receipt is enough then', async () => {
  await withServer(optionsOf({ receipts: { ...receiptsOf(key()), keepTexts: true } }), async (own) => {
    const saved = await ask(bench.folder, own.url, {
      model: 'tuned',
      messages: MESSAGES,
      nonce: 'k',
      n: 2,
      max_tokens: 20,
    });
    const kept = JSON.parse(readFileSync(saved.receipt, 'utf8'));
    expect(kept).toMatchObject({
      request: saved.body,
      prompt_token_ids: [expect.any(Array)],
      token_ids: [expect.any(Array), expect.any(Array)],
    });
    const nothing = { request: undefined, response: undefined };
    const found = await audited(saved, modelOf('tuned'), nothing);
    // Who says what was asked is the server.
    expect([found.verdict, namesOf(found, 'not-checked')]).toEqual([
      'holds',
      ['run', 'prompt', 'parameters', 'response'],
    ]);
    expect(found.claim.en.join(' ')).toContain("whether that is the client's was not checked");
    const byClient = await audited(saved, modelOf('tuned'), { response: undefined });
    expect(namesOf(byClient, 'not-checked')).toEqual(['run', 'response']);
    for (const change of [
      { request: { ...kept.request, max_tokens: 21 } },
      { token_ids: [kept.token_ids[1], kept.token_ids[0]] },
      { prompt_token_ids: [[1]] },
    ]) {
      const { verdict } = await audited(saved, modelOf('tuned'), {
        ...nothing,
        receipt: fileOf(bench.folder, { ...kept, ...change }),
      });
      expect(verdict).toBe('prompt_token_ids' in change ? 'holds' : 'refuted'); // the request gives the prompt
    }
  });
  // The others keep digests: neither prompt nor answer is in the file.
  const saved = await asked({ model: 'tuned', prompt: 'a secret question', max_tokens: 20, seed: 1 });
  const file = readFileSync(join(bench.folder, 'state', 'jikji', 'receipts', `${signer.fingerprint}.jsonl`), 'utf8');
  const payload = Buffer.from(JSON.parse(readFileSync(saved.receipt, 'utf8')).payload, 'base64').toString();
  expect(`${file}${payload}`).not.toContain('secret');
});

test('any valid key and the id are enough; without a key, and for another id, there is nothing', async () => {
  const [a, b] = [newApiKey('a'), newApiKey('b')];
  const keys = new ApiKeys(`${a.line}\n${b.line}\n`, 'keys');
  await withServer(optionsOf({ keys, receipts: receiptsOf(key()) }), async (guarded) => {
    const headers = (of: string) => ({ Authorization: `Bearer ${of}` });
    const body = { model: 'base', prompt: 'a', max_tokens: 1 };
    const answer = await postJson(`${guarded.url}/v1/completions`, body, { headers: headers(a.key) });
    const at = `${guarded.url}/receipts/${answer.headers.get('Jikji-Receipt')}`;
    expect((await fetch(at, { headers: headers(b.key) })).status).toBe(200);
    expect((await fetch(at)).status).toBe(401);
    for (const id of ['0'.repeat(32), 'x', '..%2f..%2fx', '__proto__'])
      expect((await fetch(`${guarded.url}/receipts/${id}`, { headers: headers(a.key) })).status).toBe(404);
  });
});

test('a nonce without receipts, a nonce that is none, and what a receipt has no room for are refused', async () => {
  const refused = async (url: string, body: object): Promise<unknown> => {
    const answer = await postJson(`${url}/v1/completions`, { model: 'base', prompt: 'a', max_tokens: 1, ...body });
    const { error } = (await answer.json()) as { error?: { param: string } };
    return [answer.status, error?.param];
  };
  await withServer(optionsOf({ receipts: undefined }), async (none) => {
    expect(await refused(none.url, { nonce: 'a' })).toEqual([400, 'nonce']);
    expect(await refused(none.url, {})).toEqual([200, undefined]);
    expect((await fetch(`${none.url}/receipts/${'0'.repeat(32)}`)).status).toBe(404);
    for (const nonce of ['', 'a\nb', 'x'.repeat(129), 7])
      expect(await refused(bench.server.url, { nonce })).toEqual([400, 'nonce']);
    expect(await refused(bench.server.url, { stop: ['\ud800'] })).toEqual([400, 'stop.0']);
    expect(await refused(bench.server.url, { seed: Number.MAX_SAFE_INTEGER, n: 2 })).toEqual([400, 'seed']);
    expect(await refused(bench.server.url, { seed: Number.MAX_SAFE_INTEGER })).toEqual([200, undefined]);
    const schema = { type: 'object', properties: { '\ud800': {} } };
    const format = { type: 'json_schema', json_schema: { name: 'x', schema } };
    expect(await refused(bench.server.url, { response_format: format })).toEqual([400, 'response_format']);
  });
});

test('a receipt that cannot be written: no answer is given without it, and no path is told', async () => {
  const own = key();
  // With one receipt a file, every second one begins a new file.
  const broken = await serveModels(optionsOf({ receipts: { ...receiptsOf(own), keep: 1 } }));
  const told = vi.spyOn(console, 'error').mockImplementation(() => {});
  const state = join(bench.folder, 'state', 'jikji', 'receipts');
  try {
    const body = { model: 'tuned', prompt: 'a', max_tokens: 5, seed: 1 };
    await ask(bench.folder, broken.url, body);
    renameSync(state, `${state}-away`);
    const post = (more: object) => postJson(`${broken.url}/v1/completions`, { ...body, ...more });
    const whole = await post({});
    expect([whole.status, await whole.text()]).toEqual([503, expect.stringContaining('"code":"not-writable"')]);
    const stream = await (await post({ stream: true })).text();
    expect(stream).toContain('"code":"not-writable"');
    expect(stream).not.toContain('[DONE]');
    expect(stream).not.toContain(bench.folder);
    expect(told.mock.calls.flat().join()).toContain(own.fingerprint);
    expect(told.mock.calls.flat().join()).toContain(`request ${whole.headers.get('x-request-id')}: `);
  } finally {
    renameSync(`${state}-away`, state);
    told.mockRestore();
    await broken.close();
  }
});

test('a second server with the same key is refused', async () => {
  await expect(serveModels(optionsOf())).rejects.toMatchObject({ code: 'locked' });
});
