// Receipts of served answers for both verifiers: honest ones, of runs and of models of random weights, and those that a client or a server
// has changed.

import { cpSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { MESSAGES } from '../../src/serve/testing/receipts.ts';
import type { Answer, Body, Given, ReceiptCase, ReceiptScene } from './receipt-server.ts';

const THREE = { model: 'tuned', prompt: 'abc', n: 2, nonce: 'mine', max_tokens: 20, return_token_ids: true };
const withIds = { return_token_ids: true };
const SCHEMA = { type: 'object', properties: { a: { type: 'integer' } }, required: ['a'] };

/** What a server gives that keeps texts. */
const kept = ({ receipt, saved, file }: ReceiptScene, ids: number[][]): string =>
  file({
    receipt: JSON.parse(readFileSync(receipt, 'utf8')),
    ...{ request: saved.body, prompt_token_ids: [[256, 97, 98, 99]], token_ids: ids },
  });

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
  { name: 'nothing but the echo', body: { model: 'base', prompt: 'abc', max_tokens: 0, echo: true, logprobs: 0 } },
  {
    name: 'three prompts, two answers to each',
    body: { model: 'base', prompt: ['a', 'bc', 'a'], n: 2, nonce: 'x', max_tokens: 8, ...withIds },
  },
  {
    name: 'a stream',
    body: { model: 'tuned', prompt: 'abc', max_tokens: 15, stream: true, stream_options: { include_usage: true } },
  },
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
    name: 'quantized weights',
    body: { model: 'quantized', prompt: 'the', nonce: 'q', max_tokens: 5, ...withIds },
    verdict: 'not-judged',
  },
];

/** Another token in the second answer, a letter: the text is another one too. */
const changed = (ids: number[][], at: number): number[][] =>
  ids.map((list, i) => (i === 1 ? list.with(at, list[at] === 65 ? 66 : 65) : list));

/** The answer with other ids. */
const saying = ({ answer, file }: ReceiptScene, ids: number[][]): string =>
  file({ ...answer, choices: answer.choices.map((choice, i) => ({ ...choice, token_ids: ids[i]! })) });

/** Another member of the request. */
const asking = (change: Body) => {
  return ({ saved, file }: ReceiptScene): Partial<Given> => ({ request: file({ ...saved.body, ...change }) });
};

