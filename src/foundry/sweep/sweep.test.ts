// A sweep with real runs: what is made, kept, resumed and written; runs that diverge; folders that hold something else.

import { cpSync, existsSync, mkdirSync, readFileSync, statSync, writeFileSync } from 'node:fs';
import { join, relative } from 'node:path';
import { beforeAll, beforeEach, expect, test } from 'vitest';
import { JikjiError, takeLock } from '../../base/index.ts';
import { temporaryHome } from '../../base/testing/temporary-folder.ts';
import { runPaths } from '../../run-folder/index.ts';
import { bitsOf, contents, writeTexts } from '../make/testing/cli.ts';
import { makeIn } from '../make/testing/make-in.ts';
import { parseRecipe } from '../recipe/index.ts';
import { inSweep, makePoints, outcomeOf, type SweepOptions, type SweepOutcome, writeBest } from './index.ts';

const RECIPE = `# a recipe with a remark
name: r
seed: 1377
corpus: { sources: [{ files: texts }], validation: 0.1 }
tokenizer: { vocabSize: 300 }
model: { hiddenSize: 16, intermediateSize: 24, numHiddenLayers: 1, numAttentionHeads: 2, numKeyValueHeads: 1 }
train: { steps: 6, batchSize: 2, sequenceLength: 16, checkpointEvery: 2, validateEvery: 3, warmupSteps: 1, validationTokens: 500 }
`;

const folder = temporaryHome();
let out: string;
let count = 0;
const file = () => join(folder, 'r.yaml');
beforeAll(() => {
  writeTexts(join(folder, 'texts'), 20, 10);
  writeFileSync(file(), RECIPE);
});
beforeEach(() => {
  out = join(folder, `sweep-${count++}`);
});

interface Swept extends SweepOutcome {
  /** Names of the runs that were made or resumed, with the first step that was taken. */
  made: Record<string, number>;
  /** Names of the runs whose texts were read. */
  read: string[];
  failures: string[];
}

/** Sweeps; `stopAfter` aborts the run of that name after its step. */
async function sweep(options: Partial<SweepOptions>, stopAfter: [run?: string, step?: number] = []): Promise<Swept> {
  const made: Record<string, number> = {};
  const read: string[] = [];
  const failures: string[] = [];
  return inSweep({ file: file(), set: [], over: [], out, ...options }, async (plan) => {
    await makePoints(plan, {
      make: async ({ name, run, recipe }, textFrom) => {
        await makeIn(folder, relative(folder, run), {
          ...{ recipe, resume: existsSync(run), textFrom },
          stopAfter: name === stopAfter[0] ? stopAfter[1] : undefined,
          onEvent: (event) => {
            if (event.kind === 'stage' && event.stage === 'corpus' && event.state === 'start') read.push(name);
            if (event.kind === 'step') made[name] ??= event.step;
          },
        });
      },
      onFailure: ({ code }) => failures.push(code),
    });
    const outcome = outcomeOf(plan);
    writeBest(plan, outcome, folder);
    return { ...outcome, made, read, failures };
  });
}

const RATES = ['train.learningRate=1e-3,1e-2', 'seed=1,2'];
const NAMES = [1, 2, 3, 4].map((i) => `learning-rate-${i < 3 ? 0.001 : 0.01}-seed-${2 - (i % 2)}`);
const inside = (name: string) => join(out, name);
const resultOf = (name: string) => JSON.parse(readFileSync(runPaths(inside(name)).result, 'utf8'));

test('a run for each point, the bits of which are those of make; the table has their figures; the best recipe', async () => {
  const { runs, rows, best, made, read } = await sweep({ over: RATES });
  expect(read).toEqual([NAMES[0]]); // the others have copies
  expect(made).toEqual(Object.fromEntries(NAMES.map((name) => [name, 1])));
  expect(runs.map(({ run }) => run)).toEqual(NAMES.map(inside));
  expect(runs.map(({ settings, seed }) => [settings, seed])).toEqual(
    [1e-3, 1e-2].flatMap((rate) => [1, 2].map((seed) => [{ 'train.learningRate': rate }, seed])),
  );
  for (const [i, name] of NAMES.entries()) {
    const { valBitsPerByte, tokensPerSecond } = resultOf(name);
    expect(runs[i]).toMatchObject({ state: 'finished', valBitsPerByte, tokensPerSecond, failure: null });
    expect(runs[i].seconds).toBeGreaterThan(0);
  }
  const row = rows.find(({ settings }) => settings['train.learningRate'] === 1e-2)!;
  const [a, b] = [resultOf(NAMES[2]).valBitsPerByte, resultOf(NAMES[3]).valBitsPerByte];
  expect(row).toMatchObject({ n: 2, median: (a + b) / 2, least: Math.min(a, b), most: Math.max(a, b) });
  expect(best).toBe(rows[0]);

  const overrides = ['train.learningRate=1e-2', 'seed=2', `name=r-${NAMES[3]}`];
  const recipe = parseRecipe(RECIPE, { file: file(), overrides });
  const { run: alone } = await makeIn(folder, 'alone', { recipe, threads: 2 });
  expect(bitsOf(inside(NAMES[3]))).toEqual(bitsOf(alone));
  // Each run has files of its own.
  const [first, last] = [NAMES[0], NAMES[3]].map((name) => statSync(runPaths(inside(name)).tokens).ino);
  expect(first).not.toBe(last);

  const text = readFileSync(join(out, 'best.yaml'), 'utf8');
  const rate = best!.settings['train.learningRate'];
  expect(parseRecipe(text, { file: 'best.yaml' })).toEqual(
    parseRecipe(RECIPE, { file: file(), overrides: [`train.learningRate=${rate}`, 'name=r-best'] }),
  );
  expect(text).toContain('# a recipe with a remark');
  expect(text).toContain(`${best!.median!.toFixed(4)} bits per byte on validation text, the median of 2 seeds`);
});

