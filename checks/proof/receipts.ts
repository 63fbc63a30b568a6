// Receipts of served answers for both verifiers: honest ones, of runs and of models of random weights, and those that a client or a server
// has changed.

import { randomNumbers } from '../../src/base/testing/random-numbers.ts';
import { MESSAGES } from '../../src/serve/testing/receipts.ts';
import { FORGED_RECEIPTS, kept, THREE, withIds } from './receipt-forgeries.ts';
import type { AuditorFiles, Body, ReceiptCase, ReceiptScene } from './receipt-server.ts';

const SCHEMA = { type: 'object', properties: { a: { type: 'integer' } }, required: ['a'] };

const HONEST: readonly ReceiptCase[] = [
  { name: 'greedy, of a run', body: { model: 'run', prompt: 'the', temperature: 0, max_tokens: 12, ...withIds } },
  { name: 'without ids, of a run', body: { model: 'run', prompt: '가나 is', nonce: 'n-1', max_tokens: 10 } },
  {
    name: 'until the context is full',
    body: { model: 'run', prompt: 'the of is', seed: 3, max_tokens: 100, ...withIds, logit_bias: { 0: -100 } },
  },
  {
    name: 'penalties and a bias',
    body: {
      ...{ model: 'tuned', prompt: 'ab', seed: 4, max_tokens: 40, frequency_penalty: 1.5, presence_penalty: -0.5 },
      ...{ repetition_penalty: 1.3, logit_bias: { 65: 9, 7: -100 }, ...withIds },
    },
  },
  {
    name: 'the likeliest only',
    body: {
      ...{ model: 'tuned', prompt: 'abc', nonce: '끝', max_tokens: 40, temperature: 1.7 },
      ...{ top_k: 50, top_p: 0.9, min_p: 0.01, ...withIds },
    },
  },
  {
    name: 'hot, with a long share',
    body: { model: 'tuned', prompt: 'abc', seed: 2 ** 45 + 7, max_tokens: 40, temperature: 3, top_p: 0.7, ...withIds },
  },
  {
    name: 'members that choose nothing',
    body: {
      model: 'base',
      prompt: 'abc',
      nonce: 'n',
      seed: -1,
      top_k: -1,
      suffix: '',
      max_tokens: 8,
      user: null,
      ...withIds,
    },
  },
  {
    name: 'one modality, nothing to call',
    body: {
      model: 'tuned',
      messages: MESSAGES,
      nonce: 'm',
      max_tokens: 8,
      modalities: ['text'],
      tools: null,
      ...withIds,
    },
    jinja: true,
  },
  {
    name: 'more than one block of queries',
    body: { model: 'tuned', prompt: 'x'.repeat(110), seed: 5, max_tokens: 20, ...withIds },
  },
  {
    name: 'stop strings',
    body: { model: 'tuned', prompt: 'ab', seed: 5, max_tokens: 60, stop: ['e', 'qq', '\u0001'], ...withIds },
  },
  {
    name: 'ids as a prompt, echoed',
    body: { model: 'base', prompt: [256, 1, 2, 3], seed: 6, echo: true, logprobs: 2, max_tokens: 9, ...withIds },
  },
  {
    name: 'nothing but the echo',
    body: { model: 'base', prompt: 'abc', max_tokens: 0, echo: true, logprobs: 0 },
    verdict: 'incomplete',
  },
  {
    name: 'three prompts, two answers to each',
    body: { model: 'base', prompt: ['a', 'bc', 'a'], n: 2, nonce: 'x', max_tokens: 8, ...withIds },
  },
  {
    name: 'a stream',
    body: { model: 'tuned', prompt: 'abc', max_tokens: 15, stream: true, stream_options: { include_usage: true } },
  },
  ...['Llama 3', 'Llama 2'].map((maker) => ({
    name: `by the tokenizer of another maker (${maker})`,
    body: { model: maker, prompt: [' the 안녕, of', 'is'], n: 2, nonce: 'f', max_tokens: 12, ...withIds },
  })),
  {
    name: 'a conversation with a run',
    body: {
      model: 'talking',
      messages: [{ role: 'system', content: ' <|end|> 안녕' }, ...MESSAGES],
      nonce: 'c',
      max_tokens: 12,
      ...withIds,
    },
  },
  {
    name: 'a conversation by a template of another maker',
    body: { model: 'tuned', messages: MESSAGES, nonce: 'c', n: 2, max_tokens: 12, ...withIds },
    jinja: true,
  },
  {
    name: 'without the request',
    body: THREE,
    change: () => ({ request: undefined }),
  },
  {
    name: 'with nothing but the receipt',
    body: THREE,
    change: () => ({ request: undefined, response: undefined }),
    verdict: 'incomplete',
  },
  {
    name: 'without the response',
    body: { ...THREE, max_tokens: 8 },
    change: () => ({ response: undefined }),
  },
  {
    name: 'texts that the server keeps',
    body: THREE,
    change: (scene) => ({ receipt: kept(scene, scene.ids), request: undefined, response: undefined }),
  },
  {
    name: 'a stream that was saved in part',
    body: { ...THREE, n: 1, stream: true },
    change: ({ saved, file }) => ({ response: file(saved.text.slice(0, saved.text.length / 2)) }),
  },
  {
    name: 'broken off by the server',
    body: THREE,
    change: ({ lie, ids }) => ({
      receipt: lie(
        (one) => ({ ...one, answers: one.answers.map((answer) => ({ ...answer, ended: 'time-up' })) }),
        ids.map((list) => list.slice(0, 7)),
      ),
      response: undefined,
    }),
  },
  {
    name: 'JSON of a schema',
    body: {
      ...{ model: 'tuned', prompt: 'j', nonce: 'j', max_tokens: 40, ...withIds },
      response_format: { type: 'json_schema', json_schema: { name: 'x', schema: SCHEMA } },
    },
    verdict: 'not-judged',
  },
  {
    name: "JSON of a schema as Instructor's client sends it",
    body: {
      ...{ model: 'tuned', prompt: 'j', nonce: 'j', max_tokens: 40, ...withIds },
      response_format: { type: 'json_object', schema: SCHEMA },
    },
    verdict: 'not-judged',
  },
  {
    name: 'quantized weights',
    body: { model: 'quantized', prompt: 'the', nonce: 'q', max_tokens: 5, ...withIds },
    verdict: 'not-judged',
  },
];

