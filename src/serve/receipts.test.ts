// Receipts from end to end: a server on a real port, what a client saves of its answers, and the auditor. Honest answers hold; every lie of a
// client or of a server that signs what it likes is found, by the check that the documentation names.

import { createHash } from 'node:crypto';
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { JikjiError } from '../base/index.ts';
import { mutateBytes, Random } from '../base/testing/mutate.ts';
import { templatesRenderHere } from '../foundry/conversation/testing/templates-here.ts';
import { type Receipt, readReceipt, signReceipt } from '../ledger/index.ts';
import { key } from '../ledger/testing/register.ts';
import { serveModels } from './server.ts';
import {
  ask,
  audited,
  fileOf,
  forged,
  MESSAGES,
  namesOf,
  outcomeOf,
  ReceiptBench,
  type Saved,
} from './testing/receipts.ts';

templatesRenderHere();

const CASES = process.env.JIKJI_TORTURE ? 3000 : 25;
const bench = new ReceiptBench();
const { signer, modelOf, asked, options: optionsOf } = bench;
beforeAll(() => bench.begin());
afterAll(() => bench.end());

const receiptOf = ({ receipt }: Saved): Receipt => readReceipt(readFileSync(receipt, 'utf8'), receipt).receipt;
type Body = { id: string; choices: { text: string; token_ids: number[]; finish_reason: string; index: number }[] };
const bodyOf = ({ text }: Saved) => JSON.parse(text) as Body;

const SCHEMA = { type: 'object', properties: { a: { type: 'integer' }, b: { enum: ['x', 'y'] } }, required: ['b'] };
const JSON_FORMAT = { type: 'json_schema', json_schema: { name: 'x', schema: SCHEMA } };

const REQUESTS: [string, Record<string, unknown>][] = [
  ['greedy', { model: 'base', prompt: 'abc', temperature: 0, max_tokens: 20 }],
  ['sampled, by a nonce', { model: 'base', prompt: 'abc', nonce: 'n-1', max_tokens: 30 }],
  [
    'the server chooses the seed',
    { model: 'tuned', prompt: 'abc', max_tokens: 30, top_p: 0.9, top_k: 50, min_p: 0.01 },
  ],
  ['until the context is full', { model: 'tuned', prompt: 'x'.repeat(150), seed: 3, max_tokens: 1000 }],
  [
    'penalties and a bias',
    {
      model: 'tuned',
      prompt: 'ab',
      seed: 4,
      max_tokens: 40,
      frequency_penalty: 1.5,
      presence_penalty: -0.5,
      repetition_penalty: 1.3,
      logit_bias: { 65: 9, 7: -100 },
    },
  ],
  ['stop strings', { model: 'tuned', prompt: 'ab', seed: 5, max_tokens: 150, stop: ['e', 'qq', '\u0001'] }],
  [
    'a prompt of ids, echoed with likelihoods',
    { model: 'base', prompt: [256, 1, 2, 3], seed: 6, echo: true, logprobs: 2 },
  ],
  [
    'three prompts, two answers to each',
    { model: 'base', prompt: ['a', 'bc', 'a'], n: 2, nonce: '끝', max_tokens: 12 },
  ],
  [
    'a conversation',
    { model: 'tuned', messages: MESSAGES, nonce: 'c', max_tokens: 25, logprobs: true, top_logprobs: 1 },
  ],
  ['three answers in a conversation', { model: 'tuned', messages: MESSAGES, seed: 9, n: 3, max_completion_tokens: 15 }],
  [
    'JSON of a schema',
    { model: 'tuned', messages: MESSAGES, nonce: 'j', temperature: 2, max_tokens: 80, response_format: JSON_FORMAT },
  ],
];

test('an answer without a token, asked for so: nothing that the model could be asked again', async () => {
  const saved = await asked({ model: 'base', prompt: 'abc', max_tokens: 0, echo: true, logprobs: 0 });
  const found = await audited(saved, modelOf('base'), { key: signer.fingerprint });
  expect(outcomeOf(found)).toEqual(['incomplete', []]);
  expect(found.claim.en[0]).toMatch(/^No answer has a token/);
});

