// Statements: what is signed is what DSSE says, and everything but the one right form of a file is refused.

import { spawnSync } from 'node:child_process';
import { expect, test } from 'vitest';
import { canonicalJson, type Json } from './canonical.ts';
import { seedHex, seedOfLodging } from './seed.ts';
import { type Predicate, parseStatement, preAuthentication, signStatement } from './statement.ts';
import { key } from './testing/register.ts';

const maker = key();
const other = key();
const DIGEST = 'ab'.repeat(32);

const genesis = (): Predicate<'genesis'> => ({
  formatVersion: 2,
  commitment: {
    arithmeticVersion: 1,
    recipe: DIGEST,
    corpusManifest: DIGEST,
    corpusRoot: DIGEST,
    tokensManifest: DIGEST,
    tokensRoot: DIGEST,
    tokenizer: DIGEST,
    seed: '0000000000000561',
    stateRoot: DIGEST,
    steps: 20,
    checkpoints: [10, 20],
    kept: [20],
    makerKey: maker.publicKey.toString('base64'),
    lodging: null,
  },
  circumstances: {
    time: '2026-01-02T03:04:05.678Z',
    device: 'a machine',
    threads: 2,
    node: '24.0.0',
    v8: '13.6',
    version: '0.1.0',
    code: DIGEST,
  },
});

const text = (): string => signStatement('genesis', [['recipe', DIGEST]], genesis(), maker);
const refusal = (file: string, kind: 'genesis' | 'seal' = 'genesis'): unknown => {
  try {
    parseStatement(file, kind, 'genesis.json');
  } catch (error) {
    return error;
  }
  return undefined;
};
const refused = (file: string, what: string | RegExp): void => {
  const error = refusal(file);
  expect(error, String(what)).toMatchObject({ code: 'statement-broken', input: 'genesis.json' });
  expect((error as Error).message).toMatch(what);
};

/** A file whose payload is this text, signed all the same. */
function signed(payload: string, signer = maker, envelope: Record<string, Json> = {}): string {
  const bytes = Buffer.from(payload);
  const sig = signer.sign(preAuthentication(bytes)).toString('base64');
  return `${canonicalJson({
    payload: bytes.toString('base64'),
    payloadType: 'application/vnd.in-toto+json',
    signatures: [{ keyid: signer.fingerprint, sig }],
    ...envelope,
  })}\n`;
}

const payloadOf = (file: string): string => Buffer.from(JSON.parse(file).payload, 'base64').toString();

test("what is signed is DSSE's pre-authentication encoding, as its specification shows it", () => {
  const spec = 'DSSEv1 29 http://example.com/HelloWorld 11 hello world';
  expect(preAuthentication(Buffer.from('hello world'), 'http://example.com/HelloWorld').toString()).toBe(spec);
  // Lengths are of bytes, not of letters.
  expect(preAuthentication(Buffer.from('직지')).toString()).toBe('DSSEv1 28 application/vnd.in-toto+json 6 직지');
});

test('what was signed is read back', () => {
  const found = parseStatement(text(), 'genesis', 'genesis.json');
  expect(found.predicate).toEqual(genesis());
  expect([...found.subjects]).toEqual([['recipe', DIGEST]]);
  expect(found.keyid).toBe(maker.fingerprint);
  expect(JSON.parse(payloadOf(text()))).toMatchObject({
    _type: 'https://in-toto.io/Statement/v1',
    predicateType: 'urn:jikji:genesis:2',
    subject: [{ name: 'recipe', digest: { sha256: DIGEST } }],
  });
});

test('sizes stand beside the digests of files', () => {
  const file = signStatement(
    'genesis',
    [
      ['recipe', DIGEST],
      ['tokenizer', DIGEST, 4711],
    ],
    genesis(),
    maker,
  );
  expect(JSON.parse(payloadOf(file))).toMatchObject({
    predicateType: 'urn:jikji:genesis:2',
    subject: [{ name: 'recipe' }, { name: 'tokenizer', annotations: { size: 4711 } }],
  });
  const found = parseStatement(file, 'genesis', 'genesis.json');
  expect([...found.sizes]).toEqual([['tokenizer', 4711]]);
  expect([...found.subjects.keys()]).toEqual(['recipe', 'tokenizer']);
});

test('a head, which is of version 1, states no sizes', () => {
  const predicate = {
    ...{ formatVersion: 1 as const, makerKey: maker.publicKey.toString('base64'), run: DIGEST, step: 3 },
    time: '2026-01-02T03:04:05.678Z',
  };
  const head = (size?: number) => signStatement('head', [['head', DIGEST, size]], predicate, maker);
  expect(parseStatement(head(), 'head', 'head.json').predicate).toEqual(predicate);
  expect(() => parseStatement(head(1), 'head', 'head.json')).toThrow('a statement of version 1 has no sizes');
});

