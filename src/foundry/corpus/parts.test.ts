// The small parts of the corpus, each against an independent source: Node's own decoder and glob, JSON.parse, a Set.

import { globSync, mkdirSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { beforeAll, describe, expect, test } from 'vitest';
import { JikjiError } from '../../base/index.ts';
import { temporaryFolder } from '../../base/testing/temporary-folder.ts';
import { sha256 } from '../../ledger/index.ts';
import { Cutter } from './cut.ts';
import { Duplicates } from './duplicates.ts';
import { InputFile, OutputFile } from './files.ts';
import { compareCodePoints, matches, parsePattern } from './pattern.ts';
import { textOf } from './text.ts';
import { findFiles } from './walk.ts';

const root = temporaryFolder();

/** A small generator with a seed, so that a failure can be repeated. */
function random(seed: number): (below: number) => number {
  let state = seed;
  return (below) => {
    state = (Math.imul(state, 1664525) + 1013904223) >>> 0;
    return Math.floor((state / 2 ** 32) * below);
  };
}

async function textIn(bytes: Buffer, size: number) {
  const pieces = (async function* () {
    for (let at = 0; at < bytes.length; at += size) yield bytes.subarray(at, at + size);
  })();
  let all = '';
  for await (const text of textOf(pieces, 'file')) all += text;
  return all;
}

describe('text', () => {
  const mixed = '\ufeffa\r\nb\rc\r\r\n한글 é e\u0301 😀\ufeff\ufffd\n\r';

  test('pieces of any size give the same text', async () => {
    const bytes = Buffer.from(mixed);
    const expected = new TextDecoder('utf-8', { fatal: true }).decode(bytes).replace(/\r\n/g, '\n');
    for (let size = 1; size <= bytes.length; size++) expect(await textIn(bytes, size)).toBe(expected);
    expect(await textIn(Buffer.alloc(0), 1)).toBe('');
  });

  test('bytes that are not UTF-8: the first bad one is named, for any pieces', async () => {
    const good = Buffer.from('가\ufffdb');
    const bads = [
      [0xff],
      [0xc0, 0xaf],
      [0xed, 0xa0, 0x80],
      [0xf4, 0x90, 0x80, 0x80],
      [0x80],
      [0xe3, 0x81],
      [0xf0, 0x9f, 0x98],
    ];
    for (const bad of bads) {
      for (const tail of ['', 'tail']) {
        const bytes = Buffer.concat([good, Buffer.from(bad), Buffer.from(tail)]);
        expect(() => new TextDecoder('utf-8', { fatal: true }).decode(bytes)).toThrow();
        for (let size = 1; size <= bytes.length; size++) {
          const error = await textIn(bytes, size).catch((e: unknown) => e);
          expect(error).toBeInstanceOf(JikjiError);
          expect((error as JikjiError).code).toBe('source-not-utf8');
          expect((error as JikjiError).message).toContain(`at byte ${good.length}`);
        }
      }
    }
  });
});

describe('cutting', () => {
  const cut = (text: string, most: number, piece: number) => {
    const out: string[] = [];
    const cutter = new Cutter((t) => out.push(t), most);
    const points = [...text];
    for (let i = 0; i < points.length; i += piece) cutter.push(points.slice(i, i + piece).join(''));
    cutter.end();
    expect(cutter.cuts).toBe(Math.max(0, out.length - 1));
    return out;
  };

  test('paragraph ends first, then lines, then spaces, then characters; no text lost, no document too long', () => {
    expect(cut('aaaa\n\nbbbb\n\ncc', 12, 100)).toEqual(['aaaa\n\nbbbb\n\n', 'cc']);
    expect(cut('aaaa bbb\ncc dd', 12, 100)).toEqual(['aaaa bbb\n', 'cc dd']);
    expect(cut('aaaa bbb cc dd', 12, 100)).toEqual(['aaaa bbb cc ', 'dd']);
    expect(cut('가나다라마바사', 10, 100)).toEqual(['가나다', '라마바', '사']);
    expect(cut('x'.repeat(10), 10, 3)).toEqual(['x'.repeat(10)]);
    expect(cut('', 10, 3)).toEqual([]);
    const next = random(7);
    for (let i = 0; i < 300; i++) {
      const text = Array.from({ length: next(200) }, () => ['a', '한', '😀', ' ', '\n', '\n\n'][next(6)]).join('');
      const most = 4 + next(40);
      const whole = cut(text, most, 1000);
      expect(whole.join('')).toBe(text);
      for (const part of whole) expect(Buffer.byteLength(part)).toBeLessThanOrEqual(most);
      for (const part of whole) expect(part.isWellFormed()).toBe(true);
    }
  });

  test('the pieces of a text do not change the documents', () => {
    const text = 'one two three\nfour\n\nfive 여섯 일곱\n\n여덟 nine ten\n'.repeat(20);
    const whole = cut(text, 60, 100_000);
    for (const piece of [1, 2, 7, 50, 61]) expect(cut(text, 60, piece)).toEqual(whole);
  });
});

describe('patterns and the walk', () => {
  const names = [
    'a.txt',
    'a/b.txt',
    'a-b.txt',
    'a/c/d.md',
    'a/c.md',
    'z/é.txt',
    'z/\u{10000}.txt',
    'z/\uff5e.txt',
    'x[1].txt',
    '{q}.txt',
    'with-hyphen (1)+^$.txt',
  ];
  const hidden = ['.h.txt', 'a/.git/x.txt'];
  const list = (patterns: string[], wanted = (_: string) => true) =>
    [...findFiles(patterns, join(root, 'walk'), wanted)].map((file) => file.label);

  beforeAll(() => {
    for (const name of [...names, ...hidden]) {
      mkdirSync(join(root, 'walk', dirname(name)), { recursive: true });
      writeFileSync(join(root, 'walk', name), name);
    }
    symlinkSync('..', join(root, 'walk', 'a', 'loop'));
    symlinkSync('a.txt', join(root, 'walk', 'linked.txt'));
    symlinkSync('nowhere', join(root, 'walk', 'broken.txt'));
  });

  test('the files that Node finds, in the order of the bytes of their paths', () => {
    for (const pattern of [
      '**/*.txt',
      '*.txt',
      'a/**',
      '?/*.txt',
      '**/*.{md,txt}',
      'a/**/*.md',
      '**/c/**/*.md',
      'z/*',
      '**/**/*.md',
      'with-*.txt',
      '*-hyphen (1)+^$.{txt,m-d}',
    ]) {
      const found = list([pattern]);
      const files = globSync(pattern, { cwd: join(root, 'walk'), withFileTypes: true })
        .filter((e) => e.isFile() || e.name === 'linked.txt')
        .map((e) => join(e.parentPath, e.name).slice(join(root, 'walk').length + 1))
        .filter((name) => !/(^|\/)\.|loop/.test(name));
      const bytes = (name: string) => Buffer.from(name);
      expect(found, pattern).toEqual([...new Set(files)].sort((a, b) => Buffer.compare(bytes(a), bytes(b))));
      for (const name of [...names, 'linked.txt']) {
        const takes = matches(parsePattern(pattern), name.split('/')) !== undefined;
        expect(takes, `${pattern} ${name}`).toBe(found.includes(name));
      }
    }
  });

  test('folders give the files of the reader; named files count with any ending; hidden ones only if named', () => {
    const md = (name: string) => name.endsWith('.md');
    expect(list(['a'], md)).toEqual(['a/c.md', 'a/c/d.md']);
    expect(list(['a/b.txt'], md)).toEqual(['a/b.txt']);
    expect(list(['.h.txt', 'x[1].txt', '{q}.txt'])).toEqual(['.h.txt', 'x[1].txt', '{q}.txt']);
    expect(list(['a/.git'])).toEqual(['a/.git/x.txt']);
    expect(list(['none', 'broken.txt', 'a.txt/x'])).toEqual([]);
  });

  test('patterns in their order, each file once; absolute ones reveal nothing of the machine', () => {
    expect(list(['z/é.txt', 'a/*.txt', 'a'])).toEqual(['z/é.txt', 'a/b.txt', 'a/c.md', 'a/c/d.md']);
    expect(list([join(root, 'walk', 'a', '*.txt')])).toEqual(['a/b.txt']);
    expect(list(['../walk/a.txt'])).toEqual(['a.txt']);
  });

  test('code point order is the order of UTF-8 bytes', () => {
    const next = random(3);
    const word = () =>
      Array.from({ length: next(4) }, () => ['a', 'b', '가', '\uff5e', '\u{10000}', '\ud7ff'][next(6)]).join('');
    for (let i = 0; i < 2000; i++) {
      const [a, b] = [word(), word()];
      expect(Math.sign(compareCodePoints(a, b))).toBe(Buffer.compare(Buffer.from(a), Buffer.from(b)));
    }
  });
});

describe('duplicates', () => {
  test.each([
    ['in memory', 32 * 1024 * 1024, 5_000],
    ['on disk', 32 * 1024 * 1024, 300_000],
    ['parts too large, split twice', 2_000, 150_000],
  ])('%s: the same as with a Set', (name, most, count) => {
    const folder = join(root, name.replaceAll(' ', '-'));
    mkdirSync(folder);
    const next = random(count);
    const duplicates = new Duplicates(folder, most);
    const seen = new Set<number>();
    const expected: string[] = [];
    const found: string[] = [];
    for (let i = 0; i < count; i++) {
      const what = next(10) === 0 ? 0 : next(count); // one of them comes over and over
      const digest = sha256(String(what));
      if (seen.has(what)) expected.push(`${i % 3} ${i}`);
      seen.add(what);
      if (duplicates.add(digest, i % 3, i)) found.push(`${i % 3} ${i}`);
    }
    for (const _ of duplicates.each((file, place) => found.push(`${file} ${place}`)));
    expect(found.sort()).toEqual(expected.sort());
    rmSync(folder, { recursive: true });
  });
});

test('output and input files: records of any sizes are read back', () => {
  const path = join(root, 'records');
  const next = random(11);
  const output = new OutputFile(path, 64);
  const written: Buffer[] = [];
  for (let i = 0; i < 2000; i++) {
    const text = '가a'.repeat(next(30));
    if (next(2)) output.text(text);
    else output.write(Buffer.from(text));
    written.push(Buffer.from(text));
  }
  expect(output.close()).toBe(sha256(Buffer.concat(written)).toString('hex'));
  expect(output.bytes).toBe(Buffer.concat(written).length);
  const input = new InputFile(path);
  for (const bytes of written) if (bytes.length) expect(input.next(bytes.length)!.equals(bytes)).toBe(true);
  expect(input.next(1)).toBeUndefined();
  input.close();
});