describe('honest answers hold', () => {
  test.each(REQUESTS)('%s', async (_, body) => {
    for (const stream of [false, true]) {
      const plain = await asked({ ...body, stream });
      const withIds = await asked({
        ...body,
        stream,
        return_token_ids: true,
        ...(stream && { stream_options: { include_usage: true } }),
      });
      for (const saved of [plain, withIds]) {
        const found = await audited(saved, modelOf(body.model as string), { key: signer.fingerprint });
        expect(
          [found.verdict, namesOf(found, 'refuted'), namesOf(found, 'not-checked')],
          found.claim.en.join(' '),
        ).toEqual(['holds', [], ['run']]);
        expect(found.receipt).toMatchObject({ id: saved.id, nonce: body.nonce ?? null });
        expect(found.chain.map(({ what }) => what)).toEqual(['answer', 'model']);
      }
      if (stream && !process.env.JIKJI_TORTURE) continue;
      // Without the response the model generates it again; without the request the ids beside the answer are enough, but for a schema.
      const { verdict } = await audited(plain, modelOf(body.model as string), { response: undefined });
      expect(verdict).toBe('holds');
      const alone = await audited(withIds, modelOf(body.model as string), { request: undefined });
      expect(outcomeOf(alone)).toEqual([body.response_format ? 'incomplete' : 'holds', []]);
      expect(namesOf(alone, 'not-checked')).toEqual(expect.arrayContaining(['prompt', 'parameters']));
      const nothing = await audited(plain, modelOf(body.model as string), { request: undefined, response: undefined });
      expect(outcomeOf(nothing)).toEqual(['incomplete', []]);
      expect(nothing.checks.find(({ name }) => name === 'prompt')!.detail).toBe(
        'the prompt was not given: not checked',
      );
    }
  });

  test('seed and chain, from the page that defines them', async () => {
    const saved = await asked({
      model: 'base',
      prompt: 'abc',
      n: 2,
      nonce: 'n "1"',
      max_tokens: 9,
      return_token_ids: true,
    });
    const receipt = receiptOf(saved);
    const sha = (...parts: (string | Uint8Array)[]) =>
      parts.reduce((hash, part) => hash.update(part), createHash('sha256')).digest('hex');
    const sorted = (value: unknown): unknown =>
      Array.isArray(value)
        ? value.map(sorted)
        : value !== null && typeof value === 'object'
          ? Object.fromEntries(
              Object.entries(value)
                .sort(([a], [b]) => (a < b ? -1 : 1))
                .map(([name, one]) => [name, sorted(one)]),
            )
          : value;
    const json = (value: unknown) => JSON.stringify(sorted(value));
    const model = sha(receipt.model.files.map(({ name, digest }) => `${digest}  ${name}\n`).join(''));
    expect(((await (await fetch(`${bench.server.url}/v1/models/base`)).json()) as { sha256: string }).sha256).toBe(
      model,
    );
    const request = sha(json(receipt.request));
    const ids = (list: number[]): Uint8Array => new Uint8Array(Uint32Array.from(list).buffer);
    expect(receipt.request.prompts).toEqual([{ tokens: 4, digest: sha(ids([256, 97, 98, 99])) }]);
    const seed = Number.parseInt(sha(json({ model, nonce: 'n "1"', request })).slice(0, 12), 16);
    for (const [answer, { token_ids: own }] of bodyOf(saved).choices.entries()) {
      const { arithmeticVersion, nonce, run, seedFrom } = receipt;
      let link = sha(json({ answer, arithmeticVersion, model, nonce, request, run, seed: seed + answer, seedFrom }));
      for (const id of own) link = sha(Buffer.from(link, 'hex'), ids([id]));
      expect(receipt.answers[answer]).toEqual({
        seed: seed + answer,
        tokens: own.length,
        head: link,
        ended: expect.anything(),
      });
    }
  });

  test('the same nonce and the same request give the same answer, and another receipt', async () => {
    const body = { model: 'tuned', prompt: 'abc', nonce: 'same', max_tokens: 20 };
    const [a, b, c] = [await asked(body), await asked(body), await asked({ ...body, nonce: 'other' })];
    expect(bodyOf(a).choices).toEqual(bodyOf(b).choices);
    expect(bodyOf(a).choices).not.toEqual(bodyOf(c).choices);
    expect(receiptOf(a).answers).toEqual(receiptOf(b).answers);
    expect(a.id).not.toBe(b.id);
    // A receipt is one answer's: with the other one's body it does not pass.
    expect(namesOf(await audited({ ...a, response: b.response }, modelOf('tuned')), 'refuted')).toEqual(['response']);
  });

  test('the claim says who chose the seed', async () => {
    const claim = async (more: object) =>
      (
        await audited(await asked({ model: 'tuned', prompt: 'a', max_tokens: 3, ...more }), modelOf('tuned'))
      ).claim.en.join(' ');
    expect(await claim({})).toContain('The seed was chosen by the server');
    expect(await claim({ seed: 1 })).toContain('The client chose the seed.');
    expect(await claim({ nonce: 'a' })).toContain("follows from the client's nonce");
    expect(await claim({ temperature: 0 })).toContain('the seed decides nothing');
    expect(await claim({})).toContain('nobody told whose key that is');
    expect(await claim({})).toContain('does not show that no other answer was given');
  });
});

