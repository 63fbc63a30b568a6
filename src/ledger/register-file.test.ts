// A register in a file: what stays of it when the process that writes it dies at any moment, and when several write at once.
// JIKJI_TORTURE kills 200 of them.

import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, readdirSync, readFileSync, rmSync, statSync, truncateSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { afterAll, expect, test } from 'vitest';
import { sha256Hex } from './digest.ts';
import { loadSigner, newKey } from './keys.ts';
import { Register } from './register.ts';
import { lodgeInFile, readRegisterText, registerFile } from './register-file.ts';
import { headOf, key, requestOf } from './testing/register.ts';

const folder = mkdtempSync(join(tmpdir(), 'jikji-register-'));
afterAll(() => rmSync(folder, { recursive: true }));
let count = 0;
const fresh = (): string => join(folder, `r${count++}`, 'register.jsonl');
const office = key();
const maker = key();
const RUN = sha256Hex('run');
const read = (path: string): Register => Register.read(readRegisterText(path), path);

test('it is begun, goes on, and answers the same with the same', async () => {
  const path = fresh();
  const request = requestOf(maker, 'a');
  const first = await lodgeInFile(path, request, office);
  expect(first).toMatchObject({ fresh: true, entry: { entry: 1, answer: 1 } });
  expect(await lodgeInFile(path, request, office)).toEqual({ ...first, fresh: false });
  const second = await lodgeInFile(path, requestOf(maker, 'a', '2026-02-02T03:04:05.678Z'), office);
  expect(second).toMatchObject({ fresh: true, entry: { entry: 2, answer: 2 } });
  expect(read(path).entries).toEqual([first.entry, second.entry]);
  expect(read(path).head).toBe(second.head);
  expect(readdirSync(join(path, '..'))).toEqual(['register.jsonl']);
});

test('the register of another office, and a file that is none, are not touched', async () => {
  const path = fresh();
  await lodgeInFile(path, requestOf(maker, 'a'), office);
  const before = readFileSync(path);
  await expect(lodgeInFile(path, requestOf(maker, 'b'), key())).rejects.toMatchObject({
    code: 'register-other-office',
  });
  expect(readFileSync(path)).toEqual(before);
  for (const text of ['a note without an end', 'two\nlines\n', `${before}more\n`]) {
    writeFileSync(path, text);
    await expect(lodgeInFile(path, requestOf(maker, 'b'), office)).rejects.toMatchObject({ code: 'register-broken' });
    expect(readFileSync(path, 'utf8')).toBe(text);
  }
});

test('cut off at 200 places, as a crash may leave it: the whole lines stay, and it goes on', async () => {
  const path = fresh();
  for (let i = 1; i <= 3; i++) await lodgeInFile(path, headOf(maker, RUN, i), office);
  const whole = readFileSync(path);
  const lines = whole.toString().split('\n').slice(0, -1);
  const begins = lines.map((_, i) => lines.slice(0, i + 1).join('\n').length + 1); // where line i has ended
  for (let i = 0; i < 200; i++) {
    const length = Math.floor((whole.length * i) / 199);
    writeFileSync(path, whole.subarray(0, length));
    const stay = begins.filter((end) => end <= length).length; // whole lines, the header too
    const { entry } = await lodgeInFile(path, headOf(maker, RUN, 100 + i), office);
    expect(entry.entry, `${length} bytes`).toBe(Math.max(1, stay));
    const found = read(path);
    expect(found.entries.map(({ step }) => step)).toEqual([...[1, 2, 3].slice(0, Math.max(0, stay - 1)), 100 + i]);
  }
});

