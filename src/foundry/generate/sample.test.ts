// Samples from an unfinished run, a finished one, and a copy of its model; faults are reported.

import { cpSync, mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { beforeAll, expect, test } from 'vitest';
import { temporaryHome } from '../../base/testing/temporary-folder.ts';
import { writeTexts } from '../make/testing/cli.ts';
import { makeIn } from '../make/testing/make-in.ts';
import { Tokenizer } from '../tokenizer/index.ts';
import { type SampleOptions, sampleModel } from './index.ts';

const RECIPE = `
seed: 1377
corpus: { sources: [{ files: texts }], validation: 0.1 }
tokenizer: { vocabSize: 400 }
model: { hiddenSize: 24, intermediateSize: 40, numHiddenLayers: 2, numAttentionHeads: 4, numKeyValueHeads: 2, tieWordEmbeddings: false }
train: { steps: 30, batchSize: 4, sequenceLength: 32, checkpointEvery: 20, learningRate: 0.01 }
`;

const folder = temporaryHome();
const at = (name: string) => join(folder, name);

async function sample(model: string, options: Partial<SampleOptions> = {}) {
  const pieces: string[] = [];
  const notes: string[] = [];
  const result = await sampleModel({
    model: at(model),
    prompt: 'teo',
    maxTokens: 25,
    temperature: 0.8,
    topK: 0,
    topP: 0.95,
    seed: 1377,
    threads: 1,
    onText: (piece) => pieces.push(piece),
    onNote: (note) => notes.push(note),
    ...options,
  });
  return { ...result, pieces, notes };
}

beforeAll(async () => {
  writeTexts(at('texts'), 20, 30);
  writeFileSync(at('recipe.yaml'), RECIPE);
  await expect(makeIn(folder, 'run', { stopAfter: 7 })).rejects.toMatchObject({ code: 'interrupted' });
  cpSync(at('run'), at('stopped'), { recursive: true });
  await makeIn(folder, 'run', { resume: true });
  cpSync(at('run/model'), at('copied'), { recursive: true });
});

test('an unfinished run: the weights of its newest checkpoint, and it says so', async () => {
  const stopped = await sample('stopped');
  expect(stopped.notes).toEqual(['This run is not finished: these are its weights after step 7 of 30.']);
  expect(stopped.tokenIds.length).toBeGreaterThan(0);
  expect(stopped.tokenIds).not.toEqual((await sample('run')).tokenIds);
  // At the last step, before the model is written, the checkpoint is the model.
  cpSync(at('run'), at('nearly'), { recursive: true });
  for (const name of ['model', 'result.json']) rmSync(join(at('nearly'), name), { recursive: true });
  const nearly = await sample('nearly');
  const { tokenIds, text } = await sample('run');
  expect(nearly).toMatchObject({ tokenIds, text });
  expect(nearly.notes[0]).toContain('after step 30 of 30');
});

test('a finished run, its model folder and a copy of it give the same text', async () => {
  const run = await sample('run');
  expect(run.notes).toEqual([]);
  expect(await sample('run/model')).toEqual(run);
  expect(await sample('copied')).toEqual(run);
  expect(await sample('copied', { threads: 3 })).toEqual(run);
  expect((await sample('copied', { seed: 2 })).tokenIds).not.toEqual(run.tokenIds);
});

test('text and token ids agree', async () => {
  const tokenizer = Tokenizer.load(at('copied/tokenizer.json'));
  for (const prompt of ['', 'teo', '가나 다', '\u{1f600}']) {
    const { text, tokenIds, pieces } = await sample('copied', { prompt, temperature: 1.5, topP: 1 });
    expect(pieces.join('')).toBe(text);
    expect(text).toBe(new TextDecoder().decode(tokenizer.decodeBytes(tokenIds)));
    expect(tokenIds).not.toContain(tokenizer.endOfTextId);
  }
});

test('temperature 0 and top-k 1 agree; fewer tokens are a prefix of more', async () => {
  const greedy = await sample('copied', { temperature: 0 });
  expect((await sample('copied', { temperature: 1, topK: 1 })).tokenIds).toEqual(greedy.tokenIds);
  expect((await sample('copied', { temperature: 1, topP: 0 })).tokenIds).toEqual(greedy.tokenIds);
  const long = await sample('copied', { maxTokens: 25 });
  expect((await sample('copied', { maxTokens: 9 })).tokenIds).toEqual(long.tokenIds.slice(0, 9));
});

test('more tokens than the context holds', async () => {
  const long = await sample('copied', { maxTokens: 150, temperature: 1.2, topP: 1, seed: 3 });
  expect(long.tokenIds.length).toBeGreaterThan(40);
  const tokenizer = Tokenizer.load(at('copied/tokenizer.json'));
  // A prompt that fills the context is accepted; one token more is not.
  const word = tokenizer.decodeBytes(long.tokenIds.slice(0, 1));
  const prompt = (n: number) => new TextDecoder().decode(word).repeat(n);
  let n = 1;
  while (tokenizer.encode(prompt(n + 1)).length <= 31) n++;
  expect((await sample('copied', { prompt: prompt(n), maxTokens: 3 })).tokenIds.length).toBeGreaterThan(0);
  await expect(sample('copied', { prompt: prompt(60) })).rejects.toMatchObject({ code: 'prompt-too-long' });
});

test('faults of a model are reported', async () => {
  mkdirSync(at('empty'));
  await expect(sample('nowhere')).rejects.toMatchObject({ code: 'model-missing', input: at('nowhere') });
  await expect(sample('empty')).rejects.toMatchObject({ code: 'not-a-model' });
  cpSync(at('stopped'), at('begun'), { recursive: true });
  rmSync(at('begun/checkpoints'), { recursive: true });
  await expect(sample('begun')).rejects.toMatchObject({ code: 'model-unfinished' });

  const altered = async (name: string, file: string, change: (text: string) => string, code: string) => {
    cpSync(at('copied'), at(name), { recursive: true });
    writeFileSync(join(at(name), file), change(readFileSync(join(at(name), file), 'latin1')), 'latin1');
    await expect(sample(name)).rejects.toMatchObject({ name: 'JikjiError', code });
  };
  await altered('gpt', 'config.json', (t) => t.replace('"llama"', '"gpt2"'), 'config-unsupported');
  await altered(
    'wider',
    'config.json',
    (t) => t.replace('"hidden_size": 24', '"hidden_size": 32').replace('"head_dim": 6', '"head_dim": 8'),
    'weights-broken',
  );
  await altered(
    'deeper',
    'config.json',
    (t) => t.replace('"num_hidden_layers": 2', '"num_hidden_layers": 3'),
    'weights-missing',
  );
  await altered(
    'shallower',
    'config.json',
    (t) => t.replace('"num_hidden_layers": 2', '"num_hidden_layers": 1'),
    'weights-broken',
  );
  await altered('fewer', 'config.json', (t) => t.replace('"vocab_size": 400', '"vocab_size": 300'), 'config-broken');
  await altered('not-json', 'config.json', (t) => t.slice(9), 'config-broken');
  await altered('cut', 'model.safetensors', (t) => t.slice(0, -5), 'safetensors-broken');
  cpSync(at('copied'), at('mute'), { recursive: true });
  rmSync(at('mute/tokenizer.json'));
  await expect(sample('mute')).rejects.toMatchObject({ name: 'JikjiError' });
});
