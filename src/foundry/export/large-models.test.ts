// Torture: models of random weights in q8_0: three billion fill one memory of an engine, four and a half billion are more than its 4 GiB.
// Takes about 5 GB of disk and 12 GB of memory.

import { closeSync, mkdtempSync, openSync, rmSync, statSync, writeFileSync, writeSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { randomNumbers } from '../../base/testing/random-numbers.ts';
import { MEMORY_LIMIT } from '../../engine/index.ts';
import { ggufPieces } from '../../formats/index.ts';
import { TextModel } from '../generate/index.ts';
import { type Model, openModel } from '../load/index.ts';
import { type ModelConfig, openDecoder, parameterCount } from '../model/index.ts';
import { wholeNats } from '../model/testing/whole-pass.ts';
import { trainTokenizer } from '../tokenizer/index.ts';
import { toGguf } from './gguf.ts';

const TORTURE = process.env.JIKJI_TORTURE !== undefined;

/** To write the file and to open it twice. */
const MAX_MS = 1_800_000;

/** For the second split. */
const MEMORY = 800 << 20;
/** Of the model that no single memory holds. */
const LAYERS = 46;

const CONFIG: ModelConfig = {
  vocabSize: 290,
  hiddenSize: 3072,
  intermediateSize: 8192,
  numHiddenLayers: 30,
  numAttentionHeads: 24,
  numKeyValueHeads: 8,
  maxPositionEmbeddings: 4096,
  ropeTheta: 10_000,
  rmsNormEps: 1e-5,
  initializerRange: 0.02,
  tieWordEmbeddings: true,
};

/** Random values, the same ones again and again from a place that depends on the name. */
function filler(): Model['read'] {
  const random = randomNumbers(5);
  const table = Float32Array.from({ length: 1_000_003 }, () => (random() - 0.5) * 0.05);
  return (name, values) => {
    if (name.endsWith('norm.weight')) {
      values.fill(1);
      return;
    }
    const start = [...name].reduce((sum, c) => (sum * 31 + c.charCodeAt(0)) % 1_000_003, 7);
    for (let at = 0, from = start; at < values.length; from = 0) {
      const part = table.subarray(from, from + values.length - at);
      values.set(part, at);
      at += part.length;
    }
  };
}

/** Writes a model as GGUF in q8_0, and returns the file. */
async function writeLarge(folder: string, config: ModelConfig) {
  const path = join(folder, 'large.gguf');
  const tokenizer = await trainTokenizer([{ text: 'the people of 대한민국 and the sea '.repeat(50), weight: 1 }], {
    vocabSize: config.vocabSize,
  });
  writeFileSync(join(folder, 'tokenizer.json'), tokenizer.toJson());
  const model: Model = {
    folder,
    run: undefined,
    files: undefined,
    config,
    tokenizer,
    ...{ chatTemplate: undefined, bosToken: undefined, eosToken: undefined, note: undefined },
    arithmeticVersion: 1,
    tensors: new Map(),
    read: filler(),
    digest: () => '',
    digestedFiles: () => [],
    close: () => {},
  };
  const { metadata, tensors } = toGguf(model, 'q8_0', 'large', 'mit');
  const fd = openSync(path, 'w');
  for (const piece of ggufPieces(metadata, tensors)) writeSync(fd, piece);
  closeSync(fd);
  return path;
}

/** The model as it is opened for generation, in so many engines, and with its layers in more of them: the same tokens and likelihoods. */
async function checkSplits(path: string, { maxTokens, engines }: { maxTokens: number; engines: number }) {
  const text = TextModel.open(path, { threads: 2, texts: 1 });
  const prompt = [0, ...text.model.tokenizer.encode('the people of')];
  const choice = { temperature: 0, topK: 0, topP: 1, minP: 0, seed: 1 };
  const { tokenIds } = await text.continue(prompt, { ...choice, full: 'end', maxTokens, onText: () => {} });
  const nats = await text.score({ context: prompt, continuation: tokenIds });
  expect(text.engines).toBe(engines);
  text.close();
  expect(tokenIds.length).toBe(maxTokens);

  const model = openModel(path);
  const size = { rows: 32, context: 64, pages: 0 };
  const decoder = openDecoder(model.config, size, { threads: 2, memory: MEMORY }, model);
  expect(decoder.engines).toBeGreaterThan(3);
  const all = [...prompt, ...tokenIds];
  expect(wholeNats(decoder, all.slice(0, -1), all.slice(1)).slice(prompt.length - 1)).toEqual(nats);
  for (const [i, id] of tokenIds.entries()) {
    const logits = decoder.logits([prompt.length - 1 + i]).subarray(0, model.tokenizer.vocabSize);
    expect(logits.every(Number.isFinite)).toBe(true);
    expect(logits.indexOf(logits.reduce((a, b) => Math.max(a, b)))).toBe(id);
  }
  decoder.close();
  model.close();
}

describe.runIf(TORTURE)('models in q8_0, as they are opened and with their layers in more memories', () => {
  let folder: string;
  beforeEach(() => {
    folder = mkdtempSync(join(tmpdir(), 'jikji-large-'));
  });
  afterEach(() => rmSync(folder, { recursive: true }));

  test(
    'three billion weights: one memory holds them',
    async () => {
      expect(parameterCount(CONFIG)).toBeGreaterThan(3e9);
      await checkSplits(await writeLarge(folder, CONFIG), { maxTokens: 8, engines: 1 });
    },
    MAX_MS,
  );

  test(
    'more bytes of weights than one memory can have: two',
    async () => {
      const path = await writeLarge(folder, { ...CONFIG, numHiddenLayers: LAYERS });
      expect(statSync(path).size).toBeGreaterThan(MEMORY_LIMIT);
      await checkSplits(path, { maxTokens: 2, engines: 2 });
    },
    MAX_MS,
  );
});
