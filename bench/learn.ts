// `npm run bench:learn -- RUN [--results FILE] [--seeds 1,2,3] [--only TEXT]`: trains on the tokens of a finished run with one setting of
// its recipe changed at a time, and prints a table: bits per byte of held-out text with their spread over seeds, and the seconds of
// steps. docs/learning.md has the table for recipes/hello.yaml. Results are added to FILE, and what is there already is not done again.

import { appendFileSync, existsSync, readFileSync } from 'node:fs';
import { availableParallelism } from 'node:os';
import { parseArgs } from 'node:util';
import { JikjiError } from '../src/base/index.ts';
import { defaultIntermediateSize } from '../src/foundry/index.ts';
import { learn, openText } from './learning-run.ts';
import { median } from './table.ts';

const USAGE = 'npm run bench:learn -- RUN [--results FILE] [--seeds 1,2,3] [--only TEXT]';

/** What is changed, and how it is called in the table. The first one is the run's recipe itself. */
const SETTINGS: [name: string, ...changes: string[]][] = [
  ['the recipe'],
  ['AdamW, learning rate 0.004', 'train.optimizer=adamw', 'train.learningRate=0.004'],
  ['AdamW, learning rate 0.008', 'train.optimizer=adamw', 'train.learningRate=0.008'],
  ['AdamW, learning rate 0.016', 'train.optimizer=adamw', 'train.learningRate=0.016'],
  ['learning rate 0.004', 'train.learningRate=0.004'],
  ['learning rate 0.012', 'train.learningRate=0.012'],
  ['warm-up of 20 steps', 'train.warmupSteps=20'],
  ['warm-up-stable-decay over 0.4', 'train.schedule=wsd', 'train.decayFraction=0.4'],
  ['learning rate down to 0', 'train.minLearningRate=0'],
  ['weight decay 0', 'train.weightDecay=0'],
  ['weight decay 0.3', 'train.weightDecay=0.3'],
  ['momentum 0.9', 'train.momentum=0.9'],
  ['beta2 0.98', 'train.beta2=0.98'],
  ['batches of half the size', 'train.batchSize=4', 'train.steps=2000'],
  ['batches of twice the size', 'train.batchSize=16', 'train.steps=500', 'train.warmupSteps=50'],
  ['sequences of 128', 'train.sequenceLength=128', 'train.batchSize=16'],
  ['initial weights of 0.04', 'model.initializerRange=0.04'],
  ['norms of queries and keys (Qwen3)', 'model.architecture=qwen3'],
  ['a head of its own', 'model.tieWordEmbeddings=false'],
  ['64 wide, 2 layers, 1,600 steps', ...shape(64, 2, 2, 1), 'train.steps=1600', 'train.learningRate=0.012'],
  ['128 wide, 4 layers, 560 steps', ...shape(128, 4, 4, 2), 'train.steps=560', 'train.learningRate=0.006'],
  ['192 wide, 4 layers, 320 steps', ...shape(192, 4, 6, 2), 'train.steps=320', 'train.learningRate=0.004'],
];

/** A shape with heads and key-value heads; its warm-up is short. */
function shape(hiddenSize: number, layers: number, heads: number, keyValueHeads: number): string[] {
  const sizes = {
    hiddenSize,
    intermediateSize: defaultIntermediateSize(hiddenSize),
    numHiddenLayers: layers,
    numAttentionHeads: heads,
    numKeyValueHeads: keyValueHeads,
  };
  return [...Object.entries(sizes).map(([key, value]) => `model.${key}=${value}`), 'train.warmupSteps=40'];
}

interface Result {
  name: string;
  seed: number;
  bitsPerByte: number | null;
  seconds: number;
  parameters: number;
}

function read(file: string): Result[] {
  if (!existsSync(file)) return [];
  const lines = readFileSync(file, 'utf8').split('\n').filter(Boolean);
  return lines.map((line) => JSON.parse(line) as Result);
}

function table(results: readonly Result[]): string {
  const rows = SETTINGS.map(([name]) => results.filter((one) => one.name === name)).filter((all) => all.length > 0);
  const first = median((rows[0] ?? []).map(({ seconds }) => seconds));
  const lines = rows.map((all) => {
    const bits = all.map(({ bitsPerByte }) => bitsPerByte ?? Number.POSITIVE_INFINITY);
    const seconds = median(all.map((one) => one.seconds));
    const spread = all.length > 1 ? `${Math.min(...bits).toFixed(3)} to ${Math.max(...bits).toFixed(3)}` : 'one seed';
    return `| ${all[0]!.name} | ${median(bits).toFixed(3)} | ${spread} | ${(seconds / first).toFixed(2)} |`;
  });
  return ['| setting | bits per byte | least to most | time |', '|---|---|---|---|', ...lines].join('\n');
}

function main(): void {
  const { values, positionals } = parseArgs({
    allowPositionals: true,
    options: {
      results: { type: 'string', default: 'learning.jsonl' },
      seeds: { type: 'string', default: '1,2,3' },
      only: { type: 'string', default: '' },
    },
  });
  const [run] = positionals;
  const seeds = values.seeds.split(',').map(Number);
  if (!run || seeds.some((seed) => !Number.isInteger(seed))) {
    throw new JikjiError('usage', 'takes a run, and whole numbers as seeds', process.argv.slice(2).join(' '), USAGE);
  }
  const results = read(values.results);
  for (const seed of seeds) {
    for (const [name, ...changes] of SETTINGS.filter(([name]) => name.includes(values.only))) {
      if (results.some((one) => one.name === name && one.seed === seed)) continue;
      const text = openText(run, changes);
      try {
        const { curve, parameters } = learn(text, seed, availableParallelism());
        const [, seconds, bitsPerByte] = curve.at(-1) ?? [0, Number.NaN, Number.NaN];
        const result: Result = { name, seed, bitsPerByte, seconds, parameters };
        results.push(result);
        appendFileSync(values.results, `${JSON.stringify(result)}\n`);
        process.stderr.write(`${name}, seed ${seed}: ${bitsPerByte.toFixed(3)} in ${seconds.toFixed(0)} s\n`);
      } finally {
        text.close();
      }
    }
  }
  console.log(table(results));
}

main();
