// The Python of witness/ and this room agree on the forms of evidence: these vectors are what this room gives, the tests of witness/ hold
// Python to them, and what Python signed is read here.

import { createPrivateKey, createPublicKey } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { expect, test } from 'vitest';
import { canonicalJson, MerkleTree, nextLink, parseStatement, seedOfLodging, stateRoot } from './index.ts';
import { fingerprintOf } from './keys.ts';
import { readLodgeable } from './lodging.ts';
import { bytesOf } from './testing/make-witness-vectors.ts';

const read = (path: string) => JSON.parse(readFileSync(new URL(path, import.meta.url), 'utf8'));
const vectors = read('testing/witness-vectors.json');
const python = read('../../witness/tests/statements.json');

test('the vectors are what this room gives', () => {
  for (const { value, text } of vectors.canonical) expect(canonicalJson(value)).toBe(text);
  for (const [bits, text] of vectors.numbers) expect(canonicalJson(Buffer.from(bits, 'hex').readDoubleBE())).toBe(text);
  const tree = new MerkleTree();
  for (const [i, root] of vectors.trees.entries()) {
    expect(tree.root().toString('hex')).toBe(root);
    tree.add(Buffer.from(`leaf ${i}`));
  }
  for (const { step, tensors, root } of vectors.states) {
    const state = tensors.map(([name, shape]: [string, number[]]) => {
      const size = 4 * shape.reduce((a, b) => a * b, 1);
      return { name, dtype: 'F32' as const, shape, data: bytesOf(name, size) };
    });
    expect(stateRoot(step, state)).toBe(root);
  }
  let before = vectors.transcript.origin;
  for (const line of vectors.transcript.lines) {
    const { link, ...record } = JSON.parse(line);
    before = nextLink(before, canonicalJson(record));
    expect(canonicalJson({ ...record, link: before })).toBe(line);
  }
  const { recipe, key, nonce, seed } = vectors.seed;
  expect(seedOfLodging(recipe, key, nonce)).toBe(seed);
  expect(vectors.genesis.map(versionOf)).toEqual([1, 2]);
  const head = parseStatement(vectors.head, 'head', 'head');
  expect(parseStatement(vectors.lodging, 'lodging', 'lodging').subjects.get('head.json')).toBe(head.digest);
});

const versionOf = (text: string) => parseStatement(text, 'witness-genesis', 'genesis').predicate.formatVersion;

test('what Python signed is read here', () => {
  expect(python.genesis.map(versionOf)).toEqual([1, 2]);
  const [, declared] = python.genesis.map(
    (text: string) => parseStatement(text, 'witness-genesis', 'genesis').predicate,
  );
  expect(declared.commitment).toMatchObject({ averages: ['average.w'], buffers: ['seen'] });
  const request = parseStatement(python.statements.request, 'request', 'request.json');
  expect(request.keyid).toBe(python.fingerprint);
  expect([...request.sizes.keys()]).toEqual(['recipe.json', 'data.json', 'environment.json', 'code.json']);
  expect(readLodgeable(python.statements.request, undefined, 'request.json').kind).toBe('request');
  expect(readLodgeable(python.statements.head, undefined, 'head.json')).toMatchObject({ kind: 'head', step: 50 });
});

test('a key that Python made is opened here', () => {
  const key = createPrivateKey({ key: python.key, passphrase: python.passphrase });
  expect(fingerprintOf(createPublicKey(key).export({ format: 'der', type: 'spki' }))).toBe(python.fingerprint);
});
