// Receipts, requests and responses that a client or a server has changed, each with the checks that must refute it; and files that are no such
// things.

import { cpSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Receipt } from '../../src/ledger/index.ts';
import { MESSAGES } from '../../src/serve/testing/receipts.ts';
import type { Answer, AuditorFiles, Body, ReceiptCase, ReceiptScene } from './receipt-server.ts';

/** A request with two answers, which says its ids. */
export const THREE = { model: 'tuned', prompt: 'abc', n: 2, nonce: 'mine', max_tokens: 20, return_token_ids: true };
export const withIds = { return_token_ids: true };

/** What a server gives that keeps texts. */
export const kept = ({ receipt, saved, file }: ReceiptScene, ids: number[][]): string =>
  file({
    receipt: JSON.parse(readFileSync(receipt, 'utf8')),
    ...{ request: saved.body, prompt_token_ids: [[256, 97, 98, 99]], token_ids: ids },
  });

/** Another token in the second answer, a letter: the text is another one too. */
const changed = (ids: number[][], at: number) =>
  ids.map((list, i) => (i === 1 ? list.with(at, list[at] === 65 ? 66 : 65) : list));

/** The answer with other ids. */
const saying = ({ answer, file }: ReceiptScene, ids: number[][]) =>
  file({ ...answer, choices: answer.choices.map((choice, i) => ({ ...choice, token_ids: ids[i]! })) });

/** Another member of the request. */
const asking = (change: Body) => {
  return ({ saved, file }: ReceiptScene): Partial<AuditorFiles> => ({ request: file({ ...saved.body, ...change }) });
};

const receipts = (shared: Omit<ReceiptCase, 'name' | 'change'>, changes: Record<string, ReceiptCase['change']>) =>
  Object.entries(changes).map(([name, change]) => ({ ...shared, name, change }) as ReceiptCase);