test.each(['request', 'genesis', 'seal'] as const)(
  'a %s of version 1 is not read, and the error says what to do',
  (kind) => {
    const { makerKey } = genesis().commitment;
    const predicate = kind === 'genesis' ? { ...genesis(), formatVersion: 1 } : { formatVersion: 1, makerKey };
    const file = signStatement(kind, [['recipe', DIGEST]], predicate as never, maker);
    expect(JSON.parse(payloadOf(file)).predicateType).toBe(`urn:jikji:${kind}:1`);
    expect(() => parseStatement(file, kind, 'file.json')).toThrow(
      expect.objectContaining({
        ...{ code: 'statement-broken', input: 'file.json' },
        message: `it is a ${kind} of format version 1, which no release wrote and which is not read: the run has to be made again`,
        ko: expect.objectContaining({ message: expect.stringMatching(/형식 1판.*학습을 다시 만들어야 합니다/) }),
      }),
    );
  },
);

/** The payload with one change, signed with the right key: only its shape is wrong. */
test.each<[string, (value: Record<string, never>) => void, RegExp]>([
  ['a member more', (v) => Object.assign(v, { extra: 1 }), /unknown member "extra"/],
  ['a member more in the predicate', (v) => Object.assign(v.predicate, { extra: 1 }), /unknown member "extra"/],
  ['a member more in the commitment', (v) => Object.assign(at(v, 'commitment'), { a: 1 }), /unknown member "a"/],
  ['a member less', (v) => void delete (v as Record<string, unknown>).subject, /has no subject/],
  ['no version', (v) => void delete (v.predicate as Record<string, unknown>).formatVersion, /has no formatVersion/],
  ['a version to come', (v) => Object.assign(v.predicate, { formatVersion: 4 }), /formatVersion is not one of \[2,3\]/],
  [
    'another version than its type',
    (v) => Object.assign(v, { predicateType: 'urn:jikji:genesis:3' }),
    /a predicate of version 2/,
  ],
  [
    'a size of half a byte',
    (v) => Object.assign(v, { subject: [{ name: 'x', digest: { sha256: DIGEST }, annotations: { size: 0.5 } }] }),
    /whole number/,
  ],
  ['no seed', (v) => void delete at(v, 'commitment').seed, /has no seed/],
  ['a seed in capitals', (v) => Object.assign(at(v, 'commitment'), { seed: '000000000000ABCD' }), /16 hex digits/],
  ['no steps', (v) => Object.assign(at(v, 'commitment'), { steps: 0 }), /whole number from 1/],
  ['half a step', (v) => Object.assign(at(v, 'commitment'), { steps: 1.5 }), /whole number/],
  ['too many steps', (v) => Object.assign(at(v, 'commitment'), { steps: 1e10 }), /whole number/],
  ['a time elsewhere', (v) => Object.assign(at(v, 'circumstances'), { time: '2026-01-02T03:04:05Z' }), /a time in UTC/],
  ['a day that is none', (v) => Object.assign(at(v, 'circumstances'), { time: '2026-02-30T03:04:05.678Z' }), /a time/],
  [
    'a clock beyond 23:59',
    (v) => Object.assign(at(v, 'circumstances'), { time: '2026-01-02T99:99:99.999Z' }),
    /a time/,
  ],
  ['a device of two lines', (v) => Object.assign(at(v, 'circumstances'), { device: 'a\nb' }), /a short text/],
  ['a list for an object', (v) => Object.assign(v, { predicate: [] }), /is not an object/],
  ['another type', (v) => Object.assign(v, { _type: 'https://in-toto.io/Statement/v0.1' }), /_type is not/],
  ['another kind', (v) => Object.assign(v, { predicateType: 'urn:jikji:seal:1' }), /not urn:jikji:genesis/],
  ['another algorithm', (v) => Object.assign(v, { subject: [{ name: 'x', digest: { sha1: '00' } }] }), /sha1/],
  [
    'two of one name',
    (v) => Object.assign(v, { subject: [0, 0].map(() => ({ name: 'x', digest: { sha256: DIGEST } })) }),
    /two subjects have one name/,
  ],
])('%s is refused', (_, change, what) => {
  const value = JSON.parse(payloadOf(text()));
  change(value);
  refused(signed(canonicalJson(value)), what);
});

