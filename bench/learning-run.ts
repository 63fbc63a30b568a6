// One training on the tokens of a finished run, with some settings changed: how good it is after so many seconds of steps. Leaves no
// evidence; writes nothing.

import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { modelOf, parseRecipe, type Recipe, textBytes, tokensScored } from '../src/foundry/index.ts';
import { parameterCount } from '../src/foundry/model/index.ts';
import { openTokens, Tokenizer } from '../src/foundry/tokenizer/index.ts';
import { Batches, NotFinite, Trainer } from '../src/foundry/train/index.ts';

/** A validation on the way: after how many steps, seconds in steps until then, bits per byte. */
export type Point = [step: number, seconds: number, bitsPerByte: number];

export interface Learned {
  parameters: number;
  tokens: number;
  curve: Point[];
}

/** The text of a run as a training reads it. */
export interface Text {
  recipe: Recipe;
  vocabSize: number;
  batches(seed: number): Batches;
  /** Held-out text in whole windows of T + 1 tokens, [windows, T + 1], and the text bytes of what they predict. */
  heldOut: Int32Array;
  heldOutBytes: number;
  close(): void;
}

/** Opens the text of a finished run, with changes of its recipe as `make --set` takes them. */
export function openText(run: string, changes: readonly string[]): Text {
  const file = join(run, 'recipe.yaml');
  // The micro-batch that was right for the run's batch may not divide another one.
  const overrides = ['train.microBatchSize=auto', ...changes];
  const resolved = readFileSync(file, 'utf8');
  const isAdamW = changes.includes('train.optimizer=adamw');
  const recipe = parseRecipe(isAdamW ? resolved.replace(/^ {2}momentum: .*\n/m, '') : resolved, { file, overrides });
  const tokenizer = Tokenizer.load(join(run, 'tokenizer/tokenizer.json'));
  const { vocabSize } = tokenizer;
  const T = recipe.train.sequenceLength;
  const manifest = JSON.parse(readFileSync(join(run, 'corpus/tokens.json'), 'utf8'));
  const open = (split: 'train' | 'validation'): ReturnType<typeof openTokens>[] =>
    manifest.sources.map((source: Record<string, { file: string; tokens: number }>) =>
      openTokens(join(run, 'corpus', source[split]!.file), manifest.width, {
        tokens: source[split]!.tokens,
        vocabSize,
      }),
    );
  const [shards, validation] = [open('train'), open('validation')];
  const counts = tokensScored(
    validation.map(({ length }) => length),
    recipe.train.validationTokens,
  );
  const windows = validation.flatMap((tokens, i) =>
    Array.from({ length: Math.floor((counts[i]! - 1) / T) }, (_, n) => [...tokens.read(n * T, T + 1)]),
  );
  const bytesOf = textBytes(tokenizer);
  return {
    recipe,
    vocabSize,
    batches: (seed) =>
      new Batches(
        shards.map((tokens, i) => ({ tokens, weight: recipe.corpus.sources[i]!.weight })),
        seed,
        T,
      ),
    heldOut: Int32Array.from(windows.flat()),
    heldOutBytes: windows.flatMap((window) => window.slice(1)).reduce((sum, id) => sum + bytesOf[id]!, 0),
    close: () => {
      for (const tokens of [...shards, ...validation]) tokens.close();
    },
  };
}

/** Trains on a text, and validates every `train.validateEvery` steps and at the end. The curve ends where a number is not finite. */
export function learn(text: Text, seed: number, threads: number): Learned {
  const { train } = text.recipe;
  const config = modelOf(text.recipe, text.vocabSize);
  const trainer = new Trainer(config, train, { threads });
  const curve: Point[] = [];
  const tokens = train.steps * train.batchSize * train.sequenceLength;
  try {
    const batches = text.batches(seed);
    trainer.initialise(seed);
    let seconds = 0;
    while (trainer.step < train.steps) {
      const start = performance.now();
      trainer.next(batches);
      seconds += (performance.now() - start) / 1000;
      const { step } = trainer;
      if (step % train.validateEvery === 0 || step === train.steps)
        curve.push([step, seconds, bitsPerByte(trainer, text)]);
    }
  } catch (error) {
    if (!(error instanceof NotFinite)) throw error;
  } finally {
    trainer.close();
  }
  return { parameters: parameterCount(config), tokens, curve };
}

function bitsPerByte(trainer: Trainer, { heldOut, heldOutBytes }: Text) {
  const T = trainer.train.sequenceLength;
  const windows = heldOut.length / (T + 1);
  let nats = 0;
  for (let first = 0; first < windows; first += trainer.sequencesAtOnce) {
    const count = Math.min(trainer.sequencesAtOnce, windows - first);
    const part = heldOut.subarray(first * (T + 1), (first + count) * (T + 1));
    const inputs = part.filter((_, i) => i % (T + 1) < T);
    const targets = part.filter((_, i) => i % (T + 1) > 0);
    for (const loss of trainer.losses({ tokens: inputs, targets }, T)) nats += loss;
  }
  return nats / Math.LN2 / heldOutBytes;
}
