// `npm run bench:learn -- RUN [--results FILE] [--seeds 1,2,3] [--only NAME ...]`: trains on the tokens of a finished run with one setting of
// its recipe changed at a time, and prints a table: bits per byte of held-out text by seeds, and the mean change.
// bench/learning.md has tables for two sizes. Results are added to FILE, and what is there already is not done again.

import { appendFileSync, existsSync, readFileSync } from 'node:fs';
import { availableParallelism } from 'node:os';
import { parseArgs } from 'node:util';
import { JikjiError } from '../src/base/index.ts';
import type { Recipe } from '../src/foundry/index.ts';
import { defaultIntermediateSize, flopsPerToken, RATE_BY_WIDTH } from '../src/foundry/recipe/index.ts';
import { learn, openText } from './learning-run.ts';
import { wrongCall } from './measuring.ts';

const USAGE = 'npm run bench:learn -- RUN [--results FILE] [--seeds 1,2,3] [--only NAME ...]';

type Setting = [name: string, ...changes: string[]];

/** What is changed, and how it is called in the table. The first one is the run's recipe itself. */
const settingsAround = (recipe: Recipe): Setting[] => {
  const { batchSize, sequenceLength, steps, warmupSteps, learningRate } = recipe.train;
  const rate = (factor: number) => `train.learningRate=${Number((learningRate * factor).toPrecision(6))}`;
  return [
    ['the recipe'],
    ['AdamW, half the learning rate', 'train.optimizer=adamw', rate(0.5)],
    ['AdamW, the same learning rate', 'train.optimizer=adamw'],
    ['AdamW, twice the learning rate', 'train.optimizer=adamw', rate(2)],
    ['half the learning rate', rate(0.5)],
    ['1.5 times the learning rate', rate(1.5)],
    ['a fifth of the warm-up', `train.warmupSteps=${Math.round(warmupSteps / 5)}`],
    ['warm-up-stable-decay over 0.4', 'train.schedule=wsd', 'train.decayFraction=0.4'],
    ['learning rate down to 0', 'train.minLearningRate=0'],
    ['weight decay 0', 'train.weightDecay=0'],
    ['weight decay 0.3', 'train.weightDecay=0.3'],
    ['momentum 0.9', 'train.momentum=0.9'],
    ['beta2 0.98', 'train.beta2=0.98'],
    ['batches of half the size', `train.batchSize=${batchSize / 2}`, `train.steps=${steps * 2}`],
    [
      'batches of twice the size',
      `train.batchSize=${batchSize * 2}`,
      `train.steps=${steps / 2}`,
      `train.warmupSteps=${warmupSteps / 2}`,
    ],
    ['sequences half as long', `train.sequenceLength=${sequenceLength / 2}`, `train.batchSize=${batchSize * 2}`],
    ['initial weights of 0.04', 'model.initializerRange=0.04'],
    ['norms of queries and keys (Qwen3)', 'model.architecture=qwen3'],
    ['a head of its own', 'model.tieWordEmbeddings=false'],
    ['momentum 0.9, norms of queries and keys', 'train.momentum=0.9', 'model.architecture=qwen3'],
    ...SHAPES.filter(([hiddenSize]) => hiddenSize !== recipe.model.hiddenSize).map((shape) => reshaped(recipe, shape)),
  ];
};

/** hiddenSize, layers, heads, key-value heads. */
const SHAPES = [
  [64, 2, 2, 1],
  [96, 3, 3, 1],
  [128, 4, 4, 2],
  [192, 4, 6, 2],
] as const;

/** Another shape with as many operations, and the learning rate that `init` takes for it. */
function reshaped(
  recipe: Recipe,
  [hiddenSize, numHiddenLayers, numAttentionHeads, numKeyValueHeads]: (typeof SHAPES)[number],
): Setting {
  const intermediateSize = defaultIntermediateSize(hiddenSize);
  const sizes = { hiddenSize, intermediateSize, numHiddenLayers, numAttentionHeads, numKeyValueHeads };
  const { train, tokenizer } = recipe;
  const perToken = flopsPerToken({ model: { ...recipe.model, ...sizes }, tokenizer }, train.sequenceLength);
  const steps = Math.round((train.steps * flopsPerToken(recipe, train.sequenceLength)) / perToken);
  return [
    `${hiddenSize} wide, ${numHiddenLayers} layers, as many operations`,
    ...Object.entries(sizes).map(([key, value]) => `model.${key}=${value}`),
    `train.steps=${steps}`,
    `train.warmupSteps=${Math.min(train.warmupSteps, Math.round(steps / 10))}`,
    `train.learningRate=${Number((RATE_BY_WIDTH / hiddenSize).toPrecision(2))}`,
  ];
}

