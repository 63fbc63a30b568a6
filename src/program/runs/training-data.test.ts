// What a run was trained on: a real run's counts against its files, and folders that lie, are damaged, or hold traps.

import {
  cpSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  renameSync,
  rmSync,
  statSync,
  symlinkSync,
  truncateSync,
  writeFileSync,
} from 'node:fs';
import { basename, join } from 'node:path';
import { afterAll, beforeAll, beforeEach, expect, test } from 'vitest';
import { Bench } from '../../audit/testing/run.ts';
import { trainingDataOf } from './training-data.ts';

const bench = new Bench();
const TRAIN = { steps: 2, checkpointEvery: 1 };
let made = '';
let child = '';
let run = '';
const manifest = () => join(run, 'corpus/manifest.json');
const tokens = () => join(run, 'corpus/tokens.json');
// biome-ignore lint/suspicious/noExplicitAny: a manifest that is changed at will
const alter = (file: string, change: (of: any) => void) => {
  const value = JSON.parse(readFileSync(file, 'utf8'));
  change(value);
  writeFileSync(file, JSON.stringify(value));
};

beforeAll(async () => {
  const maker = bench.strangersKey('maker');
  made = await bench.make(maker, { train: TRAIN });
  child = await bench.make(maker, { name: 'child', from: { run: basename(made) }, train: TRAIN });
});
beforeEach(() => {
  run = join(bench.folder, 'tried');
  rmSync(run, { recursive: true, force: true });
  cpSync(made, run, { recursive: true });
});
afterAll(() => bench.remove());

test('the counts are those of the files', () => {
  const { corpus, beganWith, unreadable } = trainingDataOf(made, false);
  expect(unreadable).toEqual([]);
  expect(beganWith).toBe('drawn');
  expect(corpus).toMatchObject({ standing: 'committed', contradiction: null, shareOf: 'tokens' });
  const files = readdirSync(join(made, 'corpus'));
  const texts = files.filter((name) => name.endsWith('.train.jsonl')).sort();
  expect(corpus!.sources).toHaveLength(texts.length);
  const width = JSON.parse(readFileSync(join(made, 'corpus/tokens.json'), 'utf8')).width;
  const counted = texts.map((name) => {
    const lines = readFileSync(join(made, 'corpus', name), 'utf8')
      .trimEnd()
      .split('\n');
    return {
      documents: lines.length,
      bytes: lines.reduce((sum, line) => sum + Buffer.byteLength(JSON.parse(line).text), 0),
      tokens: statSync(join(made, 'corpus', name.replace('jsonl', 'bin'))).size / width,
    };
  });
  for (const [i, one] of counted.entries()) expect(corpus!.sources[i]).toMatchObject(one);
  const add = (name: 'documents' | 'bytes' | 'tokens') => counted.reduce((sum, one) => sum + one[name], 0);
  expect(corpus!.total).toMatchObject({ documents: add('documents'), bytes: add('bytes'), tokens: add('tokens') });
  const weighted = counted.map(({ tokens }, i) => tokens * corpus!.sources[i]!.weight);
  const whole = weighted.reduce((sum, one) => sum + one, 0);
  for (const [i, { share }] of corpus!.sources.entries()) expect(share).toBeCloseTo(weighted[i]! / whole, 12);
  expect(corpus!.epoch).toBe(Math.round(whole));
});

test('a run with a parent says so', () => {
  expect(trainingDataOf(child, false).beganWith).toBe('run');
});

test('another manifest than the committed one is said to be another one', () => {
  alter(manifest(), (of) => {
    of.sources[0].licence = '<script>alert(1)</script>\u202e';
  });
  const { corpus } = trainingDataOf(run, false);
  expect(corpus?.standing).toBe('differs');
  rmSync(join(run, 'genesis.json'));
  expect(trainingDataOf(run, false)).toMatchObject({ beganWith: null, corpus: { standing: 'uncommitted' } });
});

test.each(['kept', 'read'])('a source whose %s is no sum', (name) => {
  alter(manifest(), (of) => {
    of.sources[0].counts[name] += 1;
  });
  const { corpus } = trainingDataOf(run, false);
  expect(corpus?.contradiction).toContain(`${name} is not the sum`);
  expect(corpus?.contradictionKo).toContain(`${name}의 값이`);
});

test('totals that are no sums of the sources', () => {
  for (const name of ['documents', 'bytes']) {
    cpSync(join(made, 'corpus/manifest.json'), manifest());
    alter(manifest(), (all) => {
      all[name].train += 1;
    });
    expect(trainingDataOf(run, false).corpus?.contradiction).toBe(`${name} of train are not the sum of the sources`);
  }
});

