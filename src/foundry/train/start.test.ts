// S_0 with a parent whose tokenizer has fewer entries: against the rule, written plainly, and against S_0 as the kernels draw it.

import { closeSync, openSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { temporaryFolder } from '../../base/testing/temporary-folder.ts';
import { writeSafetensors } from '../../formats/index.ts';
import { loadStart, Trainer } from './index.ts';
import { smallModel, smallTraining } from './testing/small.ts';

const SEED = 77n;
/** Entries of the parent. */
const P = 40;
const folder = temporaryFolder();
const path = join(folder, 'model.safetensors');
const opened: Trainer[] = [];
afterAll(() => {
  for (const trainer of opened) trainer.close();
});

const open = (vocabSize: number, more = {}) => {
  const trainer = new Trainer(smallModel({ vocabSize, tieWordEmbeddings: false, ...more }), smallTraining(), {
    threads: 1,
  });
  opened.push(trainer);
  return trainer;
};
const floats = (trainer: Trainer, name: string) => {
  const { data } = trainer.weights().find((weight) => weight.name === name)!;
  return new Float32Array(data.slice().buffer);
};
const MATRICES = ['model.embed_tokens.weight', 'lm_head.weight'];
/** 40 joins three entries of the parent, 41 joins one twice; 42 is drawn; 43 joins many. */
const parts = new Map([
  [40, [3, 0, 39]],
  [41, [7, 7]],
  [43, Array.from({ length: 21 }, (_, i) => (i * 11) % P)],
]);
const entries = { seed: SEED, partsOf: (id: number, size: number) => (size === P ? parts.get(id) : undefined) };

let parent: Trainer;
beforeAll(() => {
  parent = open(P);
  parent.initialise(5n);
  const fd = openSync(path, 'w');
  writeSafetensors(fd, parent.weights(), { format: 'pt' });
  closeSync(fd);
});

describe('loadStart', () => {
  test('a new row is the mean of rows of the parent, or drawn as the kernels draw it', () => {
    const trainer = open(44);
    loadStart(path, trainer, entries);
    const found = MATRICES.map((name) => floats(trainer, name));
    const others = trainer.weights().filter(({ name }) => !MATRICES.includes(name));
    for (const { name, data } of others)
      expect([name, data]).toEqual([name, parent.weights().find((w) => w.name === name)!.data]);
    const moments = trainer.state().filter(({ name }) => name.startsWith('adamw.'));
    expect(moments.every(({ data }) => data.every((byte) => byte === 0))).toBe(true);
    trainer.initialise(SEED);
    for (const [i, name] of MATRICES.entries()) {
      const [old, drawn, got] = [floats(parent, name), floats(trainer, name), found[i]];
      const D = old.length / P;
      expect(got.subarray(0, old.length)).toEqual(old);
      const row = (values: Float32Array, id: number) => values.subarray(id * D, (id + 1) * D);
      expect(row(got, 42)).toEqual(row(drawn, 42));
      for (const [id, joined] of parts) {
        const mean = Array.from({ length: D }, (_, d) => {
          let sum = 0;
          for (const one of joined) sum = Math.fround(sum + row(old, one)[d]);
          return Math.fround(sum * Math.fround(1 / joined.length));
        });
        expect([...row(got, id)]).toEqual(mean);
      }
    }
  });

  test('pieces of any size are those of the whole', () => {
    const trainer = open(44);
    loadStart(path, trainer, entries);
    const whole = trainer.state();
    for (const size of [4, 52, 1000, 4096]) {
      const read = (_: number, fill: (name: string, target: Uint8Array, offset: number) => void) => {
        for (const { name, data } of whole) {
          const got = new Uint8Array(data.length);
          for (let at = 0; at < got.length; at += size) fill(name, got.subarray(at, at + size), at);
          expect(Buffer.compare(got, data)).toBe(0);
        }
      };
      loadStart(path, { config: trainer.config, takeState: read } as unknown as Trainer, entries);
    }
  });

  test.each([
    ['more entries than the run', { vocabSize: P - 1 }],
    ['another width', { hiddenSize: 24, headDim: 8 }],
    ['more layers than the parent', { numHiddenLayers: 3 }],
  ])('%s: refused', (_, more) => {
    expect(() => loadStart(path, open(44, more), entries)).toThrow(/has no .* of shape/);
  });
});
