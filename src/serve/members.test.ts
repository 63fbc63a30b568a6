// Members of a request that change nothing are taken, and receipts of such requests hold; of a schema an error names the member at fault.

import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { templatesRenderHere } from '../foundry/conversation/testing/templates-here.ts';
import { audited, MESSAGES, outcomeOf, ReceiptBench } from './testing/receipts.ts';

templatesRenderHere();
const bench = new ReceiptBench();
beforeAll(() => bench.begin());
afterAll(() => bench.end());

const ANNOTATED = {
  $id: 'https://example.org/s',
  id: 's',
  'x-order': ['a'],
  markdownDescription: '*s*',
  type: 'object',
  properties: {
    a: {
      $id: 'a',
      id: 'a',
      'x-y': 1,
      title: 'A',
      enum: ['x', 'y'],
      examples: ['x'],
      default: 'x',
      deprecated: false,
      readOnly: false,
      contentEncoding: 'utf-8',
    },
  },
  required: ['a'],
  additionalProperties: false,
};
const ABSENT = [
  'temperature',
  'top_p',
  'top_k',
  'min_p',
  'seed',
  'n',
  'stop',
  'response_format',
  'stream',
  'stream_options',
  'logprobs',
];
const NULLS = Object.fromEntries(
  [...ABSENT, 'presence_penalty', 'frequency_penalty', 'logit_bias', 'user', 'nonce'].map((name) => [name, null]),
);
const OF_CHAT = Object.fromEntries(
  [
    'tools',
    'tool_choice',
    'parallel_tool_calls',
    'top_logprobs',
    'modalities',
    'audio',
    'functions',
    'function_call',
    'prediction',
    'reasoning_effort',
    'verbosity',
    'web_search_options',
  ].map((name) => [name, null]),
);
const chat = (more: object) => ({ model: 'tuned', messages: MESSAGES, max_tokens: 60, nonce: 'n', ...more });
const completion = (more: object) => ({ model: 'base', prompt: 'a', max_tokens: 6, ...more });
const textOf = (text: string) => {
  const [choice] = (JSON.parse(text) as { choices: { text?: string; message?: { content: string } }[] }).choices;
  return choice!.text ?? choice!.message!.content;
};

describe('what changes nothing is taken, and its receipt holds', () => {
  test.each<[string, Record<string, unknown>]>([
    [
      'null for every optional member of a completion',
      completion({ ...NULLS, suffix: null, echo: null, best_of: null }),
    ],
    ['no suffix', completion({ suffix: '', seed: 1 })],
    ['null for every optional member of a chat', chat({ ...NULLS, ...OF_CHAT })],
    ['text is the one modality', chat({ modalities: ['text'] })],
    ['no tools to choose from', chat({ tool_choice: 'auto', parallel_tool_calls: false })],
    ['no seed', completion({ seed: -1, nonce: 'x' })],
    ['no top_k', completion({ top_k: -1, seed: 2 })],
    [
      'annotations',
      chat({
        response_format: {
          type: 'json_schema',
          json_schema: { name: null, description: null, schema: ANNOTATED, strict: null },
        },
      }),
    ],
    ["Instructor's schema", chat({ response_format: { type: 'json_object', schema: ANNOTATED } })],
    [
      'an answer as it was given',
      chat({
        messages: [
          ...MESSAGES,
          {
            role: 'assistant',
            content: 'a',
            refusal: null,
            audio: null,
            function_call: null,
            tool_calls: null,
            name: null,
            annotations: [],
          },
          ...MESSAGES,
        ],
      }),
    ],
  ])('%s', async (name, body) => {
    const saved = await bench.asked(body);
    const found = await audited(saved, bench.modelOf(body.model as string));
    expect(outcomeOf(found)).toEqual(['holds', []]);
    if (/annotations|schema/.test(name))
      expect(JSON.parse(textOf(saved.text))).toEqual({ a: expect.stringMatching(/^[xy]$/) });
    if (name === 'no seed') expect(found.receipt).toMatchObject({ seedFrom: 'nonce' });
    if (name === 'no top_k') expect(textOf(saved.text)).toBe(textOf((await bench.asked(completion({ seed: 2 }))).text));
  });
});

test('what would change an answer is refused as before', async () => {
  for (const body of [
    completion({ suffix: 'b' }),
    chat({ modalities: ['text', 'audio'] }),
    chat({ audio: {} }),
    completion({ seed: -2 }),
    completion({ top_k: -2 }),
  ])
    await expect(bench.asked(body)).rejects.toThrow('request-shape');
  const moved = { ...ANNOTATED, properties: { a: { $id: 'other/', $ref: '#/properties/b' }, b: true } };
  await expect(bench.asked(chat({ response_format: { type: 'json_object', schema: moved } }))).rejects.toThrow(
    'schema-unsupported',
  );
});

test('a misspelled member is named with the one that was meant, also where it is missing for that', async () => {
  for (const [body, message] of [
    [{ model: 'base', promt: 'a' }, /promt: is not supported \(did you mean prompt\?\)/],
    [completion({ max_tokns: 6 }), /max_tokns: is not supported \(did you mean max_tokens\?\)/],
    [chat({ messages: [{ role: 'user', contnet: 'a' }] }), /messages\.0\.contnet: .*\(did you mean content\?\)/],
    [completion({ zzzzzzzzz: 1 }), /zzzzzzzzz: is not supported \(leave it out\)/],
  ] as const)
    await expect(bench.asked(body)).rejects.toThrow(message);
});

const schema = (age: object) => ({ type: 'object', properties: { age } });
test.each<[Record<string, unknown>, string]>([
  [
    { response_format: { type: 'json_schema', json_schema: { name: 'x', schema: schema({ minimum: 'a' }) } } },
    'response_format.json_schema.schema.properties.age.minimum',
  ],
  [
    { response_format: { type: 'json_object', schema: schema({ not: {} }) } },
    'response_format.schema.properties.age.not',
  ],
  [
    { response_format: { type: 'json_schema', json_schema: { name: 'x', schema: false } } },
    'response_format.json_schema.schema',
  ],
])('param names the member of a schema at fault: %#', async (more, param) => {
  const error = await bench.asked(chat(more)).catch((one: Error) => JSON.parse(one.message) as object);
  expect(error).toMatchObject({ error: { code: 'schema-unsupported', param } });
});
