// Torture: a model of three billion weights with random values, in q8_0, which fills one memory of an engine. Takes about 4 GB of disk
// and 10 GB of memory.

import { closeSync, mkdtempSync, openSync, rmSync, writeFileSync, writeSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { randomNumbers } from '../../base/testing/random-numbers.ts';
import { ggufPieces } from '../../formats/index.ts';
import { TextModel } from '../generate/index.ts';
import { type Model, openModel } from '../load/index.ts';
import { type ModelConfig, openDecoder, parameterCount } from '../model/index.ts';
import { trainTokenizer } from '../tokenizer/index.ts';
import { toGguf } from './gguf.ts';

const TORTURE = process.env.JIKJI_TORTURE !== undefined;

/** To write the file and to open it twice. */
const MAX_MS = 1_800_000;

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

let folder: string;
let path: string;

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

beforeAll(async () => {
  if (!TORTURE) return;
  folder = mkdtempSync(join(tmpdir(), 'jikji-large-'));
  path = join(folder, 'large.gguf');
  const tokenizer = await trainTokenizer([{ text: 'the people of 대한민국 and the sea '.repeat(50), weight: 1 }], {
    vocabSize: CONFIG.vocabSize,
  });
  writeFileSync(join(folder, 'tokenizer.json'), tokenizer.toJson());
  const model: Model = {
    folder,
    run: undefined,
    files: undefined,
    config: CONFIG,
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
}, MAX_MS);
afterAll(() => {
  if (folder) rmSync(folder, { recursive: true });
});

test.runIf(TORTURE)(
  'three billion weights in q8_0: one memory, and several, give the same tokens',
  async () => {
    expect(parameterCount(CONFIG)).toBeGreaterThan(3e9);
    const text = TextModel.open(path, { threads: 2, texts: 1 });
    const prompt = [0, ...text.model.tokenizer.encode('the people of')];
    const options = {
      temperature: 0,
      topK: 0,
      topP: 1,
      minP: 0,
      seed: 1,
      full: 'end',
      maxTokens: 8,
      onText: () => {},
    } as const;
    const { tokenIds } = await text.continue(prompt, options);
    expect(text.engines).toBe(1);
    text.close();
    expect(tokenIds.length).toBe(8);

    const model = openModel(path);
    const size = { rows: 32, context: 64, pages: 0 };
    const decoder = openDecoder(model.config, size, { threads: 2, memory: 800 << 20 }, model);
    expect(decoder.engines).toBeGreaterThan(3);
    for (const [i, id] of tokenIds.entries()) {
      const tokens = [...prompt, ...tokenIds.slice(0, i)];
      decoder.forward([{ tokens, start: 0 }]);
      const logits = decoder.logits([tokens.length - 1]).subarray(0, model.tokenizer.vocabSize);
      expect(logits.every(Number.isFinite)).toBe(true);
      expect(logits.indexOf(logits.reduce((a, b) => Math.max(a, b)))).toBe(id);
    }
    decoder.close();
    model.close();
  },
  MAX_MS,
);