describe('what is not so is found', () => {
  let saved: Saved;
  let ids: number[][];
  beforeAll(async () => {
    saved = await asked({ model: 'tuned', prompt: 'abc', n: 2, nonce: 'mine', max_tokens: 30, return_token_ids: true });
    ids = bodyOf(saved).choices.map((choice) => choice.token_ids);
  });
  const refutedBy = async (other: Parameters<typeof audited>[2], of: Saved = saved) => {
    const found = await audited(of, modelOf('tuned'), other);
    expect(found.verdict).toBe(namesOf(found, 'refuted').length > 0 ? 'refuted' : found.verdict);
    expect(found.verdict === 'holds' || found.chain.length === 0).toBe(true);
    return namesOf(found, 'refuted');
  };
  const response = (change: (body: Body) => void) => {
    const body = bodyOf(saved);
    change(body);
    return fileOf(bench.folder, body);
  };
  const request = (change: object) => fileOf(bench.folder, { ...saved.body, ...change });
  /** What the server signs in place of the right receipt. */
  const lie = (change: (receipt: Receipt) => Receipt, over = ids, by = signer) =>
    fileOf(bench.folder, forged(readFileSync(saved.receipt, 'utf8'), by, { change, ids: over }));
  type Answers = Receipt['answers'];
  /** What it signs with other members in each answer. */
  const lieOf = (
    change: (answer: Answers[number], i: number) => Partial<Answers[number]>,
    over = ids,
    more: Partial<Receipt> = {},
  ) =>
    lie(
      (one) => ({ ...one, ...more, answers: one.answers.map((answer, i) => ({ ...answer, ...change(answer, i) })) }),
      over,
    );
  const changed = (at: number) => ids.map((list, i) => (i === 1 ? list.with(at, (list[at]! + 1) % 256) : list));

  test('a receipt that was signed again without a change holds: the lies below are lies', async () => {
    expect(await refutedBy({ receipt: lie((receipt) => receipt) })).toEqual([]);
  });

  test('an answer that was saved with fewer members, as a page keeps it, holds', async () => {
    const kept = ({ id, choices }: Body) => ({
      id,
      choices: choices.map(({ index, text, finish_reason, token_ids }) => ({ index, text, finish_reason, token_ids })),
    });
    const found = await audited(saved, modelOf('tuned'), { response: fileOf(bench.folder, kept(bodyOf(saved))) });
    expect([found.verdict, found.checks.find(({ name }) => name === 'response')!.verdict]).toEqual(['holds', 'holds']);
  });

  test('by the client: token, text, order, end, a choice more or less', async () => {
    const altered = await audited(saved, modelOf('tuned'), {
      response: response((body) => (body.choices[1]!.token_ids = changed(7)[1]!)),
    });
    expect(namesOf(altered, 'refuted')).toEqual(['chain', 'replay', 'response']);
    expect(altered.differences).toEqual([
      {
        answer: 1,
        position: 7,
        given: { id: changed(7)[1]![7], text: expect.any(String) },
        chosen: { id: ids[1]![7], text: expect.any(String) },
      },
    ]);
    expect(await refutedBy({ response: response((body) => (body.choices[0]!.text += ' ')) })).toEqual(['response']);
    expect(
      await refutedBy({
        response: response(
          (body) => Object.assign(body.choices[0]!, { index: 1 }) && Object.assign(body.choices[1]!, { index: 0 }),
        ),
      }),
    ).toEqual(['chain', 'replay']);
    expect(await refutedBy({ response: response((body) => (body.choices[0]!.finish_reason = 'stop')) })).toEqual([
      'response',
    ]);
    expect(await refutedBy({ response: response((body) => body.choices.pop()) })).toEqual(['response']);
    expect(
      await refutedBy({ response: response((body) => body.choices.push({ ...body.choices[0]!, index: 2 })) }),
    ).toEqual(['response']);
    expect(await refutedBy({ response: response((body) => (body.id = `cmpl-${'0'.repeat(32)}`)) })).toEqual([
      'response',
    ]);
    const short = response((body) => body.choices[1]!.token_ids.pop());
    expect(await refutedBy({ response: short })).toEqual(['chain', 'ending', 'response']);
  });

  test('prompt, parameters, nonce, seed, model: the request is another one', async () => {
    expect(await refutedBy({ request: request({ prompt: 'abd' }) })).toEqual(['prompt']);
    expect(await refutedBy({ request: request({ prompt: ['abc', 'abc'] }) })).toEqual(['prompt']);
    expect(
      await refutedBy({
        request: fileOf(bench.folder, { model: 'tuned', messages: MESSAGES, n: 2, nonce: 'mine', max_tokens: 30 }),
      }),
    ).toEqual(['prompt', 'parameters']);
    const others = {
      temperature: 0.99,
      top_p: 0.5,
      top_k: 1,
      min_p: 0.1,
      max_tokens: 31,
      presence_penalty: 1,
      frequency_penalty: 1,
      repetition_penalty: 2,
    };
    for (const [name, value] of Object.entries(others))
      expect(await refutedBy({ request: request({ [name]: value }) })).toEqual(['parameters']);
    for (const more of [
      { stop: 'zz' },
      { logit_bias: { 3: 1 } },
      { response_format: JSON_FORMAT },
      { n: 1 },
      { model: 'base' },
      { nonce: 'another' },
    ])
      expect(await refutedBy({ request: request(more) })).toEqual(['parameters']);
    expect(await refutedBy({ request: request({ seed: 1 }) })).toEqual(['seed']);
    expect(await refutedBy({ request: request({ nonce: null }) })).toEqual(['parameters', 'seed']);
    const found = await audited(saved, modelOf('base'));
    expect(namesOf(found, 'refuted')).toEqual(['model']);
    expect(found.checks.find(({ name }) => name === 'model')!.detail).toContain('model.safetensors');
    expect(namesOf(found, 'not-checked')).toContain('replay');
  });

  test('the receipt of another request', async () => {
    const other = await asked({ model: 'tuned', prompt: 'other', seed: 1, max_tokens: 5 });
    const found = await refutedBy({ receipt: other.receipt });
    expect(found).toEqual(['prompt', 'parameters', 'seed', 'chain', 'response']);
  });

  test('signed by another key: found if the auditor knows the right one, and said in any case', async () => {
    const receipt = lie((one) => one, ids, key());
    expect(await refutedBy({ receipt, key: signer.fingerprint })).toEqual(['signature']);
    expect((await audited(saved, modelOf('tuned'), { receipt })).claim.en.join(' ')).toContain(
      'nobody told whose key that is',
    );
    const text = readFileSync(saved.receipt, 'utf8');
    const envelope = JSON.parse(text);
    const broken = fileOf(
      bench.folder,
      `${JSON.stringify({ ...envelope, payload: Buffer.from(Buffer.from(envelope.payload, 'base64').toString().replace('"seed":', '"seed":1')).toString('base64') })}\n`,
    );
    const found = await audited(saved, modelOf('tuned'), { receipt: broken });
    expect([found.verdict, found.checks.map(({ name, verdict }) => `${name} ${verdict}`)]).toEqual([
      'refuted',
      ['signature refuted'],
    ]);
  });

  test('by the server: it tries seeds and signs the answer that it likes', async () => {
    const { seed } = receiptOf(saved).answers[0]!;
    for (const tried of [seed + 1, 1234]) {
      // Everything else is right: the answers are the model's with these seeds.
      const liked = await asked({ ...saved.body, nonce: undefined, seed: tried });
      const own = bodyOf(liked).choices.map((choice) => choice.token_ids);
      const seeds = (_: unknown, i: number) => ({ seed: tried + i });
      const receipt = lieOf(seeds, own);
      const body = fileOf(bench.folder, { ...bodyOf(liked), id: `cmpl-${saved.id}`, receipt: saved.id });
      expect(await refutedBy({ receipt, response: body })).toEqual(['seed']);
      // That it chose the seed itself is not what the client asked for either.
      for (const seedFrom of ['server', 'client'] as const) {
        const confessed = lieOf(seeds, own, { seedFrom });
        expect(await refutedBy({ receipt: confessed, response: body })).toEqual(['seed']);
      }
      // Nor can it keep the seed's form and give the answers seeds of their own.
      const mixed = lieOf(() => ({ seed }), own);
      expect(await refutedBy({ receipt: mixed, response: body })).toContain('seed');
    }
  });

  test('by the server: it sends one answer and signs another, or answers by other parameters', async () => {
    // The ids that were sent do not give the chain.
    expect(await refutedBy({ receipt: lie((one) => one, changed(3)) })).toEqual(['chain']);
    // Without ids the model generates another chain.
    const textOnly = response((body) =>
      Object.assign(body, { choices: body.choices.map(({ token_ids: _, ...choice }) => choice) }),
    );
    expect(await refutedBy({ receipt: lie((one) => one, changed(3)), response: textOnly })).toEqual([
      'chain',
      'replay',
    ]);
    // Sent and signed alike, but not the model's: the pass finds the token.
    const both = response(({ choices }) => {
      for (const [i, choice] of choices.entries()) choice.token_ids = changed(3)[i]!;
    });
    expect(await refutedBy({ receipt: lie((one) => one, changed(3)), response: both })).toContain('replay');
    const cooler = lie((one) => ({
      ...one,
      request: { ...one.request, parameters: { ...one.request.parameters, temperature: 0.1 } },
    }));
    expect(await refutedBy({ receipt: cooler })).toEqual(expect.arrayContaining(['parameters', 'seed']));
    const prompts = lie((one) => ({
      ...one,
      request: { ...one.request, prompts: [{ tokens: 9, digest: 'ab'.repeat(32) }] },
    }));
    expect(await refutedBy({ receipt: prompts })).toEqual(expect.arrayContaining(['prompt']));
  });

  test('by the server: it cuts an answer short, or says another end', async () => {
    const cut = ids.map((list) => list.slice(0, 11));
    const { seed } = receiptOf(saved).answers[0]!;
    const sent = await asked({ ...saved.body, nonce: undefined, seed, max_tokens: 11 });
    const body = (ended: string) =>
      fileOf(bench.folder, {
        ...bodyOf(sent),
        id: `cmpl-${saved.id}`,
        receipt: saved.id,
        choices: bodyOf(sent).choices.map((one) => ({ ...one, finish_reason: ended })),
      });
    for (const [ended, reason] of [
      ['length', 'length'],
      ['end', 'stop'],
      ['stop', 'stop'],
      ['full', 'length'],
    ] as const) {
      const receipt = lieOf(() => ({ ended }), cut);
      const found = await audited(saved, modelOf('tuned'), { receipt, response: body(reason) });
      expect(namesOf(found, 'refuted')).toEqual(['ending']);
      expect(found.differences[0]).toMatchObject({ position: 11, given: null, chosen: { id: ids[0]![11] } });
      const noIds = await audited(saved, modelOf('tuned'), { receipt, response: undefined });
      expect(namesOf(noIds, 'refuted')).toEqual(['ending']);
    }
    expect(await refutedBy({ receipt: lieOf(() => ({ ended: 'full' })) })).toEqual(['ending']);
    // That the client left is the server's word: it holds, and the claim says so.
    const gone = lieOf(() => ({ ended: 'client-gone' }), cut);
    const found = await audited(saved, modelOf('tuned'), { receipt: gone, response: undefined });
    expect([found.verdict, namesOf(found, 'not-checked')]).toEqual(['holds', ['run', 'ending', 'response']]);
    expect(found.claim.en.join(' ')).toContain("2 answers broken off: that it was, and why, is the server's word");
  });

  test('a stream whose middle is missing, and one that was saved in part', async () => {
    const stream = await asked({
      model: 'tuned',
      prompt: 'abc',
      nonce: 's',
      max_tokens: 30,
      stream: true,
      return_token_ids: true,
    });
    const events = stream.text.split('\n\n');
    const of = (some: string[]) => fileOf(bench.folder, some.join('\n\n'));
    const missing = events.filter((_, i) => i !== 5);
    expect(await refutedBy({ response: of(missing) }, stream)).toEqual(expect.arrayContaining(['chain', 'replay']));
    const part = await audited(stream, modelOf('tuned'), { response: of(events.slice(0, 12)) });
    expect(outcomeOf(part)).toEqual(['holds', []]);
    expect(part.checks.at(-1)!.detail).toContain('the saved stream ends before its end');
    expect(part.claim.en.join(' ')).toContain('was not compared with the answer');
    // A connection breaks where it likes: within an event or a word.
    for (const length of [900, 901, 1000, stream.text.length - 9]) {
      const broken = await audited(stream, modelOf('tuned'), { response: of([stream.text.slice(0, length)]) });
      expect([length, ...outcomeOf(broken)]).toEqual([length, 'holds', []]);
      expect(broken.claim.en.join(' ')).toContain('was not compared with the answer');
    }
    // The ids of the second prompt are not in it yet.
    const several = await asked({ ...stream.body, prompt: ['ab', 'c'.repeat(150)] });
    const begun = several.text.split('\n\n').filter((event) => event.includes('"index":0'));
    const { verdict, checks } = await audited(several, modelOf('tuned'), { request: undefined, response: of(begun) });
    expect([verdict, checks.filter((one) => one.verdict === 'refuted')]).toEqual(['incomplete', []]);
    const other = events.slice(0, 12).map((event) => event.replace(/"token_ids":\[(\d+)\]/, '"token_ids":[3]'));
    expect(await refutedBy({ response: of(other) }, stream)).toEqual(['response']);
  });
});

