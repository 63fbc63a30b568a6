// Jikji's half: `node ours.ts make FOLDER` makes runs of a few steps, and so a tokenizer; `node ours.ts logits FOLDER` opens the models
// in the folder and writes what the engine computes of them. Judges nothing.
//
// FOLDER/tokenizer.json             for the folders that PyTorch makes
// FOLDER/models/<name>/             a model each; those of RUNS are ours, and so is what is exported
// FOLDER/logits/<name>.safetensors  tokens [B, T], and logits [B, T, V] of both forward passes we have

import { closeSync, copyFileSync, cpSync, mkdirSync, openSync, readdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { keyOf, philox4x32 } from '../../src/engine/index.ts';
import { writeSafetensors } from '../../src/formats/index.ts';
import { exportModel } from '../../src/foundry/export/index.ts';
import { makeRun, parentShape, parseRecipe } from '../../src/foundry/index.ts';
import { type Model, openModel } from '../../src/foundry/load/index.ts';
import { TINY, weightsOf, writeFolder } from '../../src/foundry/load/testing/folders.ts';
import { ARCHITECTURES, openDecoder, pagesOf } from '../../src/foundry/model/index.ts';
import { openWhole, wholeLogits } from '../../src/foundry/model/testing/whole-pass.ts';
import { foreignFiles } from '../../src/foundry/tokenizer/testing/foreign.ts';

const THREADS = 2;
const [B, T] = [2, 60];

const random = (stream: number, i: number) => philox4x32([i, 0, stream, 0], keyOf(1))[0];

/** The configs of the models of our runs. */
const RUNS = {
  run: {},
  ...Object.fromEntries(
    [...ARCHITECTURES.keys()].map((architecture) => [`run-${architecture}`, { architecture, headDim: 20 }]),
  ),
};

/** A run with a parent whose tokenizer another maker made. */
const FOREIGN = 'run-foreign';

async function make(folder: string) {
  const words = 'the people of a small river went up to cold winter 그리고 금속활자로 찍은 책'.split(' ');
  const line = (i: number) => Array.from({ length: 40 }, (_, w) => words[random(i, w) % words.length]).join(' ');
  writeFileSync(join(folder, 'texts.txt'), Array.from({ length: 200 }, (_, i) => `${line(i)}\n\n`).join(''));
  mkdirSync(join(folder, 'models'));
  for (const [name, model] of Object.entries(RUNS)) await makeTiny(folder, name, { model });
  writeFolder(join(folder, 'foreign'), TINY, weightsOf(TINY, 'F32'), (await foreignFiles()).Qwen2);
  await makeTiny(folder, FOREIGN, { model: undefined, tokenizer: undefined, from: { model: 'foreign' } });
  copyFileSync(join(folder, 'models/run/tokenizer.json'), join(folder, 'tokenizer.json'));
}

interface Changes {
  model: object | undefined;
  tokenizer?: undefined;
  from?: object;
}

/** A run of `texts.txt`, with changes of its recipe; its model goes to models/. */
async function makeTiny(folder: string, name: string, changes: Changes) {
  const recipe = {
    name: 'tiny',
    seed: 1377,
    corpus: { sources: [{ files: 'texts.txt', licence: 'CC0-1.0' }] },
    tokenizer: { vocabSize: 320 },
    ...changes,
    model: changes.model && {
      ...{ hiddenSize: 48, intermediateSize: 80, numHiddenLayers: 2, numAttentionHeads: 4, numKeyValueHeads: 2 },
      ...changes.model,
    },
    train: { steps: 30, batchSize: 4, sequenceLength: 64, warmupSteps: 2, learningRate: 0.01, validationTokens: 500 },
  };
  const out = join(folder, name);
  await makeRun({
    recipe: parseRecipe(JSON.stringify(recipe), { file: 'recipe.yaml', shapeOf: parentShape(folder) }),
    recipeFolder: folder,
    out,
    threads: THREADS,
    resume: false,
    signal: new AbortController().signal,
    onEvent: () => {},
  });
  cpSync(join(out, 'model'), join(folder, 'models', name), { recursive: true });
}

/** As evaluation and sampling compute it, each sequence in two pieces. */
function decoded(model: Model, tokens: Int32Array): Float32Array {
  const V = model.config.vocabSize;
  const size = { rows: B * T, context: T, pages: B * pagesOf(T) };
  const decoder = openDecoder(model.config, size, { threads: THREADS }, model);
  const out = new Float32Array(B * T * V);
  try {
    const first = 25;
    for (let b = 0; b < B; b++) {
      const pages = Array.from({ length: pagesOf(T) }, (_, i) => b * pagesOf(T) + i);
      for (const [start, end] of [
        [0, first],
        [first, T],
      ] as const) {
        decoder.forward([{ tokens: tokens.subarray(b * T + start, b * T + end), start, pages }]);
        for (let t = start; t < end; t++) out.set(decoder.logits([t - start]), (b * T + t) * V);
      }
    }
  } finally {
    decoder.close();
  }
  return out;
}

/** All sequences in one pass, as training computes them. */
function inOnePass(model: Model, tokens: Int32Array) {
  const decoder = openWhole(model.config, [B, T], model);
  try {
    return wholeLogits(decoder, tokens, T);
  } finally {
    decoder.close();
  }
}

async function logits(folder: string) {
  mkdirSync(join(folder, 'logits'));
  for (const name of [...Object.keys(RUNS), FOREIGN, 'scaled-llama3']) {
    const out = join(folder, 'models', `${name}-exported`);
    await exportModel({ model: join(folder, 'models', name), to: 'hf', type: 'f32', out });
  }
  for (const name of readdirSync(join(folder, 'models'))) {
    const model = openModel(join(folder, 'models', name));
    try {
      const V = model.config.vocabSize;
      const tokens = Int32Array.from({ length: B * T }, (_, i) => random(0, i) % V);
      const bytes = (a: Float32Array | Int32Array) => new Uint8Array(a.buffer, a.byteOffset, a.byteLength).slice();
      const fd = openSync(join(folder, 'logits', `${name}.safetensors`), 'w');
      writeSafetensors(fd, [
        { name: 'tokens', dtype: 'I32', shape: [B, T], data: bytes(tokens) },
        { name: 'decoder', dtype: 'F32', shape: [B, T, V], data: bytes(decoded(model, tokens)) },
        { name: 'training', dtype: 'F32', shape: [B, T, V], data: bytes(inOnePass(model, tokens)) },
      ]);
      closeSync(fd);
    } finally {
      model.close();
    }
  }
}

const [what, folder] = process.argv.slice(2);
if (folder && what === 'make') await make(folder);
else if (folder && what === 'logits') await logits(folder);
else {
  console.error('usage: node checks/hugging-face/ours.ts make|logits FOLDER');
  process.exitCode = 2;
}