const FORGED: readonly ReceiptCase[] = [
  { name: 'signed again without a change', body: THREE, change: ({ lie }) => ({ receipt: lie((one) => one) }) },
  ...receipts(
    { body: THREE, refuted: ['signature'] },
    {
      "another key's signature": ({ lie, ids, stranger }) => ({ receipt: lie((one) => one, ids, stranger) }),
      'a payload that was changed': ({ receipt, file }) => {
        const envelope = JSON.parse(readFileSync(receipt, 'utf8'));
        const payload = Buffer.from(envelope.payload, 'base64').toString().replace('"seed":', '"seed":1');
        return {
          receipt: file(`${JSON.stringify({ ...envelope, payload: Buffer.from(payload).toString('base64') })}\n`),
        };
      },
    },
  ),
  { name: 'other weights', body: THREE, refuted: ['model'], change: ({ modelOf }) => ({ model: modelOf('base') }) },
  {
    name: 'another token, by the client',
    body: THREE,
    refuted: ['chain', 'replay', 'response'],
    change: (scene) => ({ response: saying(scene, changed(scene.ids, 7)) }),
  },
  ...receipts(
    { body: THREE, refuted: ['replay', 'response'] },
    {
      'another token, signed': (scene) => {
        const ids = changed(scene.ids, 7);
        return { receipt: scene.lie((one) => one, ids), response: saying(scene, ids) };
      },
      'an answer that goes on too long': (scene) => {
        const ids = scene.ids.map((list) => [...list, 65]);
        return { receipt: scene.lie((one) => one, ids), response: saying(scene, ids) };
      },
    },
  ),
  {
    name: 'another token, signed and not sent',
    body: THREE,
    refuted: ['chain'],
    change: ({ lie, ids }) => ({ receipt: lie((one) => one, changed(ids, 3)) }),
  },
  ...receipts(
    { body: THREE, refuted: ['chain', 'replay'] },
    {
      'another token, signed and without ids': ({ lie, ids, answer, file }) => ({
        receipt: lie((one) => one, changed(ids, 3)),
        response: file({ ...answer, choices: answer.choices.map(({ token_ids: _, ...choice }) => choice) }),
      }),
      'other ids that the server keeps': (scene) => ({
        ...{ receipt: kept(scene, changed(scene.ids, 5)), request: undefined, response: undefined },
      }),
    },
  ),
  ...receipts(
    { body: THREE, refuted: ['seed'] },
    {
      'another seed than the nonce gives': async ({ lie, saved, file, asked }) => {
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
      'a seed that was not asked for': asking({ seed: 1 }),
    },
  ),
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
    name: 'broken off before a token, says the server',
    body: THREE,
    verdict: 'incomplete',
    change: ({ lie, ids }) => ({
      receipt: lie(
        (one) => ({ ...one, answers: one.answers.map((each) => ({ ...each, ended: 'client-gone' })) }),
        ids.map(() => []),
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
  ...(['prompt_tokens', 'completion_tokens', 'total_tokens'] as const).map(
    (count): ReceiptCase => ({
      name: `a usage of other ${count}`,
      body: THREE,
      refuted: ['response'],
      change: ({ answer, file }) => {
        const usage = answer.usage as Record<typeof count, number>;
        return { response: file({ ...answer, usage: { ...usage, [count]: usage[count] + 1 } }) };
      },
    }),
  ),
  ...receipts(
    { body: THREE, refuted: ['response'] },
    {
      'the name of another model': ({ answer, file }) => ({ response: file({ ...answer, model: 'a-better-one' }) }),
      'another text': ({ answer, file }) => ({
        response: file({
          ...answer,
          choices: answer.choices.map((choice, i) => ({ ...choice, text: i ? `${choice.text} ` : choice.text })),
        }),
      }),
      'an answer less': ({ answer, file }) => ({ response: file({ ...answer, choices: answer.choices.slice(0, 1) }) }),
    },
  ),
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
  ...receipts(
    { body: THREE, refuted: ['parameters'] },
    {
      'another parameter': asking({ top_k: 1 }),
      'another nonce': asking({ nonce: 'other' }),
    },
  ),
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

/** Receipts whose form is wrong in one member, signed. */
const ILL_FORMED: Record<string, (receipt: Receipt) => unknown> = {
  'a temperature above all': ({ request }) => Object.assign(request.parameters, { temperature: 101 }),
  'a control character in the nonce': (receipt) => Object.assign(receipt, { nonce: 'a\u0007' }),
  'an empty nonce': (receipt) => Object.assign(receipt, { nonce: '' }),
  'a member more': (receipt) => Object.assign(receipt, { note: 1 }),
  'a member less': ({ request }) => Reflect.deleteProperty(request.parameters, 'minP'),
  'a fraction of a token': ({ request }) => Object.assign(request.parameters, { maxTokens: 1.5 }),
  'an end that there is not': ({ answers }) => Object.assign(answers[0]!, { ended: 'tired' }),
  'no answers to a prompt': ({ request }) => Object.assign(request, { n: 3 }),
  'a time that there is not': (receipt) => Object.assign(receipt, { time: '2026-02-30T00:00:00.000Z' }),
  'another format version': (receipt) => Object.assign(receipt, { formatVersion: 2 }),
};

const illFormed = Object.entries(ILL_FORMED).map(([name, change]): ReceiptCase => {
  return {
    name: `ill-formed: ${name}`,
    body: THREE,
    refuted: ['signature'],
    change: ({ lie }) => ({
      receipt: lie((one) => {
        change(one);
        return one;
      }),
    }),
  };
});

/** Files that are not what they should be. */
const BROKEN: readonly ReceiptCase[] = [
  ...receipts(
    { body: THREE, verdict: 'broken' },
    {
      'a member that no request has': asking({ colour: 'red' }),
      'a temperature that is none': asking({ temperature: 'hot' }),
      'a bias of a token that there is not': asking({ logit_bias: { 999: 1 } }),
      'a prompt longer than the context': asking({ prompt: 'x'.repeat(300) }),
      'a response without choices': ({ file }) => ({ response: file({ choices: [] }) }),
      'no receipt': ({ request }) => ({ receipt: request! }),
    },
  ),
  {
    name: 'a conversation with a base model',
    body: { ...THREE, model: 'base' },
    verdict: 'broken',
    change: asking({ prompt: undefined, messages: MESSAGES }),
  },
  {
    name: 'a seal in place of a receipt',
    body: { ...THREE, model: 'run' },
    verdict: 'broken',
    change: ({ model }) => ({ receipt: join(model, 'seal.json') }),
  },
];

export const FORGED_RECEIPTS: readonly ReceiptCase[] = [...FORGED, ...illFormed, ...BROKEN];
