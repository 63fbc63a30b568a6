// A training in a process of its own for measurements: says "begun" at its first step, and at its end the seconds of processor that
// its steps took.
// usage: node testing/train.ts FOLDER OUT

import { existsSync, mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { makeRun } from '../../make/index.ts';
import { parseRecipe } from '../../recipe/index.ts';

const STEPS = 400;

const [folder, out] = process.argv.slice(2) as [string, string];
const texts = join(folder, 'texts');
if (!existsSync(texts)) {
  mkdirSync(texts);
  const text = Array.from({ length: 40_000 }, (_, i) => `${(i * 7919) % 1000} and ${(i * 104_729) % 977}`);
  writeFileSync(join(texts, 'a.txt'), text.join(' '));
}
const recipe = parseRecipe(
  JSON.stringify({
    name: 'followed',
    seed: 1377,
    corpus: { sources: [{ files: 'texts/*.txt', licence: 'CC0-1.0' }] },
    tokenizer: { vocabSize: 300 },
    model: { hiddenSize: 64, numHiddenLayers: 2, numAttentionHeads: 4 },
    train: { steps: STEPS, batchSize: 4, sequenceLength: 64, checkpointEvery: 1000, validateEvery: 1e6 },
  }),
  { file: 'followed.yaml' },
);
let started: NodeJS.CpuUsage | undefined;
await makeRun({
  recipe,
  recipeFolder: folder,
  out,
  threads: 1,
  resume: false,
  signal: new AbortController().signal,
  onEvent: (event) => {
    if (event.kind !== 'step' || event.step !== 1) return;
    started = process.cpuUsage();
    process.stdout.write('begun\n');
  },
});
const { user, system } = process.cpuUsage(started);
process.stdout.write(`${(user + system) / 1e6}\n`);