const FORGED: readonly ReceiptCase[] = [
  { name: 'signed again without a change', body: THREE, change: ({ lie }) => ({ receipt: lie((one) => one) }) },
  {
    name: "another key's signature",
    body: THREE,
    refuted: ['signature'],
    change: ({ lie, ids, stranger }) => ({ receipt: lie((one) => one, ids, stranger) }),
  },
  {
    name: 'a payload that was changed',
    body: THREE,
    refuted: ['signature'],
    change: ({ receipt, file }) => {
      const envelope = JSON.parse(readFileSync(receipt, 'utf8'));
      const payload = Buffer.from(envelope.payload, 'base64').toString().replace('"seed":', '"seed":1');
      return {
        receipt: file(`${JSON.stringify({ ...envelope, payload: Buffer.from(payload).toString('base64') })}\n`),
      };
    },
  },
  { name: 'other weights', body: THREE, refuted: ['model'], change: ({ modelOf }) => ({ model: modelOf('base') }) },
  {
    name: 'another token, by the client',
    body: THREE,
    refuted: ['chain', 'replay', 'response'],
    change: (scene) => ({ response: saying(scene, changed(scene.ids, 7)) }),
  },
  {
    name: 'another token, signed',
    body: THREE,
    refuted: ['replay', 'response'],
    change: (scene) => {
      const ids = changed(scene.ids, 7);
      return { receipt: scene.lie((one) => one, ids), response: saying(scene, ids) };
    },
  },
  {
    name: 'another token, signed and not sent',
    body: THREE,
    refuted: ['chain'],
    change: ({ lie, ids }) => ({ receipt: lie((one) => one, changed(ids, 3)) }),
  },
  {
    name: 'another token, signed and without ids',
    body: THREE,
    refuted: ['chain', 'replay'],
    change: ({ lie, ids, answer, file }) => ({
      receipt: lie((one) => one, changed(ids, 3)),
      response: file({ ...answer, choices: answer.choices.map(({ token_ids: _, ...choice }) => choice) }),
    }),
  },
  {
    name: 'another seed than the nonce gives',
    body: THREE,
    refuted: ['seed'],
    change: async ({ lie, saved, file, asked }) => {
      const liked = await asked({ ...saved.body, nonce: undefined, seed: 1234 });
      const answer = JSON.parse(liked.text) as Answer;
      return {
        receipt: lie(
          (one) => ({ ...one, answers: one.answers.map((each, i) => ({ ...each, seed: 1234 + i })) }),
          answer.choices.map((choice) => choice.token_ids),
        ),
        response: file({ ...answer, id: `cmpl-${saved.id}`, receipt: saved.id }),
      };
    },
  },
  {
    name: 'an answer with a seed of its own',
    body: { ...THREE, nonce: undefined, seed: 8 },
    refuted: ['seed', 'replay'],
    change: ({ lie }) => ({
      receipt: lie((one) => ({ ...one, answers: one.answers.map((each) => ({ ...each, seed: 8 })) })),
    }),
  },
  {
    name: 'another temperature',
    body: { ...THREE, nonce: undefined, seed: 8 },
    refuted: ['parameters', 'replay'],
    change: ({ lie }) => ({
      receipt: lie((one) => ({
        ...one,
        request: { ...one.request, parameters: { ...one.request.parameters, temperature: 0 } },
      })),
    }),
  },
  {
    name: 'a cut answer',
    body: THREE,
    refuted: ['ending'],
    change: ({ lie, ids }) => ({
      receipt: lie(
        (one) => one,
        ids.map((list) => list.slice(0, 11)),
      ),
      response: undefined,
    }),
  },
  {
    name: 'another end',
    body: THREE,
    refuted: ['ending', 'response'],
    change: ({ lie }) => ({
      receipt: lie((one) => ({ ...one, answers: one.answers.map((each) => ({ ...each, ended: 'stop' })) })),
    }),
  },
  {
    name: 'an answer that goes on too long',
    body: THREE,
    refuted: ['replay', 'response'],
    change: (scene) => {
      const ids = scene.ids.map((list) => [...list, 65]);
      return { receipt: scene.lie((one) => one, ids), response: saying(scene, ids) };
    },
  },
  {
    name: 'another text',
    body: THREE,
    refuted: ['response'],
    change: ({ answer, file }) => ({
      response: file({
        ...answer,
        choices: answer.choices.map((choice, i) => ({ ...choice, text: i ? `${choice.text} ` : choice.text })),
      }),
    }),
  },
  {
    name: 'an answer less',
    body: THREE,
    refuted: ['response'],
    change: ({ answer, file }) => ({ response: file({ ...answer, choices: answer.choices.slice(0, 1) }) }),
  },
  {
    name: 'other ids that the server keeps',
    body: THREE,
    refuted: ['chain', 'replay'],
    change: (scene) => ({
      ...{ receipt: kept(scene, changed(scene.ids, 5)), request: undefined, response: undefined },
    }),
  },
  {
    name: 'another chat template',
    body: { model: 'tuned', messages: MESSAGES, nonce: 'c', max_tokens: 5, ...withIds },
    refuted: ['prompt'],
    change: ({ model }) => {
      const other = `${model}-other`;
      cpSync(model, other, { recursive: true });
      const path = join(other, 'tokenizer_config.json');
      const settings = JSON.parse(readFileSync(path, 'utf8'));
      writeFileSync(path, JSON.stringify({ ...settings, chat_template: `${settings.chat_template}{# #}` }));
      return { model: other };
    },
    jinja: true,
  },
  { name: 'another prompt', body: THREE, refuted: ['prompt'], change: asking({ prompt: 'abd' }) },
  { name: 'another parameter', body: THREE, refuted: ['parameters'], change: asking({ top_k: 1 }) },
  { name: 'another nonce', body: THREE, refuted: ['parameters'], change: asking({ nonce: 'other' }) },
  { name: 'a seed that was not asked for', body: THREE, refuted: ['seed'], change: asking({ seed: 1 }) },
  {
    name: 'the receipt of another request',
    body: THREE,
    refuted: ['prompt', 'parameters', 'seed', 'chain', 'response'],
    change: async ({ asked }) => ({
      receipt: (await asked({ model: 'tuned', prompt: 'other', seed: 1, max_tokens: 5 })).receipt,
    }),
  },
  {
    name: 'another seal',
    body: { model: 'run', prompt: 'the', nonce: 's', max_tokens: 4, ...withIds },
    refuted: ['run'],
    change: ({ lie }) => ({ receipt: lie((one) => ({ ...one, run: { ...one.run!, seal: 'ab'.repeat(32) } })) }),
  },
];

export const RECEIPTS: readonly ReceiptCase[] = [...HONEST, ...FORGED].map((one) => ({
  ...one,
  name: `receipts: ${one.name}`,
}));
