// Receipts of answers with tools, from end to end: honest ones hold bit for bit; another choice, list or description of tools is found, and
// so is a call that was changed on its way to the client.

import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test, vi } from 'vitest';
import { temporaryFolder } from '../base/testing/temporary-folder.ts';
import { templatesRenderHere } from '../foundry/conversation/testing/templates-here.ts';
import { CALLING, writeModel } from '../foundry/generate/testing/chat.ts';
import { digestOfJson, type Receipt, readReceipt } from '../ledger/index.ts';
import { key } from '../ledger/testing/register.ts';
import { type ModelServer, serveModels } from './server.ts';
import { ask, audited, fileOf, forged, MESSAGES, namesOf, outcomeOf } from './testing/receipts.ts';
import { SMALL } from './testing/small.ts';

templatesRenderHere();

const signer = key();
const folder = temporaryFolder();
let model: string;
let server: ModelServer;
beforeAll(async () => {
  vi.stubEnv('XDG_STATE_HOME', join(folder, 'state'));
  model = join(folder, 'calling');
  writeModel(model, 1500, { endless: true, words: ['<tool_call>'] });
  writeFileSync(join(model, 'tokenizer_config.json'), JSON.stringify({ chat_template: CALLING }));
  const receipts = { signer, keep: 1000, keepTexts: false };
  server = await serveModels({ ...SMALL, models: [{ name: 'calling', folder: model }], receipts });
});
afterAll(async () => {
  await server.close();
  vi.unstubAllEnvs();
});

const asked = (body: Record<string, unknown>) => ask(folder, server.url, body);

const get = (more: object = {}) => ({
  name: 'get',
  description: 'gets',
  parameters: {
    type: 'object',
    properties: { a: { type: 'integer' }, b: { enum: ['x', 'y'] } },
    required: ['b'],
    additionalProperties: false,
  },
  ...more,
});
const TOOLS = [get(), { name: 'now' }].map((one) => ({ type: 'function', function: one }));
const BODY = { model: 'calling', messages: MESSAGES, temperature: 2, max_tokens: 150, tools: TOOLS };
const call = { id: 'a', type: 'function', function: { name: 'now', arguments: '{}' } };

const REQUESTS: [string, Record<string, unknown>][] = [
  ['calls', { ...BODY, nonce: 't', n: 2, tool_choice: 'required' }],
  ['calls that are cut off', { ...BODY, seed: 2, max_tokens: 60, n: 2, tool_choice: 'required' }],
  ['something said, then calls', { ...BODY, seed: 3, n: 2, logit_bias: { 259: 4 } }],
  ['a call that a stop string ends', { ...BODY, seed: 4, n: 2, tool_choice: 'required', stop: ['"b"', 'ow"'] }],
  ['no calls', { ...BODY, seed: 5, tool_choice: 'none', max_tokens: 20, logprobs: true }],
  [
    'results of calls, and one tool',
    {
      ...{ ...BODY, seed: 6, tool_choice: { type: 'function', function: { name: 'now' } } },
      messages: [
        ...MESSAGES,
        { role: 'assistant', content: null, tool_calls: [call] },
        { role: 'tool', tool_call_id: 'a', content: '7' },
      ],
    },
  ],
];

test.each(REQUESTS)('%s: honest answers hold', async (_, body) => {
  for (const stream of [false, true]) {
    const plain = await asked({ ...body, stream });
    const withIds = await asked({ ...body, stream, return_token_ids: true });
    for (const saved of [plain, withIds]) {
      const found = await audited(saved, model, { key: signer.fingerprint });
      const verdicts = [found.verdict, namesOf(found, 'refuted'), namesOf(found, 'not-checked')];
      expect(verdicts, JSON.stringify(found.checks)).toEqual(['holds', [], ['run']]);
    }
    // What is not given is not checked, and nothing is refuted.
    if (stream && !process.env.JIKJI_TORTURE) continue;
    const alone = await audited(withIds, model, { request: undefined });
    expect(outcomeOf(alone)).toEqual(['incomplete', []]);
    const unseen = await audited(plain, model, { response: undefined });
    expect(unseen.verdict).toBe('holds');
  }
});

