// Receipts: every digest computed again from docs/receipts.md with Node's own SHA-256; and files that somebody has changed.

import { createHash, createPublicKey, verify } from 'node:crypto';
import { expect, test } from 'vitest';
import { JikjiError } from '../base/index.ts';
import { HOSTILE, mutateJson, Random } from '../base/testing/mutate.ts';
import { canonicalJson } from './canonical.ts';
import { type Receipt, readReceipt, seedOfNonce, signReceipt } from './receipt.ts';
import { NONCE } from './receipt-shape.ts';
import { preAuthentication } from './statement.ts';
import { madeUpReceipt } from './testing/receipt.ts';
import { key } from './testing/register.ts';

const CASES = process.env.JIKJI_TORTURE ? 20_000 : 600;
const server = key();
const text = signReceipt(madeUpReceipt(server), server);
const read = (of: string) => readReceipt(of, 'receipt.json');

/** As docs/receipts.md has it: SHA-256 of some bytes, in hex. */
const sha = (...parts: (string | Uint8Array)[]): string =>
  parts.reduce((hash, part) => hash.update(part), createHash('sha256')).digest('hex');

/** Ids as 32-bit little-endian integers. */
const bytes = (...ids: number[]): Uint8Array => new Uint8Array(Uint32Array.from(ids).buffer);

test('every digest of a receipt, from the page that defines them', () => {
  const { receipt, model, request, keyid, digest } = read(text);
  expect(receipt).toEqual(madeUpReceipt(server));
  expect(keyid).toBe(sha(server.publicKey));
  expect(digest).toBe(sha(text));
  const lines = ['config', 'tokenizer', 'model.safetensors'].map((name) => `${sha(name)}  ${name}\n`);
  expect(model).toBe(sha(lines.join('')));
  expect(receipt.request.prompts).toEqual([{ tokens: 3, digest: sha(bytes(0, 601, 70_000)) }]);
  // Canonical JSON, written out by hand.
  const parameters =
    '{"ends":[0],"frequencyPenalty":0.5,"logitBias":[{"bias":-100,"id":7}],"maxTokens":5,"minP":0,"presencePenalty":0,' +
    '"repetitionPenalty":1.1,"schema":null,"stop":["\\n\\n","끝"],"temperature":0.7,"topK":40,"topP":0.95}';
  const prompts = `[{"digest":"${sha(bytes(0, 601, 70_000))}","tokens":3}]`;
  expect(request).toBe(sha(`{"chatTemplate":null,"n":2,"parameters":${parameters},"prompts":${prompts}}`));
  const start = (answer: number, seed: number): string =>
    sha(
      `{"answer":${answer},"arithmeticVersion":1,"model":"${model}","nonce":"a nonce","request":"${request}","run":null,` +
        `"seed":${seed},"seedFrom":"client"}`,
    );
  let link = start(0, 41);
  for (const id of [5, 70_001, 9]) link = sha(Buffer.from(link, 'hex'), bytes(id));
  expect(receipt.answers.map(({ head }) => head)).toEqual([link, start(1, 42)]);
});

test('the statement is DSSE and in-toto, verified by OpenSSL through Node', () => {
  const { payload, payloadType, signatures } = JSON.parse(text);
  const bytes = Buffer.from(payload, 'base64');
  const signed = Buffer.concat([Buffer.from(`DSSEv1 ${payloadType.length} ${payloadType} ${bytes.length} `), bytes]);
  const publicKey = createPublicKey({ key: server.publicKey, format: 'der', type: 'spki' });
  expect(verify('sha256', signed, publicKey, Buffer.from(signatures[0].sig, 'base64'))).toBe(true);
  expect(JSON.parse(bytes.toString())).toMatchObject({
    predicateType: 'urn:jikji:receipt:1',
    subject: [{ name: 'model' }, { name: 'request' }],
  });
});

test('a seed that follows from a nonce', () => {
  const [model, request] = [sha('model'), sha('request')];
  const own = sha(`{"model":"${model}","nonce":"n \\"1\\"","request":"${request}"}`);
  expect(seedOfNonce({ model, request, nonce: 'n "1"' })).toBe(Number(BigInt(`0x${own.slice(0, 12)}`)));
  const seeds = ['n "2"', 'n "1" '].map((nonce) => seedOfNonce({ model, request, nonce }));
  expect(new Set([...seeds, seedOfNonce({ model: request, request: model, nonce: 'n "1"' })]).size).toBe(3);
  expect(['', 'a\n', '\ud800', 'x'.repeat(129)].filter((nonce) => NONCE.test(nonce))).toEqual([]);
  expect(['a', '끝'.repeat(128), '😀'.repeat(128)].every((nonce) => NONCE.test(nonce))).toBe(true);
});

test.each([
  ['no prompt', (r: Receipt) => ({ ...r, request: { ...r.request, prompts: [] }, answers: [] })],
  ['an answer too few', (r: Receipt) => ({ ...r, answers: r.answers.slice(1) })],
  [
    'a temperature that no request has',
    (r: Receipt) => ({ ...r, request: { ...r.request, parameters: { ...r.request.parameters, temperature: -1 } } }),
  ],
  ['a guessable id', (r: Receipt) => ({ ...r, id: '7' })],
  ['another member', (r: Receipt) => ({ ...r, text: 'hello' }) as Receipt],
])('signed, and refused all the same: %s', (_, change) => {
  expect(() => read(signReceipt(change(madeUpReceipt(server)), server))).toThrow(JikjiError);
});

test('a key that is not the one in it, and subjects of another receipt', () => {
  expect(() => read(signReceipt(madeUpReceipt(server), key()))).toThrow('signed by another key');
  const envelope = JSON.parse(text);
  const other = JSON.parse(signReceipt(madeUpReceipt(server, { id: 'f'.repeat(32) }), server));
  expect(() => read(`${JSON.stringify({ ...envelope, payload: other.payload })}\n`)).toThrow('does not verify');
});

test(`${CASES} changed files, some of them signed again: no error but that of a broken statement`, () => {
  const seed = Number(process.env.JIKJI_TEST_SEED ?? Math.floor(Math.random() * 2 ** 31));
  const random = new Random(seed);
  const { payload: original, ...envelope } = JSON.parse(text);
  const outcomes = { read: 0, refused: 0 };
  for (let i = 0; i < CASES; i++) {
    const isSigned = random.below(2) === 0;
    const payload = Buffer.from(mutateJson(JSON.parse(Buffer.from(original, 'base64').toString()), HOSTILE, random));
    const [{ keyid, sig }] = envelope.signatures;
    const signature = isSigned ? server.sign(preAuthentication(payload)).toString('base64') : sig;
    const inside = canonicalJson({
      ...envelope,
      payload: payload.toString('base64'),
      signatures: [{ keyid, sig: signature }],
    });
    const changed = isSigned || random.below(2) === 0 ? inside : mutateJson(JSON.parse(text), HOSTILE, random);
    if (`${changed}\n` === text) continue;
    try {
      read(`${changed}\n`);
      expect(isSigned, `seed ${seed}, case ${i}`).toBe(true);
      outcomes.read++;
    } catch (error) {
      expect(error, `seed ${seed}, case ${i}: ${payload.toString().slice(0, 300)}`).toMatchObject({
        code: 'statement-broken',
      });
      outcomes.refused++;
    }
  }
  expect(outcomes.refused).toBeGreaterThan(CASES / 2);
});
