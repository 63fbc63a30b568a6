// A run with conversations, exported: opened again in each form it gives the same prompts, also to readers of other makers, and it ends its
// turns where it was trained to.

import { cpSync, mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { Template } from '@huggingface/jinja';
import { Tokenizer as HuggingFace } from '@huggingface/tokenizers';
import { beforeAll, expect, test } from 'vitest';
import { temporaryHome } from '../../base/testing/temporary-folder.ts';
import { Gguf } from '../../formats/index.ts';
import { defaultSigner, signStatement } from '../../ledger/index.ts';
import { ChatTemplate, type Message } from '../conversation/index.ts';
import { templatesRenderHere } from '../conversation/testing/templates-here.ts';
import { openModel } from '../load/index.ts';
import { parentShape } from '../make/index.ts';
import { makeIn } from '../make/testing/make-in.ts';
import { parseRecipe } from '../recipe/index.ts';
import { exportModel } from './index.ts';

templatesRenderHere();

const RECIPE = `
seed: 1377
corpus: { sources: [{ files: talks.jsonl, read: conversations }], validation: 0 }
tokenizer: { vocabSize: 300 }
model: { hiddenSize: 16, numHiddenLayers: 1, numAttentionHeads: 2 }
train: { steps: 1, batchSize: 2, sequenceLength: 64 }
`;
/** With text of its own around messages, and a token of its own at the end of a turn. */
const OWN = `{{- bos_token -}}{%- for m in messages -%}
{{- '<|' + m.role + '|>\\n' + m.content | trim + '<|stop|>\\n' -}}
{%- endfor -%}{%- if add_generation_prompt -%}{{- '<|assistant|>\\n' -}}{%- endif -%}`;

const folder = temporaryHome();
const at = (...path: string[]) => join(folder, ...path);
async function make(name: string, overrides: string[] = []) {
  const recipe = parseRecipe(RECIPE, { file: 'r.yaml', overrides });
  await makeIn(folder, name, { recipe });
  await exportModel({ model: at(name), to: 'hf', type: 'f32', out: at(`${name}-hf`) });
  await exportModel({ model: at(name), to: 'gguf', type: 'f32', out: at(`${name}.gguf`) });
}
beforeAll(async () => {
  const lines = Array.from({ length: 40 }, (_, i) =>
    JSON.stringify({ instruction: `What is ${i}? 숫자`, output: `It is ${i}.` }),
  );
  writeFileSync(at('talks.jsonl'), lines.join('\n'));
  writeFileSync(at('own.jinja'), OWN);
  await make('built-in');
  await make('own', ['chat.template=own.jinja', 'chat.tokens=["<|user|>","<|assistant|>","<|stop|>"]']);
});

const TALKS: readonly (readonly Message[])[] = [
  [{ role: 'user', content: 'What is 7? 숫자' }],
  [
    { role: 'user', content: '  white space\n' },
    { role: 'assistant', content: 'It is.' },
    { role: 'user', content: '3' },
  ],
];

test('a run that is not finished talks by its template already, and so does its folder', async () => {
  cpSync(at('own'), at('unfinished'), { recursive: true });
  for (const file of ['model', 'seal.json']) rmSync(at('unfinished', file), { recursive: true });
  const [finished, model] = [openModel(at('own')), openModel(at('unfinished'))];
  try {
    for (const key of ['chatTemplate', 'bosToken', 'eosToken'] as const) expect(model[key]).toBe(finished[key]);
    expect(model.chatTemplate).toBe(OWN);
  } finally {
    finished.close();
    model.close();
  }
  await exportModel({ model: at('unfinished'), to: 'hf', type: 'f32', out: at('unfinished-hf') });
  const text = (name: string, file: string) => readFileSync(at(`${name}-hf`, file), 'utf8');
  for (const file of ['chat_template.jinja', 'generation_config.json', 'tokenizer_config.json', 'tokenizer.json'])
    expect(text('unfinished', file), file).toBe(text('own', file));
  expect(text('unfinished', 'README.md')).toContain('This run is not finished');
});

test.each([
  ['built-in', '<|end|>'],
  ['own', '<|stop|>'],
])('%s: the same prompts from the run, the folder and GGUF, and from readers of other makers', async (name, end) => {
  const read = (file: string) => JSON.parse(readFileSync(at(`${name}-hf`, file), 'utf8'));
  const config = read('tokenizer_config.json');
  const theirs = new HuggingFace(read('tokenizer.json'), config);
  const template = new Template(readFileSync(at(`${name}-hf`, 'chat_template.jinja'), 'utf8'));
  const expected = TALKS.map((messages) => {
    const { bos_token, eos_token } = config;
    return theirs.encode(template.render({ messages, add_generation_prompt: true, bos_token, eos_token })).ids;
  });
  for (const path of [name, `${name}-hf`, `${name}.gguf`]) {
    const model = openModel(at(path));
    const { chatTemplate, bosToken, eosToken, tokenizer } = model;
    const chat = new ChatTemplate({ template: chatTemplate!, bosToken, eosToken, tokenizer, name: path });
    try {
      for (const [i, messages] of TALKS.entries()) expect(await chat.encode(messages), path).toEqual(expected[i]);
      expect([...(await chat.endIds())].map((id) => tokenizer.decode([id]))).toEqual([end]);
      if (!path.endsWith('gguf'))
        expect([...tokenizer.endIds].map((id) => tokenizer.decode([id])).sort()).toEqual([end, '<|endoftext|>'].sort());
    } finally {
      chat.close();
      model.close();
    }
  }
  // Each form says it to those who only read metadata.
  const endId = theirs.token_to_id(end);
  expect(read('generation_config.json').eos_token_id).toEqual([endId, 0]);
  expect(config.additional_special_tokens).toContain(end);
  const gguf = Gguf.open(at(`${name}.gguf`));
  expect(gguf.metadata.get('tokenizer.ggml.eot_token_id')).toMatchObject({ value: endId });
  expect(gguf.metadata.get('tokenizer.chat_template')).toMatchObject({
    value: readFileSync(at(name, 'tokenizer/chat_template.jinja'), 'utf8'),
  });
  gguf.close();
});

test('the card says in which parts of a task the model is no better than a baseline, or that nobody asked', async () => {
  const card = (name: string) => readFileSync(at(name, 'README.md'), 'utf8');
  expect(card('built-in-hf')).toContain('Whether it answers better than a baseline was not measured');

  cpSync(at('built-in'), at('asked'), { recursive: true });
  mkdirSync(at('asked', 'evaluations'));
  const model = openModel(at('asked'));
  const digest = model.digest();
  model.close();
  const signer = defaultSigner(() => {});
  const put = (file: string, name: string, parts: Record<string, [exact: number, above: number, stderr: number]>) => {
    const results = Object.entries(parts).flatMap(([part, [exact, above, stderr]]) => [
      { part, metric: 'exact_match', value: exact, stderr: 0.02, n: 100 },
      { part, metric: 'above_baseline', value: above, stderr, n: 100 },
    ]);
    const predicate = {
      formatVersion: 1 as const,
      evaluatorKey: signer.publicKey.toString('base64'),
      model: digest,
      task: 'cd'.repeat(32),
      name,
      results: [{ part: null, metric: 'exact_match', value: 0.5, stderr: 0.02, n: 200 }, ...results],
      n: 200,
      of: 200,
      fewshot: 0,
      arithmeticVersion: 1,
      version: '1',
      time: '2026-01-01T00:00:00.000Z',
    };
    writeFileSync(
      at('asked', 'evaluations', file),
      signStatement('evaluation', [['model', digest]], predicate, signer),
    );
  };
  put('a.json', 'quiz', { 'co|unting': [0.75, 0.64, 0.05], sums: [0.12, 0.1, 0.034], meanings: [0, 0, 0] });
  const many = Array.from({ length: 250 }, (_, i) => [`part ${i}`, [0, 0, 0] as [number, number, number]] as const);
  put('c.json', 'many', Object.fromEntries(many));
  put('b.json', 'easy', { greeting: [1, 0.9, 0.03] });
  await exportModel({ model: at('asked'), to: 'hf', type: 'f32', out: at('asked-hf') });
  const text = card('asked-hf');
  expect(text).toContain('### quiz\n');
  expect(text).toContain('| co\\|unting | 100 | 0.75 | 0.11 | 0.64 | 0.05 | yes |');
  expect(text).toContain('| sums | 100 | 0.12 | 0.02 | 0.1 | 0.034 | **no** |');
  expect(text).toContain('**It does not beat the baseline in: sums, meanings.**');
  expect(text).toContain('### easy\n');
  expect(text).toContain('It beats the baseline in every part.');
  expect(text).toContain('The first 100 of 250 parts.');
  expect(text).toContain('part 99 and 150 others.**');
  expect(text).not.toContain('part 100');
  expect(text).not.toContain('was not measured: nothing here');
});

test('the card of a run with a parent has the bits per byte before step 1 too: what was forgotten', async () => {
  const text = `from: { run: built-in }
corpus: { sources: [{ files: talks.jsonl, read: conversations }], validation: 0.2 }
train: { steps: 1, batchSize: 2, sequenceLength: 64 }
`;
  const recipe = parseRecipe(text, { file: 'r.yaml', shapeOf: parentShape(folder) });
  const { run: out } = await makeIn(folder, 'child', { recipe });
  await exportModel({ model: out, to: 'hf', type: 'f32', out: at('child-hf') });
  const before = JSON.parse(readFileSync(join(out, 'validation.jsonl'), 'utf8').split('\n')[0]).bySource[0];
  const card = readFileSync(at('child-hf', 'README.md'), 'utf8');
  expect(card).toContain('| weight | bits per byte before step 1 | bits per byte |');
  expect(card).toContain(`| ${before.toFixed(3)} |`);
  expect(readFileSync(at('built-in-hf', 'README.md'), 'utf8')).not.toContain('bits per byte before');
});