test(`${CASES} changed files of each kind: a verdict or an error for people, never a crash`, async () => {
  const seed = Number(process.env.JIKJI_TEST_SEED ?? Math.floor(Math.random() * 2 ** 31));
  const random = new Random(seed);
  const own = await serveModels(optionsOf({ receipts: { signer: key(), keep: 10, keepTexts: true } }));
  const body = {
    model: 'tuned',
    prompt: ['ab', 'c'],
    nonce: 'h',
    max_tokens: 12,
    return_token_ids: true,
    logit_bias: { 5: 1 },
  };
  const kept = await ask(bench.folder, own.url, body).finally(() => own.close());
  const stream = await asked({ ...body, stream: true });
  for (let i = 0; i < CASES; i++) {
    for (const [of, name] of [
      [kept, 'receipt'],
      [stream, 'receipt'],
      [kept, 'request'],
      [kept, 'response'],
      [stream, 'response'],
    ] as const) {
      const path = join(bench.folder, 'hostile');
      writeFileSync(path, mutateBytes(readFileSync(of[name]), random));
      try {
        const { verdict } = await audited(of, modelOf('tuned'), { [name]: path });
        expect(['holds', 'refuted', 'incomplete']).toContain(verdict);
      } catch (error) {
        const { stack } = error as Error;
        expect(error instanceof JikjiError, `seed ${seed}, case ${i}, ${name}: ${stack}`).toBe(true);
      }
    }
  }
}, 3_600_000);

