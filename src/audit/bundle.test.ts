// Bundles: packing and unpacking, their content, and archives that are not bundles.

import { spawnSync } from 'node:child_process';
import {
  copyFileSync,
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
import { dirname, join } from 'node:path';
import { gzipSync } from 'node:zlib';
import { afterAll, beforeAll, describe, expect, test, vi } from 'vitest';
import { openTar, tarPieces } from '../formats/index.ts';
import { digestOfFile } from '../ledger/index.ts';
import { bundleRun, isExpected, withBundle } from './bundle.ts';
import { auditRun, findingsOf, TestBench, verdictsOf } from './testing/audit-run.ts';
import { checkpointOf } from './testing/run.ts';
import type { Check } from './types.ts';

const bench = new TestBench();
const run = await bench.make(bench.signer, { train: { steps: 12, checkpointEvery: 1, keepEvery: 3 } });
// Bundles are unpacked in a folder that this test can read.
const temporary = mkdtempSync(join(bench.folder, 'tmp-'));
beforeAll(() => void vi.stubEnv('TMPDIR', temporary));
afterAll(() => void vi.unstubAllEnvs());

const pack = (more: Partial<Parameters<typeof bundleRun>[0]> = {}) =>
  bundleRun({ run, out: join(bench.folder, 'x.tar'), withoutData: false, ...more });

async function namesIn(file: string): Promise<string[]> {
  const names: string[] = [];
  for await (const entry of openTar(file)) names.push(entry.path);
  return names;
}

test('contains what an auditor needs, and nothing else', async () => {
  writeFileSync(join(run, 'notes of mine.txt'), 'private');
  mkdirSync(join(run, 'checkpoints', 'step-000011.123.tmp'), { recursive: true });
  const { file, files, bytes, sha256 } = await pack();
  const names = await namesIn(file);
  expect(names).toHaveLength(files);
  expect(names).toEqual([...names].sort());
  expect(names).toEqual(
    [
      ...['genesis.json', 'recipe.yaml', 'seal.json', 'sessions.jsonl', 'transcript.jsonl', 'tokenizer/tokenizer.json'],
      ...['manifest.json', 'tokens.json'].map((name) => `corpus/${name}`),
      ...[0, 1].flatMap((i) => [
        `corpus/source-0${i}.files.jsonl`,
        ...['train', 'validation'].flatMap((split) =>
          ['bin', 'jsonl'].map((kind) => `corpus/source-0${i}.${split}.${kind}`),
        ),
      ]),
      ...[3, 6, 9, 12].flatMap((step) =>
        ['state.json', 'state.safetensors'].map((name) => `checkpoints/step-${String(step).padStart(6, '0')}/${name}`),
      ),
      ...['README.md', 'config.json', 'model.safetensors', 'tokenizer.json'].map((name) => `model/${name}`),
    ]
      .map((name) => `small/${name}`)
      .sort(),
  );
  expect({ bytes: statSync(file).size, sha256: digestOfFile(file) }).toEqual({ bytes, sha256 });
  expect((await pack({ out: join(bench.folder, 'again.tar') })).sha256).toBe(sha256);
  const bare = await namesIn((await pack({ out: join(bench.folder, 'bare.tar'), withoutData: true })).file);
  expect(names.filter((name) => !bare.includes(name))).toEqual(
    names.filter((name) => /source-\d+\.(train|validation)\./.test(name)),
  );
});

/** A bundle has no files that are not evidence, and so no note of them. */
const OTHERS = /^(The maker's own notes|Not part of the evidence|제작자가 따로 남긴 것|증거에 속하지 않으며)/;
const withoutOthers = ({ notes, ko, ...check }: Check) => ({
  ...check,
  notes: notes.filter((note) => !OTHERS.test(note)),
  ko: ko && { ...ko, notes: ko.notes.filter((note) => !OTHERS.test(note)) },
});

test('a bundle gives the verdict of its run, also when GNU tar has packed it again', async () => {
  const { file } = await pack();
  const straight = await auditRun(run, { replay: 'all' });
  const again = join(bench.folder, 'gnu.tar');
  const out = mkdtempSync(join(bench.folder, 'out-'));
  expect(spawnSync('tar', ['-xf', file, '-C', out]).status).toBe(0);
  expect(spawnSync('tar', ['-cf', again, '-C', out, './small']).status).toBe(0);
  for (const one of [file, again]) {
    const found = await withBundle(one, (folder) => auditRun(folder, { replay: 'all' }));
    expect(found.checks.map(withoutOthers)).toEqual(straight.checks.map(withoutOthers));
    expect(found.verdict).toBe('holds');
    expect(found.run).toEqual(straight.run);
    expect(readdirSync(temporary)).toEqual([]);
  }
});

test('without data: every check that needs no text runs, and the missing files are named', async () => {
  const { file } = await pack({ withoutData: true });
  const found = await withBundle(file, auditRun);
  expect(verdictsOf(found)).toEqual({
    structure: 'holds',
    schedule: 'incomplete',
    origin: 'incomplete',
    data: 'incomplete',
    policy: 'holds',
    motion: 'holds',
    probe: 'incomplete',
    replay: 'incomplete',
    figures: 'incomplete',
  });
  const missing = new Set(findingsOf(found).map(({ file }) => file));
  for (const kind of ['bin', 'jsonl']) expect(missing).toContain(`corpus/source-01.train.${kind}`);
  expect(found.detection.claimed).toBe(false);
});

describe('a run that cannot be packed gives an error and leaves no partial bundle', () => {
  test.each<[string, (copy: string) => void, string]>([
    ['no run', (copy) => rmSync(join(copy, 'genesis.json')), 'not-a-run'],
    ['an unfinished run', (copy) => rmSync(join(copy, 'seal.json')), 'run-unfinished'],
    ['a state is missing', (copy) => rmSync(checkpointOf(copy, 6), { recursive: true }), 'evidence-missing'],
    ['a text is missing', (copy) => rmSync(join(copy, 'corpus/source-00.train.jsonl')), 'evidence-missing'],
    [
      'a link',
      (copy) => {
        rmSync(join(copy, 'transcript.jsonl'));
        symlinkSync('/etc/passwd', join(copy, 'transcript.jsonl'));
      },
      'not-a-plain-file',
    ],
  ])('%s', async (_, change, code) => {
    const copy = bench.copy(run);
    change(copy);
    const out = join(bench.folder, 'never.tar');
    await expect(pack({ run: copy, out })).rejects.toMatchObject({ code });
    expect(readdirSync(bench.folder).filter((name) => name.startsWith('never'))).toEqual([]);
  });

  test('a folder at the output path; an interruption', async () => {
    await expect(pack({ out: temporary })).rejects.toMatchObject({ code: 'file-is-folder' });
    const out = join(bench.folder, 'stopped.tar');
    await expect(pack({ out, signal: AbortSignal.abort() })).rejects.toMatchObject({ code: 'interrupted' });
    expect(readdirSync(bench.folder).filter((name) => /stopped|\.tmp$/.test(name))).toEqual([]);
  });
});

describe('archives that are not bundles leave no files', () => {
  const tar = (paths: string[]): Buffer =>
    Buffer.concat([...tarPieces(paths.map((path) => ({ path, size: 1, pieces: () => [Buffer.from('x')] })))]);
  const from = (make: (folder: string) => void, args: string[]): Buffer => {
    const folder = mkdtempSync(join(bench.folder, 'made-'));
    make(folder);
    const { stdout, status } = spawnSync('tar', ['-cPf', '-', ...args], { cwd: folder });
    expect(status).toBe(0);
    return stdout;
  };
  test.each<[string, () => Buffer, string]>([
    ['another name', () => tar(['small/notes.txt']), 'bundle-strange'],
    ['no folder', () => tar(['genesis.json']), 'bundle-strange'],
    ['two folders', () => tar(['a/genesis.json', 'b/seal.json']), 'bundle-strange'],
    ['a file twice', () => tar(['a/genesis.json', 'a/genesis.json']), 'bundle-strange'],
    ['a deeper name', () => tar(['a/model/b/c']), 'bundle-strange'],
    ['a hidden name', () => tar(['a/model/.c']), 'bundle-strange'],
    ['a climbing name', () => tar(['a/../../genesis.json']), 'tar-path'],
    ['an absolute name', () => tar(['/a/genesis.json']), 'tar-path'],
    [
      'a link',
      () =>
        from(
          (folder) => {
            mkdirSync(join(folder, 'a'));
            symlinkSync('/etc', join(folder, 'a', 'model'));
          },
          ['a/model'],
        ),
      'bundle-strange',
    ],
    ['a compressed bundle', () => gzipSync(tar(['a/genesis.json'])), 'bundle-strange'],
    ['no archive', () => Buffer.from('once upon a time '.repeat(100)), 'tar-broken'],
    ['nothing', () => Buffer.alloc(0), 'tar-truncated'],
    ['zeros alone', () => Buffer.alloc(10_240), 'bundle-strange'],
    ['a bundle of no evidence', () => tar(['a/recipe.yaml']), 'bundle-strange'],
    ['a bundle cut short', () => readFileSync(join(bench.folder, 'x.tar')).subarray(0, 40_000), 'tar-truncated'],
  ])('%s', async (_, make, code) => {
    const file = join(bench.folder, 'strange.tar');
    writeFileSync(file, make());
    const work = withBundle(file, async () => expect.unreachable());
    await expect(work).rejects.toMatchObject({ code, input: expect.stringContaining('strange.tar') });
    expect(readdirSync(temporary)).toEqual([]);
  });

  test('a path that is neither a file nor a folder', async () => {
    await expect(withBundle(join(bench.folder, 'nowhere'), async () => 1)).rejects.toMatchObject({
      code: 'run-missing',
    });
    await expect(withBundle('/dev/zero', async () => 1)).rejects.toMatchObject({ code: 'bundle-strange' });
  });

  test('the folder is removed when the work fails', async () => {
    const { file } = await pack();
    const failing = withBundle(file, async (folder) => {
      expect(readdirSync(temporary)).toHaveLength(1);
      copyFileSync(join(folder, 'genesis.json'), join(folder, 'more'));
      throw new Error('on purpose');
    });
    await expect(failing).rejects.toThrow('on purpose');
    expect(readdirSync(temporary)).toEqual([]);
  });
});

test('Ctrl-C stops between entries without bytes', async () => {
  const header = Buffer.alloc(512);
  header.write('run/');
  header.write('0000755\x000000000\x000000000\x0000000000000\x0000000000000\x00        5', 100);
  header.write('ustar\x0000', 257);
  const sum = header.reduce((all, byte) => all + byte, 0);
  header.write(`${sum.toString(8).padStart(6, '0')}\x00 `, 148);
  const file = join(mkdtempSync(join(tmpdir(), 'jikji-folders-')), 'folders.tar');
  writeFileSync(file, Buffer.concat([...Array.from({ length: 60_000 }, () => header), Buffer.alloc(1024)]));
  try {
    const ended = withBundle(file, () => Promise.resolve('unpacked'), AbortSignal.abort());
    await expect(ended).rejects.toMatchObject({ code: 'interrupted' });
  } finally {
    rmSync(dirname(file), { recursive: true });
  }
});

test('names that a bundle may contain', () => {
  expect(['recipe.yaml', 'corpus/source-00.train.bin', 'checkpoints/step-1000000/state.json'].every(isExpected)).toBe(
    true,
  );
  const none = [
    'recipe.yaml/x',
    'corpus/source-00.files.bin',
    'lock',
    'model/a/b',
    'model/..',
    'genesis.json\n',
    'result.json',
  ];
  expect(none.filter(isExpected)).toEqual([]);
});
