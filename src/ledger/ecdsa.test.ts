// Signatures have one form; openssl agrees on what is signed and makes signatures that verify in that form.

import { execFileSync, spawnSync } from 'node:child_process';
import { createPublicKey, generateKeyPairSync, verify } from 'node:crypto';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, expect, test } from 'vitest';
import { skipped } from '../base/testing/skipped.ts';
import { publicKeyFrom, signBytes, verifyBytes } from './ecdsa.ts';

const N = 0xffffffff00000000ffffffffffffffffbce6faada7179e84f3b9cac2fc632551n;
const { privateKey, publicKey } = generateKeyPairSync('ec', { namedCurve: 'prime256v1' });
const data = Buffer.from('these weights');

const folder = mkdtempSync(join(tmpdir(), 'jikji-ecdsa-'));
afterAll(() => rmSync(folder, { recursive: true, force: true }));
const openssl = spawnSync('openssl', ['version']).status === 0;
skipped('openssl', openssl ? undefined : 'it is not installed');

/** The two numbers of a DER signature. */
function numbers(signature: Buffer): [r: bigint, s: bigint] {
  const r = signature.subarray(4, 4 + signature[3]!);
  const s = signature.subarray(6 + signature[3]!);
  return [BigInt(`0x${r.toString('hex')}`), BigInt(`0x${s.toString('hex')}`)];
}

/** A DER INTEGER with `zeros` needless zeros before it. */
function integer(x: bigint, zeros = 0): Buffer {
  let hex = x.toString(16);
  if (hex.length % 2) hex = `0${hex}`;
  if (Number.parseInt(hex[0]!, 16) >= 8) hex = `00${hex}`;
  const body = Buffer.concat([Buffer.alloc(zeros), Buffer.from(hex, 'hex')]);
  return Buffer.concat([Buffer.from([2, body.length]), body]);
}

const sequence = (...parts: Buffer[]): Buffer => {
  const body = Buffer.concat(parts);
  return Buffer.concat([Buffer.from([0x30, body.length]), body]);
};

test('it signs with low s, whatever comes out of the generator', () => {
  for (let i = 0; i < 200; i++) {
    const signature = signBytes(privateKey, data);
    const [, s] = numbers(signature);
    expect(s <= N / 2n).toBe(true);
    expect(verifyBytes(publicKey, data, signature)).toBe(true);
    expect(verify('sha256', data, publicKey, signature)).toBe(true);
    expect(verifyBytes(publicKey, Buffer.from('other weights'), signature)).toBe(false);
  }
});

test('the other s, which is as valid, is refused', () => {
  const [r, s] = numbers(signBytes(privateKey, data));
  const high = sequence(integer(r), integer(N - s));
  expect(verify('sha256', data, publicKey, high)).toBe(true);
  expect(verifyBytes(publicKey, data, high)).toBe(false);
});

test('every other spelling is refused', () => {
  const signature = signBytes(privateKey, data);
  const [r, s] = numbers(signature);
  expect(sequence(integer(r), integer(s))).toEqual(signature);
  const body = signature.subarray(2);
  const spellings = {
    'a zero before r': sequence(integer(r, 1), integer(s)),
    'a zero before s': sequence(integer(r), integer(s, 1)),
    'a long length': Buffer.concat([Buffer.from([0x30, 0x81, body.length]), body]),
    'an indefinite length': Buffer.concat([Buffer.from([0x30, 0x80]), body, Buffer.from([0, 0])]),
    'bytes behind': Buffer.concat([signature, Buffer.from([0])]),
    'bytes behind, counted': sequence(integer(r), integer(s), Buffer.from([5, 0])),
    'cut off': signature.subarray(0, -1),
    'raw numbers': Buffer.from(r.toString(16).padStart(64, '0') + s.toString(16).padStart(64, '0'), 'hex'),
    'r and the order': sequence(integer(r + N), integer(s)),
    's and the order': sequence(integer(r), integer(s + N)),
    'r zero': sequence(integer(0n), integer(s)),
    's zero': sequence(integer(r), integer(0n)),
    'both zero': sequence(integer(0n), integer(0n)),
    'r negative': sequence(Buffer.from([2, 1, 0x81]), integer(s)),
    'an empty r': sequence(Buffer.from([2, 0]), integer(s)),
    'a set': Buffer.concat([Buffer.from([0x31]), signature.subarray(1)]),
    nothing: Buffer.alloc(0),
  };
  for (const [what, other] of Object.entries(spellings)) expect(verifyBytes(publicKey, data, other), what).toBe(false);
});

