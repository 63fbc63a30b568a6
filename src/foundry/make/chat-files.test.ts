// The stages before training of a run with conversations: what they leave, that they go on after a stop, and what is found when somebody
// changes it.

import { cpSync, existsSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { gzipSync } from 'node:zlib';
import { beforeAll, expect, test } from 'vitest';
import { temporaryHome } from '../../base/testing/temporary-folder.ts';
import { DEFAULT_TEMPLATE } from '../conversation/index.ts';
import { parseRecipe } from '../recipe/index.ts';
import { Tokenizer } from '../tokenizer/index.ts';
import { makeText } from './index.ts';
import { contents, writeTexts } from './testing/cli.ts';
import { copyText } from './text-copy.ts';

const RECIPE = `
seed: 1377
corpus: { sources: [{ files: talks.jsonl.gz, read: conversations, weight: 2 }, { files: texts }], validation: 0.2 }
tokenizer: { vocabSize: 330 }
`;
const recipe = (...overrides: string[]) => parseRecipe(RECIPE, { file: 'r.yaml', overrides });

const folder = temporaryHome();
const at = (...path: string[]) => join(folder, ...path);
const run = (out: string, { overrides = [] as string[], resume = false } = {}) =>
  makeText({
    ...{ recipeFolder: folder, threads: 1, signal: new AbortController().signal, onEvent: () => {} },
    ...{ recipe: recipe(...overrides), out: at(out), resume },
  });
const LINES = Array.from({ length: 80 }, (_, i) =>
  JSON.stringify({
    conversations: [
      { from: 'human', value: `number ${i}?` },
      { from: 'gpt', value: `It is ${i}.` },
    ],
  }),
);
beforeAll(async () => {
  writeTexts(at('texts'), 20, 10);
  writeFileSync(at('talks.jsonl.gz'), gzipSync(LINES.join('\n')));
  await run('run');
});

const json = (...path: string[]) => JSON.parse(readFileSync(at(...path), 'utf8'));

test('documents, turn tokens, ids and marks', () => {
  const [talks, texts] = json('run', 'corpus/manifest.json').sources;
  expect([talks.slice, talks.cuts, talks.counts.kept]).toEqual([null, 0, 80]);
  expect(texts.counts.kept).toBeGreaterThan(0);
  const tokens = json('run', 'corpus/tokens.json');
  expect(tokens.formatVersion).toBe(2);
  expect(tokens.sources[0].train.marks.file).toBe('source-00.train.marks');
  expect(tokens.sources[1].train.marks).toBeUndefined();
  expect(readFileSync(at('run/tokenizer/chat_template.jinja'), 'utf8')).toBe(DEFAULT_TEMPLATE);
  const tokenizer = Tokenizer.load(at('run/tokenizer/tokenizer.json'));
  const names = ['<|system|>', '<|user|>', '<|assistant|>', '<|tool|>', '<|end|>'];
  expect([...tokenizer.specials.keys()]).toEqual(['<|endoftext|>', ...names]);
  expect(tokenizer.specials.get('<|end|>')).toBe(tokenizer.vocabSize - 1);
  // Learned from what is said, not from the JSON around it.
  expect(tokenizer.spelledTokens().filter((token) => /messages|role|content/.test(token))).toEqual([]);
  const ids = new Uint16Array(Uint8Array.from(readFileSync(at('run/corpus/source-00.train.bin'))).buffer);
  const marks = readFileSync(at('run/corpus/source-00.train.marks'));
  expect([ids.length, marks.length]).toEqual([tokens.sources[0].train.tokens, tokens.sources[0].train.tokens]);
  const documents = readFileSync(at('run/corpus/source-00.train.jsonl'), 'utf8').trim().split('\n');
  const said = documents.map((line) =>
    JSON.parse(JSON.parse(line).text).messages.map((m: { content: string }) => m.content),
  );
  expect(tokenizer.decode(ids)).toBe(
    said.map(([asked, answer]) => `<|endoftext|><|user|>${asked}<|end|><|assistant|>${answer}<|end|>`).join(''),
  );
  expect(tokenizer.decode(ids.filter((_, i) => marks[i] & 1))).toBe(
    said.map(([, answer]) => `${answer}<|end|>`).join(''),
  );
  expect([...marks].filter((mark) => mark & 2)).toHaveLength(documents.length);
  expect([...ids].filter((_, i) => marks[i] & 2)).toEqual(documents.map(() => 0));
});

test('a stopped run goes on to the same files; a list of the same conversations, unzipped, gives the same tokens', async () => {
  await run('again');
  for (const file of ['tokens.json', 'source-00.validation.marks', 'source-01.train.bin'])
    rmSync(at('again/corpus', file));
  await run('again', { resume: true });
  for (const part of ['corpus', 'tokenizer']) expect(contents(at('again', part))).toEqual(contents(at('run', part)));
  writeFileSync(at('talks.json'), `[${LINES}]`);
  await run('list', { overrides: ['corpus.sources.0.files=talks.json'] });
  expect(json('list', 'corpus/tokens.json')).toEqual(json('run', 'corpus/tokens.json'));
});

test.each([
  ['corpus/source-00.train.marks', 'tokens-altered'],
  ['corpus/source-00.train.bin', 'tokens-altered'],
  ['tokenizer/chat_template.jinja', 'tokens-altered'],
])('%s that has changed since is found when the run goes on', async (file, code) => {
  const out = `altered-${file.replace(/\W/g, '-')}`;
  cpSync(at('run'), at(out), { recursive: true });
  const bytes = readFileSync(at(out, file));
  bytes[3] ^= 1;
  writeFileSync(at(out, file), bytes);
  await expect(run(out, { resume: true })).rejects.toMatchObject({ code, input: expect.stringContaining(file) });
});

test('documents that are none any more', async () => {
  await run('broken');
  rmSync(at('broken/corpus/tokens.json'));
  const file = at('broken/corpus/source-00.train.jsonl');
  writeFileSync(file, `{"text":"no conversation"}\n${readFileSync(file, 'utf8')}`);
  await expect(run('broken', { resume: true })).rejects.toMatchObject({ code: 'corpus-broken', input: file });
});

test('copied for the same section chat only', () => {
  expect(copyText(at('run'), at('copy'), recipe('train.steps=7'))).toBe(true);
  for (const part of ['corpus', 'tokenizer']) expect(contents(at('copy', part))).toEqual(contents(at('run', part)));
  expect(copyText(at('run'), at('none'), recipe('chat.tokens=["<|user|>","<|end|>"]'))).toBe(false);
});

test('faults of sources and templates are errors before anything is trained', async () => {
  const faulty = async (name: string, ...overrides: string[]) => {
    const error = await run(name, { overrides }).catch((error: unknown) => error);
    expect(existsSync(at(name))).toBe(false);
    return error;
  };
  writeFileSync(at('bad.jsonl'), `${LINES[0]}\n{"messages":[{"role":"user","content":"a"}]}\n`);
  expect(await faulty('bad', 'corpus.sources.0.files=bad.jsonl')).toMatchObject({
    code: 'conversation-broken',
    message: expect.stringMatching(/^line 2: has no answer/),
    input: 'bad.jsonl',
  });
  expect(await faulty('absent', 'chat.template=absent.jinja')).toMatchObject({
    code: 'chat-template',
    input: at('absent.jinja'),
  });
  writeFileSync(at('loop.jinja'), '{% for m in messages %}{{ m.content }}{% endfor %}<|end|>');
  expect(await faulty('loop', 'chat.template=loop.jinja')).toMatchObject({ code: 'chat-template' });
  const other = DEFAULT_TEMPLATE.replace('<|end|>', '<|other|>');
  writeFileSync(at('other.jinja'), other);
  expect(await faulty('other', 'chat.template=other.jinja')).toMatchObject({
    code: 'chat-template',
    message: expect.stringContaining('without a special token'),
    input: at('other.jinja'),
  });
  // What an error names is the maker's: the folder of this run is gone.
  const refuses = `{% for m in messages %}{% if '17?' in m.content %}{{ raise_exception('no') }}{% endif %}{% endfor %}`;
  writeFileSync(at('refuses.jinja'), refuses + DEFAULT_TEMPLATE);
  expect(await faulty('refuses', 'chat.template=refuses.jinja')).toMatchObject({
    code: 'chat-template',
    message: 'the chat template fails: no (talks.jsonl.gz, line 18)',
    input: at('refuses.jinja'),
  });
  writeFileSync(at('open.jinja'), '{% for m in messages %}{{ m.content }}');
  expect(await faulty('open', 'chat.template=open.jinja')).toMatchObject({
    message: expect.stringContaining('cannot be parsed: perhaps a {% for %}'),
  });
});