interface Result {
  name: string;
  seed: number;
  bitsPerByte: number | null;
  seconds: number;
  parameters: number;
}

function read(file: string) {
  if (!existsSync(file)) return [];
  const lines = readFileSync(file, 'utf8').split('\n').filter(Boolean);
  return lines.map((line) => JSON.parse(line) as Result);
}

/** Bits per byte by seeds, and the mean change to the recipe over the seeds that both have; best first. */
function table(names: readonly string[], seeds: readonly number[], results: readonly Result[]) {
  const of = (name: string, seed: number) => {
    const one = results.find((result) => result.name === name && result.seed === seed);
    return one && (one.bitsPerByte ?? Number.POSITIVE_INFINITY);
  };
  const recipe = names[0]!;
  const rows = names.flatMap((name) => {
    const all = results.filter((one) => one.name === name);
    const both = seeds.filter((seed) => of(name, seed) !== undefined && of(recipe, seed) !== undefined);
    const change = mean(both.map((seed) => of(name, seed)! / of(recipe, seed)! - 1));
    return all.length === 0 ? [] : [{ name, change, parameters: all[0]!.parameters }];
  });
  const lines = rows
    .sort((a, b) => a.change - b.change)
    .map(({ name, change, parameters }) => {
      const cells = seeds.map((seed) => of(name, seed)?.toFixed(3) ?? '');
      const percent = `${change < 0 ? '' : '+'}${(100 * change).toFixed(1)}%`;
      return `| ${name} | ${(parameters / 1e6).toFixed(2)} M | ${cells.join(' | ')} | ${name === recipe ? '' : percent} |`;
    });
  const head = ['setting', 'parameters', ...seeds.map((seed) => `seed ${seed}`), 'mean change, the same seeds'];
  return [`| ${head.join(' | ')} |`, `|---|---:|${'---|'.repeat(seeds.length + 1)}`, ...lines].join('\n');
}

const mean = (values: readonly number[]) => values.reduce((sum, value) => sum + value, 0) / values.length;

/** One training with a setting of the run's recipe changed. */
function trainWith(run: string, [name, ...changes]: Setting, seed: number): Result {
  const text = openText(run, changes);
  try {
    const { curve, parameters } = learn(text, seed, availableParallelism());
    const [, seconds, bitsPerByte] = curve.at(-1) ?? [0, Number.NaN, Number.NaN];
    return { name, seed, bitsPerByte, seconds, parameters };
  } finally {
    text.close();
  }
}

function recipeOf(run: string) {
  const text = openText(run, []);
  text.close();
  return text.recipe;
}

function main() {
  const { values, positionals } = parseArgs({
    allowPositionals: true,
    options: {
      results: { type: 'string', default: 'learning.jsonl' },
      seeds: { type: 'string', default: '1,2,3' },
      only: { type: 'string', multiple: true },
    },
  });
  const [run] = positionals;
  const seeds = values.seeds.split(',').map(Number);
  if (!run || seeds.some((seed) => !Number.isInteger(seed))) {
    throw wrongCall('takes a run, and whole numbers as seeds', USAGE);
  }
  const settings = settingsAround(recipeOf(run));
  const names = settings.map(([name]) => name);
  for (const name of values.only ?? []) {
    if (names.includes(name)) continue;
    throw new JikjiError('usage', 'names no setting', name, `These are there: ${names.join('; ')}.`);
  }
  for (const seed of seeds) {
    for (const setting of settings.filter(([name]) => !values.only || values.only.includes(name))) {
      // Read anew: another process may add to the file.
      if (read(values.results).some((one) => one.name === setting[0] && one.seed === seed)) continue;
      const result = trainWith(run, setting, seed);
      appendFileSync(values.results, `${JSON.stringify(result)}\n`);
      const seconds = result.seconds.toFixed(0);
      process.stderr.write(`${result.name}, seed ${seed}: ${result.bitsPerByte?.toFixed(3)} in ${seconds} s\n`);
    }
  }
  console.log(table(names, seeds, read(values.results)));
}

main();
