// Conversations of a run with a parent: they are written by the parent's own template, whoever made its tokenizer, unless the recipe names
// another one.

import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { basename, join } from 'node:path';
import { Tokenizer as HuggingFace } from '@huggingface/tokenizers';
import { beforeAll, describe, expect, test } from 'vitest';
import { templatesRenderHere } from '../foundry/conversation/testing/templates-here.ts';
import { exportModel } from '../foundry/index.ts';
import { openModel, templateOf } from '../foundry/load/index.ts';
import { TINY, weightsOf, writeFolder } from '../foundry/load/testing/folders.ts';
import { foreignFiles } from '../foundry/tokenizer/testing/foreign.ts';
import { auditRun, findingsOf, notesOf, TestBench, talk } from './testing/audit-run.ts';
import type { RecipeChanges } from './testing/run.ts';

templatesRenderHere();

const bench = new TestBench();
const { signer: maker } = bench;
const at = (name: string): string => join(bench.folder, name);
const files: Record<string, object> = await foreignFiles();

const TALKS = { files: 'talks.jsonl', read: 'conversations', language: 'mul', licence: 'CC0-1.0' };
const corpus = { sources: [TALKS], validation: 0.2 };
const train = { steps: 3, sequenceLength: 64, validationTokens: 64 };
const PAIRS = Array.from({ length: 50 }, (_, i) => [`the ${i} and 대한민국의 whale?`, `모델을 of the ${i}.`] as const);
const TEMPLATES = {
  Qwen2:
    '{% for m in messages %}<|begin|>{{ m.role }}\n{{ m.content }}<|end|>\n{% endfor %}{% if add_generation_prompt %}<|begin|>assistant\n{% endif %}',
  'Llama 2':
    "{% for m in messages %}{% if m.role == 'user' %}{{ bos_token }}[INST] {{ m.content }} [/INST]\n{% else %}{{ m.content }} {{ eos_token }}{% endif %}{% endfor %}",
};
const RENDERED = {
  Qwen2: (asked: string, said: string) => [
    `<|begin|>user\n${asked}<|end|>\n<|begin|>assistant\n`,
    `${said}<|end|>`,
    '\n',
  ],
  'Llama 2': (asked: string, said: string) => [`<s>[INST] ${asked} [/INST]\n`, `${said} </s>`, ''],
} as const;
const BOUNDS = {
  Qwen2: { bos_token_id: null, eos_token_id: 0 },
  'Llama 2': { bos_token_id: 1, eos_token_id: 2 },
};
type Kind = keyof typeof TEMPLATES;

bench.writeLines(
  'talks.jsonl',
  PAIRS.map(([asked, said]) => talk(asked, said)),
);
for (const kind of Object.keys(TEMPLATES) as Kind[]) {
  writeFolder(at(kind), TINY, weightsOf(TINY, 'F32'), files[kind], { config: BOUNDS[kind] });
  writeFileSync(at(`${kind}/chat_template.jinja`), TEMPLATES[kind]);
}

const make = (changes: RecipeChanges): Promise<string> => bench.make(maker, { corpus, train, ...changes });
const textIn = (run: string, name: string): string => readFileSync(join(run, name), 'utf8');
const holds = async (run: string): Promise<void> => {
  const found = await auditRun(run, { replay: 'all', sources: bench.folder });
  expect(findingsOf(found)).toEqual([]);
  expect([found.verdict, found.extent]).toEqual(['holds', 'all']);
  expect(notesOf(found)).not.toMatch(/^Not part/m);
};

