// A run's notes on its texts and on validation: shares, cuts, and no figure where nothing is held out.

import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { beforeAll, expect, test } from 'vitest';
import { temporaryHome } from '../../base/testing/temporary-folder.ts';
import { readStatement } from '../../ledger/index.ts';
import { readRun } from '../../run-folder/index.ts';
import { sayMemorised } from './held-out.ts';
import type { MakeEvent } from './index.ts';
import { writeTexts } from './testing/cli.ts';
import { makeIn } from './testing/make-in.ts';

const RECIPE = `
seed: 1377
corpus: { sources: [{ files: texts }], validation: 0.02 }
tokenizer: { vocabSize: 400 }
model: { hiddenSize: 16, numHiddenLayers: 1, numAttentionHeads: 2 }
train: { steps: 3, batchSize: 2, sequenceLength: 16, validateEvery: 1, validationTokens: 100, checkpointEvery: 3, warmupSteps: 1 }
`;

const folder = temporaryHome();
beforeAll(() => {
  writeTexts(join(folder, 'texts'), 2, 40);
  writeFileSync(join(folder, 'recipe.yaml'), RECIPE);
});

async function make(out: string, set: string[] = []) {
  const events: MakeEvent[] = [];
  const result = await makeIn(folder, out, { set, onEvent: (event) => events.push(event) });
  const notes = events.flatMap((event) => (event.kind === 'note' ? [event.text] : [])).join('\n');
  const done = events.find((event) => event.kind === 'stage' && event.stage === 'corpus' && event.state === 'done');
  return { events, result, notes, detail: done && 'detail' in done ? String(done.detail) : '' };
}

test('two files: slices of them are held out, and make reports their share', async () => {
  const { detail, notes, result } = await make('few');
  expect(detail).toMatch(/^\d+ documents, [\d.]+ kB to train on, [\d.]+ kB held out \((1\.\d|2|2\.\d)%\)$/);
  expect(notes).toContain('Whole documents are too few to hold out 2%');
  expect(notes).not.toContain('Warning');
  expect(result.valBitsPerByte).toBeGreaterThan(0);
});

test('many dropped documents are reported by rule, with the cuts; a few are not', async () => {
  const words = (i: number) => `${i} of the ${(i * 7919) % 997} words that stand in line ${i * i}`;
  const long = Array.from({ length: 1500 }, (_, i) => words(i)).join('\n');
  writeFileSync(join(folder, 'long.txt'), long + '\0'.repeat(5 << 20));
  const { notes } = await make('dropped', ['corpus.sources.0.files=long.txt']);
  expect(notes).toMatch(/^Dropped [34] of \d+ documents, by rule: duplicate [34]\.$/m);
  expect(notes).toMatch(/\b[1-9][\d,]* cuts\b/);
  expect((await make('undropped')).notes).not.toContain('Dropped');
});

test('validation 0: no figure anywhere', async () => {
  const { detail, notes, result, events } = await make('none', ['corpus.validation=0']);
  expect(detail).toMatch(/to train on, nothing held out$/);
  expect(notes).not.toContain('Warning');
  expect(result.valBitsPerByte).toBeNaN();
  expect(events.filter((event) => event.kind === 'validation')).toEqual([]);
  const run = join(folder, 'none');
  expect(existsSync(join(run, 'validation.jsonl'))).toBe(false);
  expect(JSON.parse(readFileSync(join(run, 'result.json'), 'utf8')).valBitsPerByte).toBeNull();
  expect(readStatement(join(run, 'seal.json'), 'seal').predicate.valBitsPerByte).toBeNull();
  const card = readFileSync(join(run, 'model/README.md'), 'utf8');
  expect(card).toContain('no text was held out');
  expect(card).not.toMatch(/NaN|null|\d bits per byte/);
  expect(readRun(run).valBitsPerByte).toBeNull();
});

test('text that repeats itself: the share is missed, and make warns', async () => {
  writeFileSync(join(folder, 'same.txt'), 'the same again and again\n'.repeat(400));
  const { detail, notes, result } = await make('same', ['corpus.sources.0.files=same.txt']);
  expect(detail).toMatch(/nothing held out$/);
  expect(notes).toContain('Warning: corpus.validation asks for 2% of the text, 0% is held out');
  expect(result.valBitsPerByte).toBeNaN();
});

test('a run that went on learning its text by heart is told where it predicted held-out text best', () => {
  const curve = (...bits: (number | null)[]) => bits.map((bitsPerByte, i) => ({ step: 50 * i, bitsPerByte }));
  expect(sayMemorised(curve(8, 1.401, 1.002, 1.049, 1.229))).toMatch(
    /after step 100, with 1\.002 bits .*train\.steps=100/,
  );
  const answers = sayMemorised(curve(8, 1.401, 1.002, 1.049, 1.229), true);
  expect(answers).toMatch(/Held-out answers .* after step 100, with 1\.002 bits/);
  expect(answers).not.toContain('train.steps');
  for (const validations of [curve(), curve(null, null), curve(1.2, 1.01, 1, 1.04), curve(1, 1.2, 1.3)])
    expect(sayMemorised(validations)).toBeUndefined();
});