test('the same call keeps finished runs, resumes the one that was stopped, makes the rest; another grid adds points', async () => {
  await expect(sweep({ over: RATES }, [NAMES[1], 3])).rejects.toMatchObject({ code: 'interrupted' });
  expect(existsSync(inside(NAMES[2]))).toBe(false);
  expect(existsSync(inside('best.yaml'))).toBe(false);
  const before = contents(inside(NAMES[0]));
  const { made } = await sweep({ over: RATES });
  expect(made).toEqual({ [NAMES[1]]: 4, [NAMES[2]]: 1, [NAMES[3]]: 1 });
  expect(contents(inside(NAMES[0]))).toEqual(before);
  expect((await sweep({ over: RATES })).made).toEqual({});

  // The axes in another order and other words are the same points; the default of a key is the point of a grid without it.
  const again = await sweep({ over: ['seed=2,1', 'train.learningRate=0.010,0.03', 'train.weightDecay=0.1'] });
  expect(Object.keys(again.made)).toEqual([2, 1].map((seed) => `seed-${seed}-learning-rate-0.03-weight-decay-0.1`));
  expect(again.rows.map(({ settings }) => settings['train.weightDecay'])).toEqual([0.1, 0.1, 0.1]);
  expect(again.runs).toHaveLength(6);
});

test('a recipe without a seed: one is drawn for all points, and recorded', async () => {
  const seedless = join(folder, 'seedless.yaml');
  writeFileSync(seedless, RECIPE.replace('seed: 1377\n', ''));
  const set = ['train.steps=2'];
  const first = await sweep({ file: seedless, set, over: ['train.learningRate=1e-3,1e-2'] });
  const seed = first.runs[0].seed;
  expect(first.runs.map((run) => run.seed)).toEqual([seed, seed]);
  const record = JSON.parse(readFileSync(inside('sweep.json'), 'utf8'));
  expect(record.seed).toBe(seed);
  const over = ['train.learningRate=1e-3,1e-2,2e-2'];
  expect((await sweep({ file: seedless, set, over })).made).toEqual({ 'learning-rate-0.02': 1 });
  // The seed that was drawn, written into the recipe, is the same sweep; another one is not.
  expect((await sweep({ file: seedless, set: [...set, `seed=${seed}`], over })).made).toEqual({});
  expect((await sweep({ file: seedless, set, over })).made).toEqual({});
  await expect(sweep({ file: seedless, set: [...set, `seed=${seed + 1}`], over })).rejects.toMatchObject({
    code: 'folder-holds-another-sweep',
  });
});

test('a sweep that a release without drawn seeds began goes on with its seed', async () => {
  const seedless = join(folder, 'seedless.yaml');
  writeFileSync(seedless, RECIPE.replace('seed: 1377\n', ''));
  await sweep({ over: ['train.steps=1,2'] }); // names 1377, which was the default
  expect(readFileSync(inside('sweep.json'), 'utf8')).not.toContain('"seed"');
  const { made, runs } = await sweep({ file: seedless, over: ['train.steps=1,2,3'] });
  expect(made).toEqual({ 'steps-3': 1 });
  expect(runs.map(({ seed }) => seed)).toEqual([1377, 1377, 1377]);
});

test('a run that diverges is failed, with its reason, and stays so; the sweep goes on', async () => {
  const over = ['train.learningRate=10,1e-3'];
  const set = ['train.gradClip=1e30', 'train.weightDecay=100', 'model.initializerRange=10', 'train.steps=40'];
  const first = await sweep({ over, set });
  expect(first.failures).toEqual(['not-finite']);
  const [diverged, held] = first.runs;
  expect(diverged).toMatchObject({
    ...{ state: 'failed', valBitsPerByte: null, seconds: null },
    failure: { code: 'not-finite', message: expect.stringMatching(/not finite at step \d+/) },
  });
  expect(held).toMatchObject({ state: 'finished' });
  expect(first.best?.runs).toEqual([inside('learning-rate-0.001')]);
  const second = await sweep({ over, set });
  expect(second).toMatchObject({ made: {}, failures: [], runs: [{ state: 'failed' }, { state: 'finished' }] });
  // Also in the table of another grid of this folder.
  const third = await sweep({ over: ['train.learningRate=2e-3'], set });
  expect(third.runs.map(({ state }) => state)).toEqual(['failed', 'finished', 'finished']);
});

