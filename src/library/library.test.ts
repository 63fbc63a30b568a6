// What the library takes and refuses, what a stopped run goes on to, and texts that take turns.

import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { beforeAll, expect, test } from 'vitest';
import { temporaryFolder } from '../base/testing/temporary-folder.ts';
import { openLanguageModel } from '../foundry/evaluate/scorer.ts';
import { writeTexts } from '../foundry/make/testing/cli.ts';
import * as library from './index.ts';
import {
  auditRun,
  type MakeRunOptions,
  makeRun,
  openGenerator,
  openModel,
  parseRecipe,
  type RecipeValues,
  readRecipe,
  readWeight,
} from './index.ts';

const VALUES: RecipeValues = {
  name: 'small',
  seed: 1377,
  corpus: { sources: [{ files: 'texts' }], validation: 0.1 },
  tokenizer: { vocabSize: 400 },
  model: { hiddenSize: 24, numHiddenLayers: 2, numAttentionHeads: 4, numKeyValueHeads: 2 },
  train: { steps: 12, batchSize: 2, sequenceLength: 32, checkpointEvery: 6, warmupSteps: 2, learningRate: 0.01 },
};

const folder = temporaryFolder();
const at = (name: string) => join(folder, name);
const make = (out: string, options: MakeRunOptions = {}) =>
  makeRun(parseRecipe(VALUES), { texts: folder, out: at(out), threads: 1, ...options });

beforeAll(async () => {
  writeTexts(at('texts'), 4, 40);
  writeFileSync(at('recipe.yaml'), JSON.stringify(VALUES));
  await make('run');
});

test('these names and no others are for other programs', () => {
  const names = ['makeRun', 'parseRecipe', 'readRecipe', 'auditRun', 'openModel', 'readWeight', 'openGenerator'];
  expect(Object.keys(library).sort()).toEqual(['JikjiError', ...names].sort());
});

test('a recipe of values, of YAML and of a file is one recipe', () => {
  expect(parseRecipe(JSON.stringify(VALUES))).toEqual(parseRecipe(VALUES));
  expect(readRecipe(at('recipe.yaml'))).toEqual(parseRecipe(VALUES));
  expect(parseRecipe(VALUES, ['train.steps=3']).train.steps).toBe(3);
  const wrong = { ...VALUES, train: { step: 3 } } as RecipeValues;
  expect(() => parseRecipe(wrong)).toThrow(expect.objectContaining({ code: 'recipe-unknown-key' }));
});

test("a stopped run goes on to the same bits, from the recipe's own folder too", async () => {
  const stop = new AbortController();
  const onEvent: MakeRunOptions['onEvent'] = (event) => {
    if (event.kind === 'step' && event.step === 4) stop.abort();
  };
  await expect(make('stopped', { signal: stop.signal, onEvent })).rejects.toMatchObject({ code: 'interrupted' });
  const { stateRoot } = await makeRun(at('recipe.yaml'), { out: at('stopped'), resume: true, threads: 2 });
  expect(stateRoot).toBe(JSON.parse(readFileSync(at('run/result.json'), 'utf8')).stateRoot);
});

test('an audit tells how far it is, and a signal ends it', async () => {
  const told = new Set<string>();
  const { verdict, extent } = await auditRun(at('run'), { threads: 1, onProgress: ({ check }) => told.add(check) });
  expect([verdict, extent]).toEqual(['holds', 'all']);
  expect(told).toContain('replay');
  await expect(auditRun(at('run'), { signal: AbortSignal.abort() })).rejects.toMatchObject({ code: 'interrupted' });
  await expect(auditRun(at('none'))).rejects.toMatchObject({ code: 'run-missing' });
});

test('weights by their names', () => {
  const model = openModel(at('run'));
  for (const [name, { shape }] of model.tensors)
    expect(readWeight(model, name)).toHaveLength(shape.reduce((a, b) => a * b));
  expect(() => readWeight(model, 'lm_heat.weight')).toThrow(expect.objectContaining({ code: 'tensor-unknown' }));
  model.close();
});

test('texts that take turns are the texts that they are alone', async () => {
  const generator = openGenerator(at('run'), { threads: 1 });
  const options = { maxTokens: 60 }; // beyond the context
  const alone = [await generator.complete('teo', options), await generator.complete('nda', options)];
  const turns = [generator.generate('teo', options), generator.generate('nda', options)];
  const texts = ['', ''];
  for (let open = 2; open > 0; ) {
    open = 0;
    for (const [i, pieces] of turns.entries()) {
      const { done, value } = await pieces.next();
      if (done) continue;
      open++;
      texts[i] += value.text;
      await generator.score('in between');
    }
  }
  expect(texts).toEqual(alone.map(({ text }) => text));
  generator.close();
});

test('a score is that of evaluation', async () => {
  const generator = openGenerator(at('run'), { threads: 1 });
  const { model, context } = generator;
  const text = readFileSync(at('texts/0.txt'), 'utf8').slice(0, 300);
  const { tokenIds, nats } = await generator.score(text);
  expect(tokenIds).toEqual([...model.tokenizer.encode(text)]);
  expect(tokenIds.length).toBeGreaterThan(2 * context);
  const judge = openLanguageModel(model, { threads: 1 });
  const [first] = await judge.score([
    { context: [model.tokenizer.prefixId], continuation: tokenIds.slice(0, context) },
  ]);
  expect(nats.subarray(0, context)).toEqual(first!.nats);
  expect(nats.every((one) => one > 0 && one < 20)).toBe(true);
  expect(await generator.score('')).toEqual({ tokenIds: [], nats: new Float64Array() });
  judge.close();
  generator.close();
});

test('options that are no numbers of their range are refused, and undefined is the default', async () => {
  const generator = openGenerator(at('run'), { threads: 1 });
  const whole = await generator.complete('teo');
  const undefinedOnes = { maxTokens: undefined, temperature: undefined } as object;
  expect(await generator.complete('teo', undefinedOnes)).toEqual(whole);
  for (const wrong of [{ maxTokens: 0 }, { maxTokens: 1.5 }, { temperature: -1 }, { topP: Number.NaN }, { seed: '1' }])
    await expect(generator.complete('teo', wrong as object)).rejects.toMatchObject({ code: 'usage' });
  expect(() => openGenerator(at('run'), { threads: 0 })).toThrow(expect.objectContaining({ code: 'usage' }));
  generator.close();
});
