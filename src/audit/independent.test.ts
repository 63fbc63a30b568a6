// Other tools compute the same digests and verify the same signatures: openssl, and Python code that follows docs/proof.md only.

import { execFileSync, spawnSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { skipped } from '../base/testing/skipped.ts';
import { digestOfJson, readStatement } from '../ledger/index.ts';
import { Bench, readRecords } from './testing/run.ts';

const bench = new Bench();
const folder = mkdtempSync(join(tmpdir(), 'jikji-independent-'));
let run: string;
beforeAll(async () => {
  run = await bench.make(bench.strangersKey('maker'), {
    model: { hiddenSize: 64, intermediateSize: 4200, numHiddenLayers: 1 }, // tensors of more than one leaf
    train: { steps: 4 },
  });
});
afterAll(() => {
  bench.remove();
  rmSync(folder, { recursive: true, force: true });
});

const there = (tool: string): boolean =>
  !skipped(tool, spawnSync(tool, ['--version']).status === 0 ? undefined : 'it is not installed');

test.skipIf(!there('openssl')).each(['genesis', 'seal'] as const)('openssl verifies the signature of %s', (kind) => {
  const envelope = JSON.parse(readFileSync(join(run, `${kind}.json`), 'utf8'));
  const payload = Buffer.from(envelope.payload, 'base64');
  const statement = JSON.parse(payload.toString());
  const key: string = statement.predicate.makerKey ?? statement.predicate.commitment.makerKey;
  const at = (name: string): string => join(folder, name);
  // By hand, as DSSE defines it, without our code.
  const type = 'application/vnd.in-toto+json';
  writeFileSync(at('pae'), Buffer.concat([Buffer.from(`DSSEv1 ${type.length} ${type} ${payload.length} `), payload]));
  writeFileSync(at('sig'), Buffer.from(envelope.signatures[0].sig, 'base64'));
  writeFileSync(at('pem'), `-----BEGIN PUBLIC KEY-----\n${key.replace(/.{64}/g, '$&\n')}\n-----END PUBLIC KEY-----\n`);
  const args = ['dgst', '-sha256', '-verify', at('pem'), '-signature', at('sig'), at('pae')];
  expect(execFileSync('openssl', args, { encoding: 'utf8' })).toBe('Verified OK\n');
  writeFileSync(at('pae'), Buffer.concat([readFileSync(at('pae')).subarray(0, -1), Buffer.from(' ')]));
  expect(spawnSync('openssl', args).status).toBe(1);
  const der = execFileSync('openssl', ['pkey', '-pubin', '-in', at('pem'), '-outform', 'DER']);
  const fingerprint = execFileSync('openssl', ['dgst', '-sha256', '-r'], { input: der, encoding: 'utf8' }).slice(0, 64);
  expect(fingerprint).toBe(envelope.signatures[0].keyid);
});

test.skipIf(!there('python3'))('Python code that follows docs/proof.md computes the same digests', () => {
  const script = fileURLToPath(new URL('../../checks/proof/roots.py', import.meta.url));
  const found = JSON.parse(execFileSync('python3', [script, run], { encoding: 'utf8' }));
  const { commitment } = readStatement(join(run, 'genesis.json'), 'genesis').predicate;
  const seal = readStatement(join(run, 'seal.json'), 'seal');
  const roots = readRecords(run).filter((record) => record.stateRoot !== undefined);
  expect(roots.map((record) => record.step)).toEqual([2, 4]);
  expect(found).toEqual({
    link0: digestOfJson(commitment as never),
    head: seal.predicate.head,
    corpusRoot: commitment.corpusRoot,
    tokensRoot: commitment.tokensRoot,
    states: Object.fromEntries(roots.map((record) => [record.step, record.stateRoot])),
  });
  expect(found.states[4]).toBe(seal.subjects.get('state'));
});
