// Files and folders are written whole or not at all; system errors become JikjiErrors.

import { execFile } from 'node:child_process';
import {
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  statSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { JikjiError, makeFolder, writeFailure, writeFileAtomic, writeFolderAtomic, writeFully } from './index.ts';

let folder: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'jikji-files-'));
});
afterEach(() => rmSync(folder, { recursive: true }));

const codeOf = (work: () => void) => {
  try {
    work();
  } catch (error) {
    return error instanceof JikjiError ? error.code : error;
  }
  return undefined;
};

test('a file is written whole, and its folders are created', () => {
  const path = join(folder, 'a/b/c.txt');
  writeFileAtomic(path, '한글');
  expect(readFileSync(path, 'utf8')).toBe('한글');
  writeFileAtomic(path, new Uint8Array([1, 2]));
  writeFileAtomic(path, (fd) => {
    writeFully(fd, Buffer.from('one '));
    writeFully(fd, Buffer.from('two'));
  });
  expect(readFileSync(path, 'utf8')).toBe('one two');
  writeFileAtomic(join(folder, 'key'), 'x', 0o600);
  expect(statSync(join(folder, 'key')).mode & 0o777).toBe(0o600);
  expect(readdirSync(join(folder, 'a/b'))).toEqual(['c.txt']);
});

test('a failed write leaves the earlier file, and nothing else', () => {
  const path = join(folder, 'f');
  writeFileAtomic(path, 'old');
  writeFolderAtomic(join(folder, 'd'), (inside) => writeFileSync(join(inside, 'x'), 'old'));
  const full = Object.assign(new Error('no space'), { code: 'ENOSPC' });
  const halfFile = (fd: number) => {
    writeFully(fd, Buffer.from('ne'));
    throw full;
  };
  const halfFolder = (inside: string) => {
    mkdirSync(join(inside, 'deep'));
    writeFileSync(join(inside, 'deep/x'), 'ne');
    throw full;
  };
  expect(codeOf(() => writeFileAtomic(path, halfFile))).toBe('disk-full');
  expect(codeOf(() => writeFolderAtomic(join(folder, 'd'), halfFolder))).toBe('disk-full');
  const bug = new TypeError('a bug');
  const buggy = () => {
    throw bug;
  };
  expect(codeOf(() => writeFileAtomic(path, buggy))).toBe(bug);
  expect(readFileSync(path, 'utf8')).toBe('old');
  expect(readFileSync(join(folder, 'd/x'), 'utf8')).toBe('old');
  expect(readdirSync(folder).sort()).toEqual(['d', 'f']);
});

test('a folder is replaced as a whole', () => {
  const path = join(folder, 'd');
  writeFolderAtomic(path, (inside) => writeFileSync(join(inside, 'a'), '1'));
  writeFolderAtomic(path, (inside) => writeFileSync(join(inside, 'b'), '2'));
  expect(readdirSync(path)).toEqual(['b']);
});

test('paths at which no file can be written', () => {
  writeFileSync(join(folder, 'file'), '');
  symlinkSync('loop', join(folder, 'loop'));
  symlinkSync('gone', join(folder, 'gone'));
  for (const place of ['file/x', 'file/x/y', 'loop/x', 'gone/x', 'x'.repeat(300), `${'y'.repeat(300)}/x`]) {
    expect(
      codeOf(() => writeFileAtomic(join(folder, place), 'x')),
      place,
    ).toSatisfy((code) => code === 'not-writable' || (code as NodeJS.ErrnoException).code === 'EEXIST');
  }
  mkdirSync(join(folder, 'full/of'), { recursive: true });
  expect(codeOf(() => writeFileAtomic(join(folder, 'full'), 'x'))).toBe('not-writable');
  expect(() => makeFolder(join(folder, 'file'))).toThrow(/EEXIST/);
  makeFolder(join(folder, 'full'));
  makeFolder(join(folder, 'p/q/r'));
  expect(statSync(join(folder, 'p/q/r')).isDirectory()).toBe(true);
});

test('several processes make the same folders at once', async () => {
  const module = fileURLToPath(new URL('./index.ts', import.meta.url));
  const script = `const { makeFolder } = await import(${JSON.stringify(module)});
    for (let i = 0; i < 300; i++) makeFolder(${JSON.stringify(join(folder, 'shared'))} + '/' + i + '/a/b/c');`;
  const args = ['--no-warnings', '--input-type=module', '-e', script];
  await Promise.all(Array.from({ length: 4 }, () => promisify(execFile)(process.execPath, args)));
  expect(readdirSync(join(folder, 'shared'))).toHaveLength(300);
});

test.each([
  ['ENOSPC', 'disk-full'],
  ['EDQUOT', 'disk-full'],
  ['EACCES', 'not-writable'],
  ['EROFS', 'not-writable'],
  ['EIO', 'disk-broken'],
])('%s is %s and names the path', (code, expected) => {
  const cause = Object.assign(new Error(code), { code });
  const error = writeFailure(cause, '/a/b');
  expect(error).toBeInstanceOf(JikjiError);
  expect(error).toMatchObject({ code: expected, input: '/a/b', cause });
});

test('other errors are passed on', () => {
  for (const error of [new Error('x'), Object.assign(new Error('x'), { code: 'EMFILE' }), 'text', undefined]) {
    expect(writeFailure(error, '/a')).toBe(error);
  }
});