/** A process that lodges heads from `step` on, and says each when it is answered. */
function writer(path: string, step: number, every: number, most = 1e9) {
  const at = (name: string) => JSON.stringify(new URL(name, import.meta.url).href);
  const script = `const { lodgeInFile } = await import(${at('./register-file.ts')});
const { headOf } = await import(${at('./testing/register.ts')});
const { loadSigner } = await import(${at('./keys.ts')});
const [office, maker] = [loadSigner('office'), loadSigner('maker')];
for (let i = 0; i < ${most}; i++) {
  const { entry } = await lodgeInFile(${JSON.stringify(path)}, headOf(maker, '${RUN}', ${step} + i * ${every}), office);
  console.log(JSON.stringify([entry.step, entry.link]));
}`;
  const env = { ...process.env, XDG_CONFIG_HOME: join(folder, 'config') };
  return spawn(process.execPath, ['--input-type=module', '-e', script], { env, stdio: ['ignore', 'pipe', 'inherit'] });
}

function withKeys(): void {
  const before = process.env.XDG_CONFIG_HOME;
  process.env.XDG_CONFIG_HOME = join(folder, 'config');
  try {
    for (const name of ['office', 'maker'])
      try {
        loadSigner(name);
      } catch {
        newKey(name);
      }
  } finally {
    process.env.XDG_CONFIG_HOME = before;
  }
}

test('killed while it writes: what was answered is there, and it goes on', { timeout: 600_000 }, async () => {
  withKeys();
  const path = fresh();
  const answered: [number, string][] = [];
  const kills = process.env.JIKJI_TORTURE ? 200 : 4;
  for (let kill = 0; kill < kills; kill++) {
    const child = writer(path, 1 + kill * 1000, 1);
    const heard = 1 + (kill % 5);
    let lines = 0;
    for await (const line of createInterface({ input: child.stdout })) {
      answered.push(JSON.parse(line)); // also those that it said before it died
      if (++lines === heard) child.kill('SIGKILL');
    }
    if (child.exitCode === null && child.signalCode === null) await once(child, 'exit');
    const text = readFileSync(path, 'utf8');
    const whole = Register.read(text.slice(0, text.lastIndexOf('\n') + 1), path);
    const links = new Map(whole.entries.map(({ step, link }) => [step, link]));
    for (const [step, link] of answered) expect(links.get(step)).toBe(link);
  }
  expect(answered.length).toBeGreaterThanOrEqual(kills);
});

test('four processes at once: no entry is lost, and none stands twice', async () => {
  withKeys();
  const path = fresh();
  const children = [1, 2, 3, 4].map((first) => writer(path, first, 4, 10));
  for (const child of children) child.stdout.resume();
  const codes = await Promise.all(children.map(async (child) => (await once(child, 'exit'))[0]));
  expect(codes).toEqual([0, 0, 0, 0]);
  const steps = read(path).entries.map(({ step }) => step!);
  expect(steps.toSorted((a, b) => a - b)).toEqual(Array.from({ length: 40 }, (_, i) => i + 1));
  expect(readdirSync(join(path, '..'))).toEqual(['register.jsonl']);
});

test('where it lies if nobody says otherwise', () => {
  const before = process.env.XDG_STATE_HOME;
  process.env.XDG_STATE_HOME = join(folder, 'state');
  try {
    expect(registerFile(office.fingerprint)).toBe(
      join(folder, 'state', 'jikji', 'registers', `${office.fingerprint}.jsonl`),
    );
  } finally {
    if (before === undefined) delete process.env.XDG_STATE_HOME;
    else process.env.XDG_STATE_HOME = before;
  }
});

test('no such file, a folder, a file that is far too large', () => {
  expect(() => readRegisterText(join(folder, 'none'))).toThrow(expect.objectContaining({ code: 'register-missing' }));
  expect(() => readRegisterText(folder)).toThrow(expect.objectContaining({ code: 'register-missing' }));
  const large = join(folder, 'large');
  writeFileSync(large, '');
  // Sparse: it takes no room.
  truncateSync(large, 1 << 30);
  expect(statSync(large).size).toBe(1 << 30);
  expect(() => readRegisterText(large)).toThrow(expect.objectContaining({ code: 'register-broken' }));
});