function at(value: Record<string, unknown>, name: string): Record<string, unknown> {
  return (value.predicate as Record<string, Record<string, unknown>>)[name]!;
}

test('a payload in any other spelling is refused, though it is signed and says the same', () => {
  const payload = payloadOf(text());
  const spellings = {
    'white space': payload.replace(',', ', '),
    'a newline at its end': `${payload}\n`,
    'another order': payload.replace(/^\{("_type":"[^"]*"),(.*)\}$/, '{$2,$1}'),
    'an escape': payload.replace('"_type"', '"\\u005ftype"'),
    'another number': payload.replace('"steps":20', '"steps":20.0'),
    'an exponent': payload.replace('"steps":20', '"steps":2e1'),
    'a byte order mark': `\ufeff${payload}`,
    'a member twice': payload.replace('"steps":20', '"steps":20,"steps":20'),
    'a member twice, the first another': payload.replace('"steps":20', '"steps":9,"steps":20'),
  };
  for (const [what, spelling] of Object.entries(spellings)) {
    expect(spelling, what).not.toBe(payload);
    refused(signed(spelling), /canonical form|not JSON/);
  }
});

test('an envelope in any other form is refused', () => {
  const file = text();
  const envelope = JSON.parse(file);
  const line = file.slice(0, -1);
  const [signature] = envelope.signatures;
  const sealed = (value: Json): string => `${canonicalJson(value)}\n`;
  refused(line, /newline/);
  refused(`${file}\n`, /not JSON|canonical/);
  refused(` ${file}`, /canonical/);
  refused(line.replace('"payload"', '"payload":"","payload"').concat('\n'), /canonical/);
  refused(sealed({ ...envelope, more: 1 }), /unknown member "more"/);
  refused(sealed({ payload: envelope.payload, signatures: [signature] }), /has no payloadType/);
  refused(sealed({ ...envelope, payloadType: 'text/plain' }), /payloadType/);
  refused(sealed({ ...envelope, signatures: [] }), /./);
  refused(sealed({ ...envelope, signatures: [signature, signature] }), /at most 1/);
  refused(sealed({ ...envelope, signatures: [{ ...signature, cert: '' }] }), /unknown member "cert"/);
  for (const base64 of [
    `${envelope.payload}=`,
    `${envelope.payload} `,
    envelope.payload.replaceAll('=', ''),
    `A${envelope.payload}`,
  ]) {
    if (base64 !== envelope.payload) refused(sealed({ ...envelope, payload: base64 }), /base64|JSON|UTF-8/);
  }
  refused(sealed({ ...envelope, payload: Buffer.from([0x7b, 0xff, 0x7d]).toString('base64') }), /UTF-8/);
  refused('', /newline/);
  refused('null\n', /not an object/);
  refused(`${'['.repeat(200_000)}\n`, /not JSON|canonical/);
});

test('the key must be the one that the statement names', () => {
  refused(signed(payloadOf(text()), other), /another key/);
  const envelope = JSON.parse(signed(payloadOf(text()), other));
  const sig = envelope.signatures[0].sig;
  refused(signed(payloadOf(text()), maker, { signatures: [{ keyid: maker.fingerprint, sig }] }), /does not verify/);
  refused(
    signed(payloadOf(text()), maker, { signatures: [{ keyid: DIGEST, sig: JSON.parse(text()).signatures[0].sig }] }),
    /another key/,
  );
  const value = JSON.parse(payloadOf(text()));
  value.predicate.commitment.makerKey = Buffer.from('no key').toString('base64');
  refused(signed(canonicalJson(value)), /not a P-256 key/);
});

test('one kind is never taken for another', () => {
  expect(refusal(text(), 'seal')).toMatchObject({ code: 'statement-broken' });
});

test("a run's seed by hand: the office's nonce decides it", () => {
  const nonce = 'cd'.repeat(32);
  const input = Buffer.concat([Buffer.from(DIGEST, 'hex'), maker.publicKey, Buffer.from(nonce, 'hex')]);
  const openssl = spawnSync('openssl', ['dgst', '-sha256', '-r'], { input, encoding: 'utf8' });
  const seed = seedOfLodging(DIGEST, maker.publicKey.toString('base64'), nonce);
  if (openssl.status === 0) expect(seed).toBe(openssl.stdout.slice(0, 16));
  expect(seedOfLodging('00'.repeat(32), '', '00'.repeat(32))).toBe('f5a5fd42d16a2030'); // SHA-256 of 64 zeros
  expect(seedHex(1377)).toBe('0000000000000561');
  expect(seedHex(Number.MAX_SAFE_INTEGER)).toBe('001fffffffffffff');
});