test('a batch that the texts are too short for fails alone, and is tried again', async () => {
  const over = ['train.batchSize=2,100000'];
  const { failures, runs } = await sweep({ over });
  expect(failures).toEqual(['corpus-too-small']);
  expect(runs.map(({ state }) => state)).toEqual(['finished', 'failed']);
  expect((await sweep({ over })).failures).toEqual(['corpus-too-small']);
});

test('a failure that the next run would have too ends the sweep, and an empty folder does not stay', async () => {
  const failing = inSweep({ file: file(), set: [], over: ['seed=1,2'], out }, (plan) =>
    makePoints(plan, {
      make: async () => {
        throw new JikjiError('disk-full', 'the disk is full', out, 'free some space');
      },
      onFailure: () => {},
    }),
  );
  await expect(failing).rejects.toMatchObject({ code: 'disk-full' });
  expect(existsSync(out)).toBe(false);
});

test('every point is checked before anything is written', async () => {
  const fails = (over: string[], expected: object, set: string[] = []) =>
    expect(sweep({ over, set })).rejects.toMatchObject(expected);
  await fails(['train.learnRate=1'], { code: 'recipe-unknown-key', input: '--over train.learnRate=1' });
  await fails(['train.batchSize=4,6', 'train.gradientGroups=1,4'], {
    code: 'recipe-conflict',
    input: '--over train.batchSize=6 --over train.gradientGroups=4',
  });
  await fails(['train.learningRate=1e-3,0.001'], { code: 'sweep-grid', input: '--over train.learningRate=0.001' });
  await fails(['model.headDim=8', 'seed=1,1.0'], { code: 'sweep-grid' });
  await fails(['corpus.validation=0.1,0'], { code: 'sweep-grid', input: file() });
  await fails(['seed=1,2'], { code: 'recipe-range', input: '--set train.steps=0' }, ['train.steps=0']);
  expect(existsSync(out)).toBe(false);
});

test('a folder that holds something else is refused', async () => {
  await sweep({ over: ['seed=1'] });
  const over = ['seed=1,2'];
  await expect(sweep({ over, set: ['train.steps=7'] })).rejects.toMatchObject({ code: 'folder-holds-another-sweep' });
  await expect(sweep({ over, out: inside('seed-1') })).rejects.toMatchObject({ code: 'folder-not-empty' });
  await expect(sweep({ over, out: file() })).rejects.toMatchObject({ code: 'not-a-folder' });
  // The run of another recipe where a point should be.
  cpSync(inside('seed-1'), inside('seed-2'), { recursive: true });
  await expect(sweep({ over })).rejects.toMatchObject({ code: 'folder-holds-another-run', input: inside('seed-2') });
  const release = takeLock(inside('lock'), 'it');
  await expect(sweep({ over: ['seed=1'] })).rejects.toMatchObject({ code: 'locked' });
  release();
});

test.each([
  ['not JSON', '{'],
  ['of another version', { formatVersion: 2 }],
  ['a run outside the folder', { points: [{ run: '../seed-1', over: ['seed=1'] }] }],
  ['a value that the recipe does not take', { points: [{ run: 'seed-1', over: ['seed=-1'] }] }],
  ['no value', { points: [{ run: 'seed-1', over: [] }] }],
])('a damaged record: %s', async (_, change) => {
  await sweep({ over: ['seed=1'] });
  const path = inside('sweep.json');
  const record = JSON.parse(readFileSync(path, 'utf8'));
  writeFileSync(path, typeof change === 'string' ? change : JSON.stringify({ ...record, ...change }));
  await expect(sweep({ over: ['seed=1'] })).rejects.toMatchObject({ code: 'sweep-damaged', input: path });
});

test('other texts, another tokenizer: made anew, and the table says that figures are of other text', async () => {
  mkdirSync(join(folder, 'more'));
  writeTexts(join(folder, 'more'), 25, 10);
  const { otherValidation, runs, read } = await sweep({
    over: ['corpus.sources.0.files=texts,more', 'tokenizer.vocabSize=300,290'],
  });
  expect(otherValidation).toEqual(['corpus.sources.0.files', 'tokenizer.vocabSize']);
  expect(read).toHaveLength(4);
  const digests = runs.map(({ run }) => contents(run)['corpus/tokens.json']);
  expect(new Set(digests).size).toBe(4);
  expect(runs.map(({ state }) => state)).toEqual(Array(4).fill('finished'));
  expect((await sweep({ over: ['corpus.sources.0.weight=1,2'], out: `${out}-2` })).otherValidation).toEqual([]);
});
