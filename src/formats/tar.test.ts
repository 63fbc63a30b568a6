// The tar reader against GNU tar and npm pack as writers, and against hostile archives.

import { spawnSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import { linkSync, mkdirSync, readFileSync, symlinkSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { gzipSync } from 'node:zlib';
import { beforeAll, describe, expect, test } from 'vitest';
import { JikjiError } from '../base/index.ts';
import { temporaryFolder } from '../base/testing/temporary-folder.ts';
import { openTar, readTar, type TarLimits } from './tar.ts';
import { numberField } from './tar-header.ts';

const root = temporaryFolder();
const files: Record<string, Buffer> = {};

beforeAll(() => {
  const noise = (n: number, seed: string) => {
    const parts: Buffer[] = [];
    for (let i = 0; i * 32 < n; i++) parts.push(createHash('sha256').update(`${seed}${i}`).digest());
    return Buffer.concat(parts).subarray(0, n);
  };
  files['a.txt'] = Buffer.from('hello\n');
  files.empty = Buffer.alloc(0);
  files['sub/exactly-a-block'] = noise(512, 'x');
  files['sub/large.bin'] = noise(700_001, 'y');
  files['한글/이름.txt'] = Buffer.from('가나다');
  files[`${'d'.repeat(90)}/${'e'.repeat(90)}/f.txt`] = Buffer.from('prefix of ustar');
  files[`${'long/'.repeat(60)}${'n'.repeat(120)}.txt`] = Buffer.from('longer than any header');
  for (const [name, bytes] of Object.entries(files)) {
    mkdirSync(join(root, 'tree', dirname(name)), { recursive: true });
    writeFileSync(join(root, 'tree', name), bytes);
  }
});

function run(command: string, args: string[], cwd: string) {
  const { status, stderr } = spawnSync(command, args, { cwd, encoding: 'utf8' });
  if (status !== 0) throw new Error(`${command} ${args.join(' ')}: ${stderr}`);
}

const digest = (bytes: Buffer) => createHash('sha256').update(bytes).digest('hex');
const digests = (of: Record<string, Buffer>) => Object.fromEntries(Object.entries(of).map(([k, v]) => [k, digest(v)]));

async function contents(path: string, limits?: TarLimits) {
  const found: Record<string, Buffer> = {};
  for await (const entry of openTar(path, limits)) {
    if (entry.type !== 'file') continue;
    const parts: Buffer[] = [];
    for await (const piece of entry.body()) parts.push(Buffer.from(piece));
    found[entry.path] = Buffer.concat(parts);
    expect(found[entry.path].length).toBe(entry.size);
  }
  return found;
}

async function codeOf(work: Promise<unknown>) {
  try {
    await work;
    return 'none';
  } catch (error) {
    if (error instanceof JikjiError) return error.code;
    throw error;
  }
}

/** A header made by hand, checksum included. */
function header(name: string, size: number | Buffer, type = '0', change: (block: Buffer) => void = () => {}) {
  const block = Buffer.alloc(512);
  block.write(name, 0, 100);
  block.write('0000644\0', 100);
  if (typeof size === 'number') block.write(`${size.toString(8).padStart(11, '0')}\0`, 124);
  else size.copy(block, 124);
  block.write(type, 156);
  block.write('ustar\u000000', 257, 'latin1');
  change(block);
  block.fill(' ', 148, 156);
  const sum = block.reduce((a, b) => a + b, 0);
  block.write(`${sum.toString(8).padStart(6, '0')}\0 `, 148);
  return block;
}

const padded = (bytes: Buffer) => Buffer.concat([bytes, Buffer.alloc((512 - (bytes.length % 512)) % 512)]);
const END = Buffer.alloc(1024);

function paxRecord(key: string, value: string) {
  const rest = Buffer.from(` ${key}=${value}\n`);
  let length = rest.length + 1;
  while (String(length).length + rest.length !== length) length++;
  return Buffer.concat([Buffer.from(String(length)), rest]);
}

async function entriesOf(...parts: Buffer[]): Promise<{ path: string; type: string; size: number }[]> {
  const all = Buffer.concat(parts);
  const found = [];
  // Pieces of an odd size, so that every header and body is cut somewhere.
  const pieces = (async function* () {
    for (let at = 0; at < all.length; at += 97) yield all.subarray(at, at + 97);
  })();
  for await (const { path, type, size } of readTar(pieces, 'made.tar')) found.push({ path, type, size });
  return found;
}

describe('archives of other writers', () => {
  for (const format of ['gnu', 'posix', 'oldgnu']) {
    for (const zip of [false, true]) {
      test(`GNU tar --format=${format}${zip ? ' -z' : ''}`, async () => {
        const path = join(root, `${format}.${zip ? 'tgz' : 'tar'}`);
        run('tar', [zip ? '-czf' : '-cf', path, `--format=${format}`, '-C', 'tree', '.'], root);
        expect(digests(await contents(path))).toEqual(digests(files));
      });
    }
  }

  for (const format of ['ustar', 'v7']) {
    test(`GNU tar --format=${format}`, async () => {
      const fitting = Object.keys(files).filter((name) => name.length < (format === 'v7' ? 90 : 200));
      const path = join(root, `${format}.tar`);
      run('tar', ['-cf', path, `--format=${format}`, '-C', 'tree', ...fitting], root);
      const expected = Object.fromEntries(fitting.map((name) => [name, files[name]]));
      expect(digests(await contents(path))).toEqual(digests(expected));
    });
  }

  test('npm pack', async () => {
    const folder = join(root, 'package');
    mkdirSync(folder);
    writeFileSync(join(folder, 'package.json'), '{"name":"local-thing","version":"1.2.3"}');
    writeFileSync(join(folder, 'text.txt'), '글\n'.repeat(1000));
    run('npm', ['pack', '--ignore-scripts', '--offline', '--pack-destination', root], folder);
    const found = await contents(join(root, 'local-thing-1.2.3.tgz'));
    expect(Object.keys(found).sort()).toEqual(['package/package.json', 'package/text.txt']);
    expect(found['package/text.txt']).toEqual(readFileSync(join(folder, 'text.txt')));
  });

  test('links are shown as links, and never followed', async () => {
    const folder = join(root, 'links');
    mkdirSync(folder);
    writeFileSync(join(folder, 'real'), 'x');
    symlinkSync('/etc/passwd', join(folder, 'soft'));
    linkSync(join(folder, 'real'), join(folder, 'hard'));
    run('tar', ['-cf', join(root, 'links.tar'), '-C', 'links', 'hard', 'real', 'soft'], root);
    const seen: string[] = [];
    for await (const entry of openTar(join(root, 'links.tar'))) seen.push(`${entry.path} ${entry.type} ${entry.size}`);
    expect(seen).toEqual(['hard file 1', 'real link 0', 'soft link 0']);
  });

  test('an unread or half-read body is skipped', async () => {
    const path = join(root, 'skip.tar');
    run('tar', ['-cf', path, '-C', 'tree', 'sub/large.bin', 'a.txt'], root);
    const seen: string[] = [];
    for await (const entry of openTar(path)) {
      seen.push(entry.path);
      if (entry.size > 1000) for await (const _ of entry.body()) break;
    }
    expect(seen).toEqual(['sub/large.bin', 'a.txt']);
  });
});

describe('hostile archives', () => {
  test.each([
    ['../up', 'tar-path'],
    ['a/../../up', 'tar-path'],
    ['/etc/passwd', 'tar-path'],
    ['a\\..\\..\\up', 'tar-path'],
    ['C:/windows', 'tar-path'],
    ['a//b', 'tar-path'],
    ['a/./b', 'tar-path'],
    ['', 'tar-path'],
  ])('the path %j', async (path, code) => {
    expect(await codeOf(entriesOf(header(path, 0), END))).toBe(code);
    const pax = paxRecord('path', path);
    if (path !== '') {
      expect(await codeOf(entriesOf(header('x', pax.length, 'x'), padded(pax), header('a', 0), END))).toBe(code);
      const long = Buffer.from(`${path}\0`);
      expect(await codeOf(entriesOf(header('L', long.length, 'L'), padded(long), header('a', 0), END))).toBe(code);
    }
  });

  test('GNU tar can be made to write a path that leaves the folder', async () => {
    const path = join(root, 'climb.tar');
    run('tar', ['-cPf', path, '--transform', 's,^,../,', 'tree/a.txt'], root);
    expect(await codeOf(contents(path))).toBe('tar-path');
  });

  test('leading "./" and a folder\'s slash are harmless', async () => {
    expect(
      await entriesOf(
        header('./', 0, '5'),
        header('././a/', 0, '5'),
        header('./a/b', 3),
        padded(Buffer.from('abc')),
        END,
      ),
    ).toEqual([
      { path: '.', type: 'folder', size: 0 },
      { path: 'a', type: 'folder', size: 0 },
      { path: 'a/b', type: 'file', size: 3 },
    ]);
  });

  test('the pax size takes precedence over the header, whether larger or smaller', async () => {
    const pax = paxRecord('size', '3');
    const body = padded(Buffer.from('abc'));
    expect(
      await entriesOf(header('x', pax.length, 'x'), padded(pax), header('a', 0), body, header('b', 0), END),
    ).toEqual([
      { path: 'a', type: 'file', size: 3 },
      { path: 'b', type: 'file', size: 0 },
    ]);
  });

  test('sizes: base-256, negative, too large, not a number', async () => {
    const wide = (value: bigint) => {
      const bytes = Buffer.alloc(12);
      bytes.writeBigUInt64BE(value, 4);
      bytes[0] |= 0x80;
      return bytes;
    };
    expect(numberField(wide(3n))).toBe(3);
    expect(await entriesOf(header('a', wide(3n)), padded(Buffer.from('abc')), END)).toHaveLength(1);
    expect(await codeOf(entriesOf(header('a', wide(2n ** 40n)), END))).toBe('tar-limit');
    expect(await codeOf(entriesOf(header('a', wide(2n ** 60n)), END))).toBe('tar-broken');
    expect(await codeOf(entriesOf(header('a', Buffer.alloc(12, 0xff)), END))).toBe('tar-broken');
    expect(await codeOf(entriesOf(header('a', Buffer.from('0000000009 \0')), END))).toBe('tar-broken');
    expect(await codeOf(entriesOf(header('a', Buffer.from('-0000000001\0')), END))).toBe('tar-broken');
  });

  test('pax records with wrong lengths, and unsupported entries', async () => {
    const pax = (text: string) =>
      entriesOf(header('x', text.length, 'x'), padded(Buffer.from(text)), header('a', 0), END);
    for (const text of [
      '99 path=a\n',
      '0 path=a\n',
      '5 path=a\n',
      'path=a\n',
      '9 path=ab',
      '9 =pathab\n',
      '-1 a=b\n',
    ]) {
      expect(await codeOf(pax(text)), text).toBe('tar-broken');
    }
    expect(await codeOf(pax(paxRecord('GNU.sparse.major', '1').toString()))).toBe('tar-unsupported');
    expect(await codeOf(pax(paxRecord('size', '1e3').toString()))).toBe('tar-broken');
    const all = paxRecord('path', 'a');
    expect(await codeOf(entriesOf(header('g', all.length, 'g'), padded(all), header('a', 0), END))).toBe(
      'tar-unsupported',
    );
    const comment = paxRecord('comment', 'x');
    expect(await entriesOf(header('g', comment.length, 'g'), padded(comment), header('a', 0), END)).toHaveLength(1);
    expect(await codeOf(entriesOf(header('S', 0, 'S'), END))).toBe('tar-unsupported');
    expect(await codeOf(entriesOf(header('link', 512, '2'), Buffer.alloc(512), END))).toBe('tar-unsupported');
    expect(await codeOf(entriesOf(header('big', 2 ** 21, 'x'), END))).toBe('tar-limit');
    const name = header('a', 0, '0', (block) => block.set([0xff, 0xfe], 0));
    expect(await codeOf(entriesOf(name, END))).toBe('tar-broken');
  });

  test('any changed byte of a header is noticed', async () => {
    const good = [header('some/name', 3), padded(Buffer.from('abc')), END];
    for (let at = 0; at < 512; at++) {
      const bad = Buffer.concat(good);
      bad[at] ^= 0x41;
      const code = await codeOf(entriesOf(bad));
      expect(code, `byte ${at}`).toBe('tar-broken');
    }
  });

  test('an archive cut short anywhere is noticed', async () => {
    const whole = Buffer.concat([header('a', 600), padded(Buffer.alloc(600, 1)), header('b', 0), END]);
    expect(await entriesOf(whole)).toHaveLength(2);
    for (let n = 0; n < whole.length; n += 61) {
      expect(await codeOf(entriesOf(whole.subarray(0, n))), `${n} bytes`).toBe('tar-truncated');
    }
  });

  test('gzip: a bomb stops at the limit; cut or changed data is noticed', async () => {
    const bomb = join(root, 'bomb.tgz');
    writeFileSync(bomb, gzipSync(Buffer.concat([header('zeros', 2 ** 26), Buffer.alloc(2 ** 26), END])));
    expect(await codeOf(contents(bomb, { totalBytes: 2 ** 20 }))).toBe('tar-limit');
    expect(await codeOf(contents(bomb, { fileBytes: 2 ** 20 }))).toBe('tar-limit');
    // Also where the bomb lies behind the end mark.
    writeFileSync(bomb, gzipSync(Buffer.concat([header('a', 0), END, Buffer.alloc(2 ** 26)])));
    expect(await codeOf(contents(bomb, { totalBytes: 2 ** 20 }))).toBe('tar-limit');
    const many = Array.from({ length: 11 }, (_, i) => header(`f${i}`, 0));
    writeFileSync(bomb, Buffer.concat([...many, END]));
    expect(await codeOf(contents(bomb, { entries: 10 }))).toBe('tar-limit');

    const good = gzipSync(Buffer.concat([header('a', 3), padded(Buffer.from('abc')), END]));
    const path = join(root, 'bad.tgz');
    writeFileSync(path, good.subarray(0, good.length - 5));
    expect(await codeOf(contents(path))).toBe('gzip-broken');
    const flipped = Buffer.from(good);
    flipped[flipped.length - 6] ^= 1; // the stored CRC
    writeFileSync(path, flipped);
    expect(await codeOf(contents(path))).toBe('gzip-broken');
  });

  test('files that do not exist or are not archives', async () => {
    expect(await codeOf(contents(join(root, 'none.tar')))).toBe('file-missing');
    expect(await codeOf(contents(root))).toBe('file-is-folder');
    writeFileSync(join(root, 'empty.tar'), '');
    expect(await codeOf(contents(join(root, 'empty.tar')))).toBe('tar-truncated');
    expect(await codeOf(contents(join(root, 'tree/sub/large.bin')))).toBe('tar-broken');
  });
});
