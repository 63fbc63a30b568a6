// The number of kept states, against the plan of training.

import { fileURLToPath } from 'node:url';
import { expect, test } from 'vitest';
import { elementsOf } from '../../engine/index.ts';
import { checkpointPlan } from '../make/index.ts';
import { stateEntries } from '../train/index.ts';
import { chooseCheckpoints, readRecipe, runBytes, stateBytes } from './index.ts';

const HELLO = fileURLToPath(new URL('../../../recipes/hello.yaml', import.meta.url));
const { train } = readRecipe(HELLO);

test('as many states as fit on the disk, at most sixty, always the last', () => {
  for (const steps of [20, 100, 380, 1750, 100_000]) {
    for (const parameters of [1e5, 2.4e6, 3e7, 5e8]) {
      for (const diskBytes of [5e7, 9e8, 2e9, 5e10]) {
        for (const secondsPerStep of [0.01, 1, 100]) {
          const made = chooseCheckpoints({ steps, stateBytes: 12 * parameters, diskBytes, secondsPerStep });
          const plan = checkpointPlan({ ...train, steps, ...made });
          expect(plan.kept.length).toBe(made.kept);
          expect(made.kept).toBeLessThanOrEqual(60);
          expect(made.kept === 1 || made.kept * 12 * parameters <= diskBytes).toBe(true);
          expect(made.checkpointEvery === 1 || made.checkpointEvery * secondsPerStep <= 601).toBe(true);
        }
      }
    }
  }
});

test('hello keeps at most 900 MB of states, and enough of them for short segments', () => {
  const recipe = readRecipe(HELLO);
  const { kept } = checkpointPlan(recipe.train);
  const bytes = stateBytes(recipe);
  expect(kept.length * bytes).toBeLessThan(900e6);
  expect(kept.length).toBeGreaterThanOrEqual(25);
  const { checkpointEvery, keepEvery, steps } = recipe.train;
  const all = runBytes(
    { checkpointEvery, keepEvery, kept: kept.length, stateBytes: bytes },
    { steps, textBytes: 8e6, corpusTokens: 2.5e6 },
  );
  expect(all).toBeLessThan(900e6);
});

test('bytes of a state: as many as its file has for each optimizer', () => {
  const recipe = readRecipe(HELLO);
  const config = { ...recipe.model, vocabSize: recipe.tokenizer.vocabSize };
  for (const optimizer of ['adamw', 'muon'] as const) {
    const entries = stateEntries(config, { optimizer });
    const bytes = entries.reduce((sum, { shape }) => sum + 4 * elementsOf(shape), 0);
    expect(stateBytes({ ...recipe, train: { optimizer } })).toBe(bytes);
  }
});
