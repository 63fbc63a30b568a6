// Runs side by side: their differences and results, and curves thinned without losing their shape.

import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { beforeAll, expect, test } from 'vitest';
import { temporaryHome } from '../../base/testing/temporary-folder.ts';
import { lines } from '../../ledger/testing/transcript.ts';
import type { MakeResult } from '../make/index.ts';
import { writeTexts } from '../make/testing/cli.ts';
import { makeIn } from '../make/testing/make-in.ts';
import { parseRecipe, recipeToYaml } from '../recipe/index.ts';
import { compareRuns } from './index.ts';

const RECIPE = `
seed: 1377
corpus: { sources: [{ files: texts }], validation: 0.1 }
tokenizer: { vocabSize: 300 }
model: { hiddenSize: 16, intermediateSize: 24, numHiddenLayers: 1, numAttentionHeads: 2, numKeyValueHeads: 1 }
train: { steps: 12, batchSize: 2, sequenceLength: 16, checkpointEvery: 5, validateEvery: 4, warmupSteps: 3 }
`;

const folder = temporaryHome();
const at = (name: string) => join(folder, name);
const recipe = (...overrides: string[]) => parseRecipe(RECIPE, { file: 'r.yaml', overrides });
const results: Record<string, MakeResult> = {};
const losses: number[] = [];

async function make(out: string, overrides: string[] = [], stopAfter = 0) {
  results[out] = await makeIn(folder, out, {
    recipe: recipe(...overrides),
    stopAfter,
    onEvent: (event) => event.kind === 'step' && out === 'one' && losses.push(event.loss),
  });
}

beforeAll(async () => {
  writeTexts(at('texts'), 20, 10);
  await make('one');
  await make('same', ['train.microBatchSize=1']);
  await make('other', ['seed=7', 'name=other', 'tokenizer.vocabSize=290']);
  await expect(make('stopped', ['train.steps=20', 'name=s'], 7)).rejects.toMatchObject({ code: 'interrupted' });
});

test('the differences between recipes, and their results', () => {
  const { runs, keys, notes } = compareRuns([at('one'), at('other'), at('stopped')]);
  expect(Object.fromEntries(keys.filter((k) => k.differs).map(({ key, values }) => [key, values]))).toEqual({
    name: ['r', 'other', 's'],
    seed: [1377, 7, 1377],
    'tokenizer.vocabSize': [300, 290, 300],
    'train.steps': [12, 12, 20],
  });
  expect(keys.map((k) => k.key)).toEqual(expect.arrayContaining(['corpus.sources.0.files', 'model.ropeTheta']));
  const { steps, tokens, parameters, stateRoot, valBitsPerByte, tokensPerSecond } = results.one;
  expect(runs[0]).toMatchObject({
    ...{ name: 'r', run: at('one'), state: 'finished', sealed: true },
    ...{ steps, stepsDone: steps, tokens, parameters, stateRoot, valBitsPerByte, tokensPerSecond },
    loss: losses.at(-1),
    curve: losses.map((loss, i) => ({ step: i + 1, loss })),
  });
  expect(runs[0].validations.map((v) => v.step)).toEqual([4, 8, 12]);
  expect(runs[0].validations[2].bitsPerByte).toBe(valBitsPerByte);
  expect(runs[2]).toMatchObject({ state: 'unfinished', steps: 20, stepsDone: 7, tokens: 7 * 32, sealed: false });
  expect(runs[2].parameters).toBe(parameters);
  expect(runs[2].tokensPerSecond).toBeGreaterThan(0);
  expect(runs[2].stateRoot).toMatch(/^[0-9a-f]{64}$/);
  expect(runs[2].signedBy).toBe(runs[0].signedBy);
  expect(runs[0].signedBy).toMatch(/^[0-9a-f]{64}$/);
  expect(notes).toEqual([expect.stringContaining('tokenizers differ')]);
});

test('runs with the same name get distinct labels, and equal runs are reported', () => {
  const { runs, keys, notes } = compareRuns([at('one'), at('same')]);
  expect(runs.map((run) => run.name)).toEqual([at('one'), at('same')]);
  expect(keys.filter((k) => k.differs).map((k) => k.key)).toEqual(['train.microBatchSize']);
  expect(notes).toEqual(['They came to the same state, bit for bit.']);
});

const made = (name: string, transcript: string, overrides: string[] = []) => {
  mkdirSync(at(name));
  writeFileSync(join(at(name), 'recipe.yaml'), recipeToYaml(recipe(...overrides)));
  writeFileSync(join(at(name), 'transcript.jsonl'), transcript);
  return at(name);
};
const steps = (n: number, loss: (step: number) => number) =>
  [...lines(n, (step) => ({ step, loss: loss(step), gradNorm: 1, learningRate: Math.fround(5e-4) }))].join('');

test('a long curve is thinned: means of equal ranges, to the last step', () => {
  const run = made(
    'long',
    steps(10_001, (s) => s),
    ['train.steps=20000', 'name=long'],
  );
  const { curve, loss } = compareRuns([at('one'), run]).runs[1];
  expect(curve.length).toBeLessThanOrEqual(1024);
  expect(curve.length).toBeGreaterThan(400);
  expect(curve.slice(0, 2)).toEqual([
    { step: 20, loss: 10.5 },
    { step: 40, loss: 30.5 },
  ]);
  expect(curve.at(-1)).toEqual({ step: 10_001, loss: 10_001 });
  expect(loss).toBe(10_001 - 49.5); // the mean of the last hundred
});

test('a run before its first step can be compared', () => {
  const { runs } = compareRuns([made('begun', '', ['name=begun']), at('one')]);
  expect(runs[0]).toMatchObject({ stepsDone: 0, loss: null, valBitsPerByte: null, stateRoot: null, signedBy: null });
  expect(runs[0].curve).toEqual([]);
});

test('broken or missing files are reported', () => {
  const fails = (run: string, code: string, input = run) =>
    expect(() => compareRuns([at('one'), run])).toThrow(expect.objectContaining({ name: 'JikjiError', code, input }));
  fails(at('nowhere'), 'run-missing');
  fails(at('texts'), 'not-a-run');
  const far = made(
    'far',
    steps(13, () => 1),
  );
  fails(far, 'run-damaged', join(far, 'transcript.jsonl'));
  const forged = made('forged', '');
  writeFileSync(join(forged, 'seal.json'), '{}\n');
  fails(forged, 'statement-broken', join(forged, 'seal.json'));
  const bad = made('bad', '');
  writeFileSync(join(bad, 'recipe.yaml'), 'train: { steps: -1 }\ncorpus: { sources: [{ files: x }] }\n');
  fails(bad, 'recipe-range', expect.stringContaining('recipe.yaml') as unknown as string);
});
