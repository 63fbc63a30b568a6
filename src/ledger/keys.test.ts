// Keys on disk: modes, passphrases, names, and many processes that want the same one at the same moment.

import { execFile, execFileSync } from 'node:child_process';
import { chmodSync, mkdtempSync, readdirSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import { publicKeyFrom, verifyBytes } from './ecdsa.ts';
import { defaultSigner, fingerprintOf, listKeys, loadSigner, newKey, ownsKey, showKey } from './keys.ts';

let config: string;
let keys: string;
beforeEach(() => {
  config = mkdtempSync(join(tmpdir(), 'jikji-keys-'));
  keys = join(config, 'jikji/keys');
  vi.stubEnv('XDG_CONFIG_HOME', config);
  vi.stubEnv('JIKJI_PASSPHRASE', undefined);
});
afterEach(() => {
  vi.unstubAllEnvs();
  rmSync(config, { recursive: true, force: true });
});

const mode = (path: string): number => statSync(path).mode & 0o777;
const code = (work: () => unknown): unknown => {
  try {
    work();
  } catch (error) {
    return (error as { code?: unknown }).code;
  }
  return undefined;
};

test.each([0o000, 0o022, 0o077])('the private half is 0600, its folder 0700, under umask %o', (umask) => {
  const before = process.umask(umask);
  try {
    newKey('mine');
  } finally {
    process.umask(before);
  }
  expect(mode(join(keys, 'mine.pem'))).toBe(0o600);
  expect(mode(keys)).toBe(0o700);
  expect(readdirSync(keys).sort()).toEqual(['mine.pem']); // no draft stays
});

test('what is made is shown, listed, loaded and owned', () => {
  const made = newKey('mine');
  expect(made).toMatchObject({ name: 'mine', protected: false });
  expect(showKey('mine')).toEqual(made);
  expect(listKeys()).toEqual([made]);
  const signer = loadSigner('mine');
  expect(signer.fingerprint).toBe(made.fingerprint);
  expect(fingerprintOf(signer.publicKey)).toBe(made.fingerprint);
  const data = Buffer.from('x');
  expect(verifyBytes(publicKeyFrom(signer.publicKey)!, data, signer.sign(data))).toBe(true);
  expect(ownsKey(made.fingerprint)).toBe(true);
  expect(ownsKey('00'.repeat(32))).toBe(false);
});

test.each([undefined, 'correct horse'])('openssl reads both halves from the file (passphrase %s)', (passphrase) => {
  const { publicKey } = newKey('mine', passphrase);
  const file = ['-in', join(keys, 'mine.pem')];
  const openssl = (args: string[]): string => execFileSync('openssl', ['pkey', ...args], { encoding: 'utf8' });
  expect(openssl([...file, '-pubin', '-pubout'])).toBe(publicKey);
  expect(openssl([...file, '-pubout', ...(passphrase ? ['-passin', `pass:${passphrase}`] : [])])).toBe(publicKey);
});

test('no key is written over', () => {
  newKey('mine');
  const before = readFileSync(join(keys, 'mine.pem'));
  expect(code(() => newKey('mine'))).toBe('key-exists');
  expect(readFileSync(join(keys, 'mine.pem'))).toEqual(before);
});

test('a passphrase: right, wrong, none, and never in the file', () => {
  const made = newKey('mine', 'correct horse');
  expect(made.protected).toBe(true);
  const pem = readFileSync(join(keys, 'mine.pem'), 'utf8');
  expect(pem).toContain('ENCRYPTED');
  expect(pem).not.toContain('correct horse');
  expect(showKey('mine')).toEqual(made); // without it
  expect(loadSigner('mine', 'correct horse').fingerprint).toBe(made.fingerprint);
  for (const wrong of ['Correct horse', 'x', undefined, '']) {
    expect(code(() => loadSigner('mine', wrong))).toBe('key-passphrase');
  }
});

test.each([0o644, 0o640, 0o604, 0o610, 0o666])('a key with mode %o is not used', (open) => {
  newKey('mine');
  chmodSync(join(keys, 'mine.pem'), open);
  expect(code(() => loadSigner('mine'))).toBe('key-open');
  chmodSync(join(keys, 'mine.pem'), 0o400);
  expect(code(() => loadSigner('mine'))).toBeUndefined();
});

test.each(['', '.', '..', '../x', 'a/b', 'a.b', '-x', ' x', 'x\0', 'x'.repeat(65), '열쇠'])('%j is no name', (name) => {
  for (const work of [() => newKey(name), () => showKey(name), () => loadSigner(name)])
    expect(code(work)).toBe('key-name');
  expect(listKeys()).toEqual([]);
});

test('what is no key is said to be none, and left out of the list', () => {
  expect(code(() => loadSigner('none'))).toBe('key-missing');
  expect(code(() => showKey('none'))).toBe('key-missing');
  const good = newKey('good');
  newKey('bad');
  writeFileSync(join(keys, 'bad.pem'), 'no key\n');
  expect(code(() => loadSigner('bad'))).toBe('key-broken');
  expect(code(() => showKey('bad'))).toBe('key-broken');
  expect(listKeys()).toEqual([good]);
  // A private half alone, and one with its public half cut off.
  const [whole] = readFileSync(join(keys, 'good.pem'), 'utf8').split('-----BEGIN PUBLIC');
  for (const half of [whole!, `${whole}-----BEGIN PUBLIC KEY-----\nMFk`]) {
    writeFileSync(join(keys, 'bad.pem'), half);
    expect(code(() => showKey('bad'))).toBe('key-broken');
    expect(listKeys()).toEqual([good]);
  }
});

test('the first use makes a key and says so once', () => {
  const said: string[] = [];
  const first = defaultSigner((text) => said.push(text));
  expect(said).toHaveLength(1);
  expect(said[0]).toContain(first.fingerprint.slice(0, 16));
  expect(defaultSigner((text) => said.push(text)).fingerprint).toBe(first.fingerprint);
  expect(said).toHaveLength(1);
});

test('eight processes want the first key at once: all have the same one', async () => {
  const module = fileURLToPath(new URL('./index.ts', import.meta.url));
  const script = `const { defaultSigner } = await import(${JSON.stringify(module)});
    let made = 0;
    const { fingerprint } = defaultSigner(() => made++);
    console.log(JSON.stringify({ fingerprint, made }));`;
  const args = ['--no-warnings', '--input-type=module', '-e', script];
  const run = promisify(execFile);
  const outputs = await Promise.all(Array.from({ length: 8 }, () => run(process.execPath, args)));
  const found = outputs.map(({ stdout }) => JSON.parse(stdout) as { fingerprint: string; made: number });
  expect(new Set(found.map((f) => f.fingerprint)).size).toBe(1);
  expect(found.reduce((sum, f) => sum + f.made, 0)).toBe(1);
  expect(showKey('default').fingerprint).toBe(found[0]!.fingerprint);
  expect(readdirSync(keys).sort()).toEqual(['default.pem']);
});