/** A predicate of the right shape with values that no honest server signs. */
function strange(receipt: Receipt, random: Random): Receipt {
  const { parameters: own, prompts, n } = receipt.request;
  const of = <T>(...some: T[]) => random.of(some);
  const parameters = {
    ...own,
    ...of<Partial<typeof own>>(
      { maxTokens: of(0, 1, 1e9) },
      { temperature: of(0, 1e-320, 100) },
      { topK: of(1, Number.MAX_SAFE_INTEGER), topP: of(0, 5e-324), minP: 1 },
      { repetitionPenalty: of(0.01, 100), presencePenalty: -2, frequencyPenalty: 2 },
      { logitBias: [{ id: of(3, 258, 259, 2 ** 32 - 1), bias: of(-100, 100) }] },
      {
        stop: of(
          [''],
          ['\u0000', 'x'.repeat(1000)],
          Array.from({ length: 100 }, (_, i) => `${i}`),
        ),
      },
      {
        ends: of<number[]>(
          [],
          [2 ** 32 - 1],
          Array.from({ length: 259 }, (_, i) => i),
        ),
      },
      { schema: of(null, 'ab'.repeat(32)) },
    ),
  };
  const changed = of<Partial<Receipt>>(
    { request: { ...receipt.request, parameters } },
    { request: { ...receipt.request, prompts: prompts.map((one) => ({ ...one, tokens: of(1, 1e9) })) } },
    { request: { ...receipt.request, chatTemplate: 'ab'.repeat(32) } },
    { request: { ...receipt.request, n: n + 1, prompts: [] } },
    {
      answers: receipt.answers.map((one) => ({
        ...one,
        tokens: of(0, 1, 199, 1e9),
        ended: of('end', 'client-gone', 'full'),
      })),
    },
    { answers: receipt.answers.map((one) => ({ ...one, seed: of(0, Number.MAX_SAFE_INTEGER) })) },
    { nonce: null, seedFrom: of('nonce', 'server') },
    { arithmeticVersion: 1000 },
    { run: { seal: 'ab'.repeat(32), state: 'cd'.repeat(32) } },
    { model: { name: '\u202eevil\u0007', files: of(receipt.model.files.toReversed(), []) } },
  );
  return { ...receipt, ...changed };
}

