// What a recipe with a parent of a foreign tokenizer takes over from it, and what it is refused: each with the key and a way out.

import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { beforeAll, expect, test } from 'vitest';
import { temporaryFolder } from '../../base/testing/temporary-folder.ts';
import { TINY, weightsOf, writeFolder } from '../load/testing/folders.ts';
import { parseRecipe } from '../recipe/index.ts';
import { foreignFiles } from '../tokenizer/testing/foreign.ts';
import { parentShape } from './index.ts';

const folder = temporaryFolder();
const at = (name: string) => join(folder, name);

interface File {
  added_tokens: { id: number; content: string; special: boolean }[];
  model: { vocab: Record<string, number>; merges: string[]; type: string };
  normalizer: unknown;
}
let qwen: File;
const write = (name: string, file: object, config: object = { bos_token_id: null, eos_token_id: 0 }) =>
  writeFolder(at(name), TINY, weightsOf(TINY, 'F32'), file, { config: { ...config } });

beforeAll(async () => {
  const files = await foreignFiles();
  qwen = files.Qwen2 as unknown as File;
  write('qwen', qwen);
  write('llama', files['Llama 2'], { bos_token_id: 1, eos_token_id: 2 });
  write('gpt', { ...files['GPT-2'], added_tokens: qwen.added_tokens.filter(({ special }) => special) });
});

const recipe = (model: string, more: Record<string, unknown> = {}, read = 'text') =>
  parseRecipe(JSON.stringify({ from: { model }, corpus: { sources: [{ files: 'a', read }] }, ...more }), {
    file: 'recipe.yaml',
    shapeOf: parentShape(folder),
  });
const refused = (make: () => unknown, code: string, message: RegExp, hint = /./) =>
  expect(make).toThrow(
    expect.objectContaining({ code, message: expect.stringMatching(message), hint: expect.stringMatching(hint) }),
  );

test('a recipe states the tokens around a document, and a row for each of the embedding', () => {
  expect(recipe('qwen').tokenizer).toEqual({ vocabSize: 720, bosToken: '<|endoftext|>', eosToken: '<|endoftext|>' });
  expect(recipe('llama').tokenizer).toEqual({ vocabSize: 720, bosToken: '<s>', eosToken: '</s>' });
  // A split and an end-of-text token as runs have them, but more rows than entries: nothing can be added behind these.
  expect(recipe('gpt').tokenizer).toMatchObject({ vocabSize: 720, eosToken: '<|endoftext|>' });
  const other = { tokenizer: { eosToken: '<|end|>' } };
  expect(recipe('qwen', other).tokenizer).toMatchObject({ bosToken: '<|end|>', eosToken: '<|end|>' });
  // What it states is a recipe again, which needs no parent.
  const stated = recipe('llama');
  expect(parseRecipe(JSON.stringify(stated), { file: 'recipe.yaml' })).toEqual(stated);
});

test('it gets no further entries', () => {
  refused(
    () => recipe('qwen', { tokenizer: { vocabSize: 800 } }),
    'recipe-conflict',
    /is 800, the parent's is 720/,
    /as it is/,
  );
  refused(() => recipe('qwen', { tokenizer: { vocabSize: 700 } }), 'recipe-conflict', /is 700, the parent's is 720/);
  refused(
    () => recipe('qwen', {}, 'conversations'),
    'recipe-conflict',
    /no special token <\|system\|>, <\|user\|>, .* and gets no further entries/,
    /chat\.template.*: <\|begin\|>, <\|end\|>/,
  );
  const chat = { template: 'own.jinja', tokens: ['<|begin|>', '<|end|>'] };
  expect(recipe('qwen', { chat }, 'conversations').chat).toEqual(chat);
});

test('tokens around a document that cannot be, or belong to no foreign parent', () => {
  const stated =
    (tokenizer: object, model = 'qwen') =>
    () =>
      recipe(model, { tokenizer });
  refused(stated({ eosToken: '<think>' }), 'recipe-conflict', /<think>.*not a special token/, /<\|begin\|>/);
  refused(stated({ eosToken: '<|no|>' }), 'recipe-conflict', /not a special token of the parent's/);
  refused(stated({ bosToken: 'the' }), 'recipe-conflict', /tokenizer\.bosToken is "the"/);
  refused(stated({ eosToken: 7 }), 'recipe-type', /tokenizer\.eosToken/);
  // One that a run could have trained.
  const own = { ...qwen, normalizer: null, pre_tokenizer: { type: 'ByteLevel', add_prefix_space: false } };
  own.added_tokens = own.added_tokens.filter(({ special }) => special);
  const shape = { ...TINY, vocabSize: 702 };
  writeFolder(at('own'), shape, weightsOf(shape, 'F32'), own);
  expect(recipe('own').tokenizer).toEqual({ vocabSize: 702 });
  refused(stated({ eosToken: '<|end|>' }, 'own'), 'recipe-conflict', /whose tokenizer another maker made/);
  const alone = (tokenizer: object) => () =>
    parseRecipe(JSON.stringify({ corpus: { sources: [{ files: 'a' }] }, tokenizer }), { file: 'r.yaml' });
  refused(alone({ eosToken: '<|end|>' }), 'recipe-conflict', /without tokenizer\.bosToken/);
  refused(alone({ eosToken: '<|end|>', bosToken: '<|end|>' }), 'recipe-conflict', /goes with from/);
});

test('an end-of-text token that is not special, or that nobody names', () => {
  write('word', qwen, { bos_token_id: null, eos_token_id: 300 });
  refused(() => recipe('word'), 'recipe-conflict', /tokenizer\.eosToken is ".*", which is not a special token/);
  write('nameless', qwen, { bos_token_id: 700, eos_token_id: null });
  refused(() => recipe('nameless'), 'recipe-missing-key', /does not say which token ends a text/, /<\|begin\|>/);
  write('beyond', qwen, { bos_token_id: null, eos_token_id: 719 });
  refused(() => recipe('beyond'), 'recipe-missing-key', /eosToken/);
});

test('a tokenizer that cannot be read, or of another vocabulary than the embedding', () => {
  const cases: [string, File, string, RegExp][] = [
    ['unigram', { ...qwen, model: { ...qwen.model, type: 'Unigram' } }, 'tokenizer-unsupported', /Unigram/],
    ['lower', { ...qwen, normalizer: { type: 'Lowercase' } }, 'tokenizer-unsupported', /normalizer.*Lowercase/],
    [
      'large',
      { ...qwen, added_tokens: [...qwen.added_tokens, { ...qwen.added_tokens[0], content: '<|x|>', id: 720 }] },
      'config-broken',
      /721 entries, vocab_size is 720/,
    ],
    ['far', { ...qwen, added_tokens: [{ ...qwen.added_tokens[0], id: 1 << 30 }] }, 'tokenizer-unsupported', /an id of/],
    [
      'twice',
      { ...qwen, added_tokens: [...qwen.added_tokens, { ...qwen.added_tokens[0], content: '<|x|>' }] },
      'tokenizer-broken',
      /two added tokens have the id 0/,
    ],
  ];
  for (const [name, file, code, message] of cases) {
    write(name, file);
    refused(() => recipe(name), code, message);
  }
  writeFileSync(at('large/tokenizer.json'), `{"model":${'['.repeat(200_000)}`);
  refused(() => recipe('large'), 'tokenizer-broken', /not JSON/);
});
