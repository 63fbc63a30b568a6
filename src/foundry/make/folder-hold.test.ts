// A process that was silent for so long that another machine took its run: it writes no more, and the files of the other process stay.

import { readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { beforeAll, expect, test, vi } from 'vitest';
import { temporaryHome } from '../../base/testing/temporary-folder.ts';
import { parseRecipe } from '../recipe/index.ts';
import { writeTexts } from './testing/cli.ts';
import { makeIn } from './testing/make-in.ts';

const folder = temporaryHome();
beforeAll(() => {
  writeTexts(join(folder, 'texts'), 20, 30);
});

const RECIPE = `
name: taken
seed: 1377
corpus: { sources: [{ files: texts }], validation: 0.1 }
tokenizer: { vocabSize: 500 }
model: { hiddenSize: 32, intermediateSize: 48, numHiddenLayers: 1, numAttentionHeads: 2, numKeyValueHeads: 1 }
train: { steps: 30, batchSize: 4, sequenceLength: 32, checkpointEvery: 5, keepEvery: 1, warmupSteps: 3 }
`;

/** Makes a run that a process on another machine takes after this many steps. */
const make = (out: string, steps: number, taken: () => void) =>
  makeIn(folder, out, {
    recipe: parseRecipe(RECIPE, { file: 'recipe.yaml' }),
    onEvent: (event) => {
      if (event.kind !== 'step' || event.step !== steps) return;
      writeFileSync(join(folder, out, 'lock'), JSON.stringify({ pid: 1, started: '1', host: 'node-7.elsewhere' }));
      taken();
    },
  });

test('a run that another machine has taken is not written to', async () => {
  const out = join(folder, 'run');
  let atTakeover: Record<string, string> = {};
  const files = () =>
    Object.fromEntries(
      readdirSync(out, { recursive: true, withFileTypes: true })
        .filter((file) => file.isFile() && file.name !== 'transcript.jsonl')
        .map(({ parentPath, name }) => [join(parentPath, name), readFileSync(join(parentPath, name), 'latin1')]),
    );
  const made = make('run', 12, () => {
    atTakeover = files();
  });
  await expect(made).rejects.toMatchObject({ name: 'JikjiError', code: 'run-taken', input: out });
  expect(readdirSync(join(out, 'checkpoints')).sort()).toEqual(['step-000005', 'step-000010']);
  expect(files()).toEqual(atTakeover);
});

test('elapsed time between steps is enough to check the lock', async () => {
  const out = join(folder, 'slow');
  const now = performance.now.bind(performance);
  let ahead = 0;
  vi.spyOn(performance, 'now').mockImplementation(() => now() + ahead);
  const steps = () => readFileSync(join(out, 'transcript.jsonl'), 'utf8').split('\n').length - 1;
  const made = make('slow', 6, () => {
    ahead = 11_000;
  });
  await expect(made).rejects.toMatchObject({ code: 'run-taken' });
  vi.restoreAllMocks();
  expect(steps()).toBe(6);
});