test('a flip of any bit is refused', () => {
  const signature = signBytes(privateKey, data);
  for (let bit = 0; bit < 8 * signature.length; bit++) {
    const other = Buffer.from(signature);
    other[bit >> 3]! ^= 1 << (bit & 7);
    expect(verifyBytes(publicKey, data, other), `bit ${bit}`).toBe(false);
  }
});

test('only P-256 keys in their one form are keys', () => {
  const spki = publicKey.export({ format: 'der', type: 'spki' });
  expect(publicKeyFrom(spki)?.equals(publicKey)).toBe(true);
  const others = {
    'another curve': generateKeyPairSync('ec', { namedCurve: 'secp384r1' }).publicKey,
    'another curve of 256 bits': generateKeyPairSync('ec', { namedCurve: 'secp256k1' }).publicKey,
    rsa: generateKeyPairSync('rsa', { modulusLength: 1024 }).publicKey,
    ed25519: generateKeyPairSync('ed25519').publicKey,
  };
  for (const [what, key] of Object.entries(others)) {
    expect(publicKeyFrom(key.export({ format: 'der', type: 'spki' })), what).toBeUndefined();
  }
  expect(publicKeyFrom(Buffer.concat([spki, Buffer.from([0])]))).toBeUndefined();
  expect(publicKeyFrom(spki.subarray(0, -1))).toBeUndefined();
  expect(publicKeyFrom(Buffer.alloc(0))).toBeUndefined();
  // The same point, its y left out.
  const compressed = Buffer.concat([
    spki.subarray(0, -65),
    Buffer.from([2 + (spki.at(-1)! & 1)]),
    spki.subarray(-64, -32),
  ]);
  compressed[1]! -= 32;
  compressed[24]! -= 32;
  expect(createPublicKey({ key: compressed, format: 'der', type: 'spki' }).equals(publicKey)).toBe(true);
  expect(publicKeyFrom(compressed)).toBeUndefined();
});

test.skipIf(!openssl)('openssl verifies ours; its own verify in their one form', () => {
  const at = (name: string): string => join(folder, name);
  writeFileSync(at('key.pem'), privateKey.export({ format: 'pem', type: 'pkcs8' }));
  writeFileSync(at('pub.pem'), publicKey.export({ format: 'pem', type: 'spki' }));
  writeFileSync(at('data'), data);
  writeFileSync(at('ours'), signBytes(privateKey, data));
  const check = ['dgst', '-sha256', '-verify', at('pub.pem'), '-signature', at('ours'), at('data')];
  expect(execFileSync('openssl', check, { encoding: 'utf8' })).toBe('Verified OK\n');
  let high = 0;
  for (let i = 0; i < 12; i++) {
    const theirs = execFileSync('openssl', ['dgst', '-sha256', '-sign', at('key.pem'), at('data')]);
    const [r, s] = numbers(theirs);
    if (s > N / 2n) high++;
    expect(verifyBytes(publicKey, data, theirs)).toBe(s <= N / 2n);
    expect(verifyBytes(publicKey, data, sequence(integer(r), integer(s > N / 2n ? N - s : s)))).toBe(true);
  }
  expect(high).toBeLessThan(12); // all of them high: one chance in 4,096
});