/** Requests of all options at once; every third answer is changed or cut. */
function optionsOfAllKinds(count: number): ReceiptCase[] {
  const random = randomNumbers(1377);
  const of = <T>(...some: T[]): T => some[Math.floor(random() * some.length)]!;
  return Array.from({ length: count }, (_, i): ReceiptCase => {
    const body: Body = {
      ...{
        model: of('run', 'base', 'tuned'),
        prompt: of<string | string[]>('a', 'the 안 of', ['b', 'cd']),
        n: of(1, 2),
        ...withIds,
      },
      ...{ temperature: of(0, 0.3, 0.8, 1, 2.5, 1e-40), top_k: of(0, 1, 7, 1000), top_p: of(1, 0.95, 0.4, 0) },
      ...{ min_p: of(0, 0.02, 1), max_tokens: of(1, 9, 25), stop: of<string[]>([], ['e'], ['ab', '\ufffd', '\u0001']) },
      ...{ presence_penalty: of(0, 1.5), frequency_penalty: of(0, 0.7, -2), repetition_penalty: of(1, 1.3, 0.5) },
      ...{
        logit_bias: of<object>({}, { 65: 5, 66: -100 }),
        seed: of<number | undefined>(undefined, 0, 2 ** 40 + 3),
        nonce: of<string | undefined>(undefined, `n${i}`),
      },
    };
    const at = Math.floor(random() * 9);
    const change = ({ lie, ids }: ReceiptScene): Partial<AuditorFiles> => {
      const other = ids.map((list) => (i % 2 === 0 ? list.slice(0, at) : list.map((id, j) => (j === at ? 65 : id))));
      return { receipt: lie((one) => one, other), response: undefined };
    };
    return { name: `options of all kinds, ${i + 1}`, body, refuted: 'any', ...(i % 3 === 0 && { change }) };
  });
}

export const RECEIPTS: readonly ReceiptCase[] = [...HONEST, ...FORGED_RECEIPTS, ...optionsOfAllKinds(24)].map(
  (one) => ({
    ...one,
    name: `receipts: ${one.name}`,
  }),
);
