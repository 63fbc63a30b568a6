// `npm run bench:law -- [--results FILE] [--folder DIR] [--budgets 0.3,1,3,10] [--seeds 1] [--only TEXT]`: trains on single texts by the
// shapes and rules of `jikji init`, at several budgets. Adds a line to the results for each training that they do not have yet.

import { appendFileSync, existsSync, readFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { stringify } from 'yaml';
import { corpusDifficulty } from '../src/foundry/corpus/index.ts';
import { makeText, parseRecipe, type Sizing, STEPS_SHARE, sizeFor, trainingFlops } from '../src/foundry/index.ts';
import type { LawRun } from './law-run.ts';
import { LAW_TEXTS, type LawText } from './law-texts.ts';
import { learn, openText } from './learning-run.ts';

/** A text as tokens, and what is known about it. */
interface Prepared {
  folder: string;
  textBytes: number;
  bytes: number;
  corpusTokens: number;
  difficulty: number;
}

const sizingFor = (textBytes: number, budget: number) =>
  sizeFor({ textBytes, flopsPerSecond: 1e12, seconds: budget / STEPS_SHARE });

async function makeTokens(folder: string, { source }: LawText, vocabSize: number, validation: number) {
  const recipe = parseRecipe(
    stringify({ name: 'law', seed: 1377, corpus: { sources: [source], validation }, tokenizer: { vocabSize } }),
    { file: 'law.yaml' },
  );
  const rest = { threads: 1, resume: true, signal: new AbortController().signal, onEvent: () => {} };
  await makeText({ recipe, recipeFolder: folder, out: folder, ...rest });
}

const json = (path: string) => JSON.parse(readFileSync(path, 'utf8'));

/** Makes the tokens of a text by the rules of `init`: vocabulary and held-out share depend on the text's size. */
async function prepare(folder: string, text: LawText): Promise<Prepared> {
  const name = text.name.replaceAll(/[^a-z0-9]+/g, '-');
  const first = join(folder, `${name}-first`);
  await makeTokens(first, text, 512, 0.01); // to learn its size
  const { train, validation } = json(join(first, 'corpus/manifest.json')).bytes;
  const textBytes = train + validation;
  const share = Math.min(0.1, Math.max(0.01, Number((50e3 / textBytes).toPrecision(2))));
  const run = join(folder, name);
  await makeTokens(run, text, sizingFor(textBytes, 1).vocabSize, share);
  const manifest = json(join(run, 'corpus/manifest.json'));
  const difficulty = corpusDifficulty(join(run, 'corpus'), manifest);
  if (difficulty === undefined) throw new Error(`${text.name} is too short`);
  const corpusTokens = json(join(run, 'corpus/tokens.json')).sources[0].train.tokens;
  return { folder: run, textBytes, bytes: manifest.bytes.train, corpusTokens, difficulty };
}

function train(
  { folder, ...text }: Prepared,
  sizing: Sizing,
  seed: number,
): Omit<LawRun, 'text' | 'from' | 'budget' | 'seed'> {
  const { hiddenSize, intermediateSize, numHiddenLayers, numAttentionHeads, numKeyValueHeads } = sizing;
  // Llama and momentum 0.95, as all trainings that the law is fitted to: what `init` writes is 1 to 2% better (docs/learning.md).
  const { steps, batchSize, sequenceLength, optimizer, learningRate, warmupSteps } = sizing;
  const model = { hiddenSize, intermediateSize, numHiddenLayers, numAttentionHeads, numKeyValueHeads };
  const training = { steps, batchSize, sequenceLength, optimizer, learningRate, warmupSteps, validateEvery: steps };
  const changes = [
    ...Object.entries({ ...model, maxPositionEmbeddings: sequenceLength }).map(
      ([key, value]) => `model.${key}=${value}`,
    ),
    ...Object.entries(training).map(([key, value]) => `train.${key}=${value}`),
  ];
  const opened = openText(folder, changes);
  try {
    const { curve, parameters, tokens } = learn(opened, seed, 1);
    const bitsPerByte = curve.at(-1)?.[2] ?? Number.NaN;
    const { difficulty, bytes, corpusTokens } = text;
    const { vocabSize } = opened;
    const shape = { vocabSize, hiddenSize, layers: numHiddenLayers, sequenceLength, batchSize, steps };
    return {
      difficulty: Number(difficulty.toFixed(4)),
      bytes,
      corpusTokens,
      ...shape,
      parameters,
      tokens,
      flops: trainingFlops({ ...opened.recipe, tokenizer: { vocabSize } }),
      bitsPerByte: Number(bitsPerByte.toFixed(4)),
    };
  } finally {
    opened.close();
  }
}

async function main() {
  const { values } = parseArgs({
    options: {
      results: { type: 'string', default: join(import.meta.dirname, 'law.jsonl') },
      folder: { type: 'string', default: join(tmpdir(), 'jikji-law') },
      budgets: { type: 'string', default: '0.3,1,3,10' },
      seeds: { type: 'string', default: '1' },
      only: { type: 'string', default: '' },
    },
  });
  process.env.XDG_STATE_HOME = join(values.folder, 'state'); // these are not runs of the user's
  const results: LawRun[] = existsSync(values.results)
    ? readFileSync(values.results, 'utf8')
        .split('\n')
        .filter(Boolean)
        .map((line) => JSON.parse(line))
    : [];
  const texts = LAW_TEXTS.filter(({ name }) => name.includes(values.only));
  for (const budget of values.budgets.split(',').map(Number)) {
    for (const text of texts) {
      for (const seed of values.seeds.split(',').map(Number)) {
        if (results.some((one) => one.text === text.name && one.budget === budget && one.seed === seed)) continue;
        const prepared = await prepare(values.folder, text);
        const sizing = sizingFor(prepared.textBytes, budget);
        // A short text is read four times at most: a larger budget changes nothing.
        const known = results.find(
          (one) =>
            one.text === text.name &&
            one.seed === seed &&
            one.hiddenSize === sizing.hiddenSize &&
            one.steps === sizing.steps &&
            one.batchSize === sizing.batchSize,
        );
        if (known) continue;
        const start = performance.now();
        const run: LawRun = { text: text.name, from: text.source.npm!, budget, seed, ...train(prepared, sizing, seed) };
        results.push(run);
        appendFileSync(values.results, `${JSON.stringify(run)}\n`);
        const seconds = ((performance.now() - start) / 1000).toFixed(0);
        process.stderr.write(
          `${budget} TFLOP, ${text.name}: ${run.bitsPerByte} bits per byte (difficulty ${run.difficulty}), ${seconds} s\n`,
        );
      }
    }
  }
}

await main();