test('sums that no number holds are not known', () => {
  alter(manifest(), (of) => {
    const { counts } = of.sources[0];
    counts.train = Number.MAX_SAFE_INTEGER;
    of.sources = [of.sources[0], structuredClone(of.sources[0])];
  });
  expect(trainingDataOf(run, false).corpus?.total.documents).toBeNull();
});

test('token files of other texts, or another file than the committed one, are not believed', () => {
  alter(tokens(), (of) => {
    of.sources[0].train.documents += 1;
  });
  const other = trainingDataOf(run, false);
  expect(other.corpus).toMatchObject({ shareOf: 'bytes', epoch: null, total: { tokens: null } });
  expect(other.unreadable).toEqual([
    {
      file: 'corpus/tokens.json',
      why: 'is not of the texts of the corpus manifest',
      whyKo: '말뭉치 목록에 적힌 글의 토큰이 아닙니다.',
    },
  ]);
  cpSync(join(made, 'corpus/tokens.json'), tokens());
  alter(tokens(), (of) => {
    of.sources[0].train.tokens += 1;
  });
  expect(trainingDataOf(run, false)).toMatchObject({
    corpus: { shareOf: 'bytes' },
    unreadable: [{ why: 'is not the file that the run committed to' }],
  });
});

test('what is no manifest is named and not shown', () => {
  const why = () => {
    const { corpus, unreadable } = trainingDataOf(run, false);
    expect(corpus).toBeNull();
    expect(unreadable).toHaveLength(1);
    expect(unreadable[0]!.file).toBe('corpus/manifest.json');
    return unreadable[0]!.why;
  };
  for (const text of ['', '{', 'null', '[]', '{"formatVersion":2,"sources":{}}', '{"__proto__":{"formatVersion":2}}']) {
    writeFileSync(manifest(), text);
    expect(why()).toBe('does not have the form of its format');
  }
  cpSync(join(made, 'corpus/manifest.json'), manifest());
  alter(manifest(), (of) => {
    of.sources[0].weight = '2';
  });
  expect(why()).toBe('does not have the form of its format');
  truncateSync(manifest(), 100_000_000);
  expect(why()).toBe('has 100000000 bytes; the limit is 4194304');
  expect(trainingDataOf(run, false).unreadable[0]!.whyKo).toMatch(/크기: 100000000바이트, 한도: 4194304바이트/);
  rmSync(manifest());
  mkdirSync(manifest());
  expect(why()).toBe('is not there, or not a plain file');
  rmSync(manifest(), { recursive: true });
  symlinkSync(join(made, 'corpus/manifest.json'), manifest());
  expect(why()).toBe('is not there, or not a plain file');
  renameSync(join(run, 'corpus'), join(run, 'moved'));
  expect(why()).toBe('is not there, or not a plain file');
});

test('a manifest of version 1 is named as such, in both languages', () => {
  alter(manifest(), (of) => {
    of.formatVersion = 1;
  });
  expect(trainingDataOf(run, false)).toMatchObject({
    corpus: null,
    unreadable: [
      {
        file: 'corpus/manifest.json',
        why: 'is a corpus manifest of format version 1, which no release wrote and which is not read',
        whyKo: expect.stringContaining('형식 1판의 말뭉치 목록'),
      },
    ],
  });
});

test('a run of another program has no corpus of ours', () => {
  expect(trainingDataOf(run, true)).toEqual({ witnessed: true, corpus: null, beganWith: null, unreadable: [] });
});

test('a source has the title of the recipe in the folder, if that recipe is of these sources', () => {
  const titles = () => trainingDataOf(run, false).corpus!.sources.map(({ title }) => title);
  const recipe = join(run, 'recipe.yaml');
  const text = readFileSync(recipe, 'utf8');
  const count = titles().length;
  expect(titles()).toEqual(Array(count).fill(null));
  const titled = text.replace(/^( *)- (npm|files):/m, '$1- title: "<b>Old tales</b>"\n$1  $2:');
  writeFileSync(recipe, titled);
  expect(titles()).toEqual(['<b>Old tales</b>', ...Array(count - 1).fill(null)]);
  // Of other sources, broken, not a plain file, gone: no title, and nothing else is lost.
  writeFileSync(
    recipe,
    titled.replace(/^( *)- title/m, '$1- { files: other.txt, licence: x, language: en, read: text }\n$1- title'),
  );
  expect(titles()).toEqual(Array(count).fill(null));
  writeFileSync(recipe, 'corpus: [');
  expect(titles()).toEqual(Array(count).fill(null));
  rmSync(recipe);
  symlinkSync('/dev/zero', recipe);
  expect(titles()).toEqual(Array(count).fill(null));
  rmSync(recipe);
  expect(titles()).toEqual(Array(count).fill(null));
});