describe.each(Object.keys(TEMPLATES) as Kind[])('a tokenizer as that of %s', (kind) => {
  test('conversations are those of its own template, answers are learned, and the model talks by it', async () => {
    const run = await make({ from: { model: kind } });
    expect(textIn(run, 'model/chat_template.jinja')).toBe(TEMPLATES[kind]);
    await holds(run);

    const library = new HuggingFace(files[kind]!, { clean_up_tokenization_spaces: false });
    const idsOf = (text: string): number[] => library.encode(text, { add_special_tokens: false }).ids;
    const wanted: number[] = [];
    const learned: string[] = [];
    for (const line of textIn(run, 'corpus/source-00.train.jsonl').split('\n').filter(Boolean)) {
      const [{ content: asked }, { content: said }] = JSON.parse(JSON.parse(line).text).messages;
      const [before, answer, behind] = RENDERED[kind](asked, said);
      wanted.push(...idsOf(before + answer + behind));
      learned.push(answer.trim());
    }
    const ids = readFileSync(join(run, 'corpus/source-00.train.bin'));
    const all = [...new Uint16Array(ids.buffer, ids.byteOffset, ids.length / 2)];
    expect(all).toEqual(wanted);
    const marks = readFileSync(join(run, 'corpus/source-00.train.marks'));
    const answers: number[][] = [];
    for (const [i, id] of all.entries()) {
      if (marks[i]! & 2) answers.push([]);
      if (marks[i]! & 1) answers.at(-1)!.push(id);
    }
    const model = openModel(run);
    const template = templateOf(model)!;
    try {
      expect(answers.map((answer) => model.tokenizer.decode(answer).trim())).toEqual(learned);
      const prompt = await template.encode([{ role: 'user', content: PAIRS[0]![0] }]);
      expect(prompt).toEqual(idsOf(RENDERED[kind](...PAIRS[0]!)[0]));
      const end = kind === 'Qwen2' ? 701 : 2;
      expect(model.tokenizer.endIds.has(end)).toBe(true);
    } finally {
      template.close();
      model.close();
    }
  });
});

describe('a parent that is a run with conversations', () => {
  const OWN =
    '{{ bos_token }}{% for m in messages %}<|turn|>{{ m.role }}\n{{ m.content }}<|stop|>{% endfor %}{% if add_generation_prompt %}<|turn|>assistant\n{% endif %}';
  const own = { template: 'own.jinja', tokens: ['<|turn|>', '<|stop|>'] };
  let parent: string;
  beforeAll(async () => {
    writeFileSync(at('own.jinja'), OWN);
    mkdirSync(at('more'));
    writeFileSync(at('more/more.txt'), 'another text, of which there is enough to train on. '.repeat(60));
    parent = await make({ chat: own });
  });
  const from = (rehearse?: number) => ({ run: basename(parent), ...(rehearse !== undefined && { rehearse }) });
  const more = { sources: [{ files: 'more', licence: 'CC0-1.0' }], validation: 0.2 };

  test('what it rehearses is written by the template of the parent, and no entry is added', async () => {
    const run = await make({ from: from(0.5), corpus: more });
    expect(textIn(run, 'tokenizer/chat_template.jinja')).toBe(OWN);
    expect(textIn(run, 'model/chat_template.jinja')).toBe(OWN);
    expect(textIn(run, 'tokenizer/tokenizer.json')).toBe(textIn(parent, 'tokenizer/tokenizer.json'));
    // The same conversations have the same ids as in the parent.
    const [ours, theirs] = [join(run, 'corpus/source-01.train'), join(parent, 'corpus/source-00.train')].map((path) =>
      ['.jsonl', '.bin', '.marks'].map((end) => readFileSync(path + end)),
    );
    expect(ours).toEqual(theirs);
    await holds(run);
  });

  test('conversations of the child alone are written so too', async () => {
    const run = await make({ from: from() });
    expect(textIn(run, 'tokenizer/chat_template.jinja')).toBe(OWN);
    await holds(run);
  });

  test('its exported model as a parent: the template and its tokens come with the folder, and with a GGUF file', async () => {
    await exportModel({ model: parent, to: 'hf', type: 'f32', out: at('exported') });
    await exportModel({ model: parent, to: 'gguf', type: 'f32', out: at('exported.gguf') });
    for (const model of ['exported', 'exported.gguf']) {
      const run = await make({ from: { model } });
      expect(textIn(run, 'tokenizer/chat_template.jinja')).toBe(OWN);
      const [ours, theirs] = [run, parent].map((of) => readFileSync(join(of, 'corpus/source-00.train.bin')));
      expect(ours).toEqual(theirs);
      await holds(run);
    }
  });

  test('a recipe that names another template has all conversations written by that, with its own turn tokens', async () => {
    writeFileSync(at('other.jinja'), OWN.replaceAll('turn', 'said'));
    const chat = { template: 'other.jinja', tokens: ['<|said|>', '<|stop|>'] };
    const run = await make({ from: from(0.5), corpus: more, chat });
    expect(textIn(run, 'tokenizer/chat_template.jinja')).toContain('<|said|>');
    const { added_tokens } = JSON.parse(textIn(run, 'tokenizer/tokenizer.json'));
    expect(added_tokens.map(({ content }: { content: string }) => content)).toEqual([
      '<|endoftext|>',
      '<|turn|>',
      '<|stop|>',
      '<|said|>',
    ]);
    await holds(run);
  });
});