test('a stream that breaks off holds as far as it goes, at every event', async () => {
  const whole = await asked({ ...BODY, seed: 3, max_tokens: 120, logit_bias: { 259: 4 }, stream: true });
  const events = whole.text.split('\n\n').filter((event) => event !== '');
  for (let count = 1; count < events.length; count += 11) {
    const response = fileOf(folder, `${events.slice(0, count).join('\n\n')}\n\n`);
    const { verdict, checks } = await audited({ ...whole, response }, model);
    expect([count, verdict], JSON.stringify(checks)).toEqual([count, 'holds']);
  }
});

test('another request than the one that was answered', async () => {
  const saved = await asked({ ...BODY, seed: 7, tool_choice: 'required', return_token_ids: true });
  const refutedBy = async (more: object) =>
    namesOf(await audited(saved, model, { request: fileOf(folder, { ...saved.body, ...more }) }), 'refuted');
  expect(await refutedBy({})).toEqual([]);
  // The prompt is the same: only the digest of the rules differs.
  for (const more of [
    { tool_choice: 'auto' },
    { tool_choice: 'none' },
    { tool_choice: { type: 'function', function: { name: 'get' } } },
    { parallel_tool_calls: false },
  ])
    expect(await refutedBy(more)).toContain('parameters');
  for (const tools of [
    TOOLS.slice(0, 1),
    TOOLS.toReversed(),
    [{ type: 'function', function: get({ description: 'other' }) }, TOOLS[1]],
    [{ type: 'function', function: get({ parameters: { type: 'object' } }) }, TOOLS[1]],
  ])
    expect(await refutedBy({ tools })).toEqual(expect.arrayContaining(['prompt', 'parameters']));
  expect(await refutedBy({ tools: undefined, tool_choice: undefined })).toEqual(
    expect.arrayContaining(['prompt', 'parameters']),
  );
});

test('a server that lies about the tools, or sends another call than it signs', async () => {
  const saved = await asked({ ...BODY, seed: 8, tool_choice: 'required', return_token_ids: true });
  const text = readFileSync(saved.receipt, 'utf8');
  const { request } = readReceipt(text, 'receipt').receipt;
  const tools = TOOLS.map(({ type, function: of }) => ({ type, function: of }));
  expect(request.parameters.schema).toBe(digestOfJson({ tools, choice: 'required', name: null, parallel: true }));
  type Body = {
    choices: {
      token_ids: number[];
      message: { content: string | null; tool_calls: { id: string; function: { name: string; arguments: string } }[] };
      finish_reason: string;
    }[];
  };
  const body = JSON.parse(saved.text) as Body;
  const ids = body.choices.map(({ token_ids: own }) => own);
  const schema =
    (digest: string | null) =>
    (one: Receipt): Receipt => ({
      ...one,
      request: { ...one.request, parameters: { ...one.request.parameters, schema: digest } },
    });
  for (const digest of [null, digestOfJson({ tools, choice: 'auto', name: null, parallel: true })]) {
    const receipt = fileOf(folder, forged(text, signer, { change: schema(digest), ids }));
    expect(namesOf(await audited(saved, model, { receipt }), 'refuted')).toContain('parameters');
  }
  // Answers that were not held to calls, signed as if they were.
  const free = JSON.parse(
    (await asked({ ...BODY, seed: 8, tool_choice: 'none', return_token_ids: true })).text,
  ) as Body;
  const others = free.choices.map(({ token_ids: own }) => own);
  const receipt = fileOf(folder, forged(text, signer, { change: (one) => one, ids: others }));
  const response = fileOf(folder, { ...free, id: `chatcmpl-${saved.id}` });
  expect(namesOf(await audited(saved, model, { receipt, response }), 'refuted')).toContain('replay');

  const changes: ((choice: Body['choices'][number]) => unknown)[] = [
    ({ message }) => (message.tool_calls[0]!.function.arguments += ' '),
    ({ message }) => (message.tool_calls[0]!.function.name = 'other'),
    ({ message }) => (message.tool_calls[0]!.id = '000000000'),
    ({ message }) => message.tool_calls.push(message.tool_calls[0]!),
    ({ message }) => message.tool_calls.pop(),
    ({ message }) => (message.content = 'x'),
    (choice) => (choice.finish_reason = 'stop'),
  ];
  for (const change of changes) {
    const changed = structuredClone(body);
    change(changed.choices[0]!);
    const found = await audited(saved, model, { response: fileOf(folder, changed) });
    expect([String(change), namesOf(found, 'refuted')]).toEqual([String(change), ['response']]);
  }
});