/** What is signed. */
const payloadOf = (statement: string) => (JSON.parse(statement) as { payload: string }).payload;

test(`${CASES} receipts that a hostile server has signed: no lie holds, and none crashes the auditor`, async () => {
  const seed = Number(process.env.JIKJI_TEST_SEED ?? Math.floor(Math.random() * 2 ** 31));
  const random = new Random(seed);
  const body = { model: 'tuned', prompt: 'hello', nonce: 'h', n: 2, max_tokens: 12, response_format: JSON_FORMAT };
  const saved = await asked({ ...body, return_token_ids: true });
  const text = readFileSync(saved.receipt, 'utf8');
  const ids = (JSON.parse(saved.text) as Body).choices.map((choice) => choice.token_ids);
  const given = [{}, { response: undefined }, { request: undefined }, { request: undefined, response: undefined }];
  for (let i = 0; i < CASES; i++) {
    const before = structuredClone(readReceipt(text, 'receipt').receipt);
    const changed = strange(before, random);
    // Some are signed as they are, some with chains over other ids.
    const isChained = random.below(2) === 0 && changed.answers.length === ids.length;
    const own = ids.map((list) => (random.below(2) === 0 ? list : [...list, random.below(300)]));
    const receipt = fileOf(
      bench.folder,
      isChained ? forged(text, signer, { change: () => changed, ids: own }) : signReceipt(changed, signer),
    );
    const isHonest = payloadOf(readFileSync(receipt, 'utf8')) === payloadOf(text);
    for (const files of given) {
      const found = await audited(saved, modelOf('tuned'), { receipt, ...files });
      const about = `seed ${seed}, case ${i}: ${JSON.stringify(found.checks)}`;
      expect(['refuted', 'incomplete', 'holds'], about).toContain(found.verdict);
      // What may hold all the same: a run that nobody has here, a client that is said to have left, and what is the honest receipt again.
      const isWord = changed.run !== null || changed.answers.some(({ ended }) => ended === 'client-gone');
      if (!('request' in files) && !isWord && !isHonest) expect(found.verdict, about).not.toBe('holds');
    }
  }
}, 3_600_000);
