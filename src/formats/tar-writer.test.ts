// The tar writer against GNU tar and our own reader.

import { spawnSync } from 'node:child_process';
import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { temporaryFolder } from '../base/testing/temporary-folder.ts';
import { readTar } from './tar.ts';
import { type TarInput, tarPieces } from './tar-writer.ts';

const root = temporaryFolder();

const FILES: Record<string, Buffer> = {
  'run/a.txt': Buffer.from('hello\n'),
  'run/block': Buffer.alloc(512, 7),
  'run/empty': Buffer.alloc(0),
  'run/large.bin': Buffer.from(Array.from({ length: 70_001 }, (_, i) => (i * i) % 251)),
  [`${'d'.repeat(90)}/${'e'.repeat(60)}/${'f'.repeat(90)}`]: Buffer.from('in the prefix'),
  [`${'long/'.repeat(60)}${'n'.repeat(120)}.txt`]: Buffer.from('in a pax header'),
  'run/글.txt': Buffer.from('가나다'),
};

const input = (path: string, bytes: Buffer): TarInput => ({
  path,
  size: bytes.length,
  pieces: function* () {
    for (let at = 0; at < bytes.length; at += 1000) yield bytes.subarray(at, at + 1000);
  },
});
const archive = (files: Record<string, Buffer>) =>
  Buffer.concat([...tarPieces(Object.entries(files).map(([path, bytes]) => input(path, bytes)))]);

test('GNU tar unpacks it to the same files', () => {
  writeFileSync(join(root, 'x.tar'), archive(FILES));
  mkdirSync(join(root, 'out'));
  const { status, stderr } = spawnSync('tar', ['-xf', '../x.tar'], {
    cwd: join(root, 'out'),
    encoding: 'utf8',
    env: { ...process.env, LC_ALL: 'C.UTF-8' },
  });
  expect({ status, stderr }).toEqual({ status: 0, stderr: '' });
  for (const [path, bytes] of Object.entries(FILES))
    expect(readFileSync(join(root, 'out', path)).equals(bytes)).toBe(true);
});

test('our own reader gives the same names, sizes and bytes, in order', async () => {
  const found: Record<string, Buffer> = {};
  async function* pieces() {
    yield archive(FILES);
  }
  for await (const entry of readTar(pieces(), 'x.tar')) {
    const parts: Buffer[] = [];
    for await (const piece of entry.body()) parts.push(Buffer.from(piece));
    found[entry.path] = Buffer.concat(parts);
    expect(entry).toMatchObject({ type: 'file', size: found[entry.path].length });
  }
  expect(Object.keys(found)).toEqual(Object.keys(FILES));
  expect(found).toEqual(FILES);
});

test('the same files give the same bytes, without owner, machine or time', () => {
  expect(archive(FILES).equals(archive(FILES))).toBe(true);
  const listed = spawnSync('tar', ['-tvf', '-', '--numeric-owner', '--utc', '--full-time'], {
    input: archive({ a: Buffer.from('x') }),
    encoding: 'utf8',
  });
  expect(listed.stdout).toMatch(/^-rw-r--r-- 0\/0 +1 1970-01-01 00:00:00 a\n$/);
});

test('a file of more than 8 GiB has its size in a pax header', async () => {
  const size = 9 * 2 ** 30;
  const all = tarPieces([{ path: 'big', size, pieces: () => [] }]);
  const heads = Buffer.concat([1, 2, 3, 4].map(() => Buffer.from(all.next().value as Uint8Array)));
  async function* pieces() {
    yield heads;
  }
  const limits = { totalBytes: 2 ** 40, fileBytes: 2 ** 40 };
  const { value } = await readTar(pieces(), 'x.tar', limits).next();
  expect(value).toMatchObject({ path: 'big', size });
});

test.each([3, 5])('a file that gives %i bytes instead of 4 is an error, not a broken archive', (n) => {
  const wrong = { path: 'a', size: 4, pieces: () => [Buffer.alloc(n)] };
  expect(() => [...tarPieces([wrong])]).toThrow('changed its size');
});
