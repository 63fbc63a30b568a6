// Runs with a parent whose tokenizer another maker made, for both verifiers: honest ones, with texts and with conversations, and what a maker can
// change about the tokenizer.

import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Bench, RecipeChanges } from '../../src/audit/testing/run.ts';
import type { CheckName } from '../../src/audit/types.ts';
import { TINY, weightsOf, writeFolder } from '../../src/foundry/load/testing/folders.ts';
import { foreignFiles, foreignTexts } from '../../src/foundry/tokenizer/testing/foreign.ts';

const SHARED = { language: 'mul', licence: 'CC0-1.0' };
const TALKS = { files: 'foreign-talks.jsonl', read: 'conversations', ...SHARED };
const TEXTS = { files: 'foreign.jsonl', ...SHARED };
/** What config.json says of the tokens around a text. */
const BOUNDS: Record<string, { bos_token_id: number | null; eos_token_id: number }> = {
  'Llama 3': { bos_token_id: 700, eos_token_id: 703 },
  'Llama 2': { bos_token_id: 1, eos_token_id: 2 },
  'Metaspace, first': { bos_token_id: 1, eos_token_id: 2 },
};
/** Special tokens that a template writes around a turn; the end-of-text token where there are no others. */
const TEMPLATES: Record<string, string> = {
  Qwen2:
    '{% for m in messages %}<|begin|>{{ m.role }}\n{{ m.content }}<|end|>\n{% endfor %}{% if add_generation_prompt %}<|begin|>assistant\n{% endif %}',
  'Llama 2':
    "{% for m in messages %}{% if m.role == 'user' %}{{ bos_token }}[INST] {{ m.content }} [/INST]\n{% else %}{{ m.content }} {{ eos_token }}{% endif %}{% endfor %}",
};

const UNKNOWN =
  /[^\t\n\r\u0020-\u02ff\u0391-\u03a1\u03b1-\u03c9\u0660-\u0669\u1100-\u1112\u1161-\u1175\u2000-\u2030\u2581\u3000\uac00-\ud7a3\u{1f600}-\u{1f64f}]/gu;
/** With a longer context than can be trained. */
const MODEL = { ...TINY, maxPositionEmbeddings: 4096 };

/** Writes sources and parents into the bench's folder. */
export async function writeForeign(bench: Bench): Promise<void> {
  // Characters that every Python's table of Unicode has.
  const texts = foreignTexts(300).map((text) => text.replace(UNKNOWN, 'x'));
  writeFileSync(join(bench.folder, 'foreign.jsonl'), texts.map((text) => JSON.stringify({ text })).join('\n'));
  const said = texts.filter((text) => text.trim() !== '' && !text.includes('▁')).slice(0, 80);
  const talks = said.slice(0, -1).map((text, i) =>
    JSON.stringify({
      messages: [
        { role: 'user', content: text.slice(0, 40).toWellFormed() },
        { role: 'assistant', content: said[i + 1]!.slice(0, 40).toWellFormed() },
      ],
    }),
  );
  const whole = talks.filter((line) =>
    JSON.parse(line).messages.every(({ content }: { content: string }) => content.trim()),
  );
  writeFileSync(join(bench.folder, 'foreign-talks.jsonl'), whole.join('\n'));
  for (const [name, file] of Object.entries(await foreignFiles())) {
    const config =
      BOUNDS[name] ??
      ('Metaspace' in file ? { bos_token_id: 1, eos_token_id: 2 } : { bos_token_id: null, eos_token_id: 0 });
    const folder = writeFolder(join(bench.folder, name), MODEL, weightsOf(MODEL, 'F32'), file, { config });
    if (TEMPLATES[name]) writeFileSync(join(folder, 'chat_template.jinja'), TEMPLATES[name]);
  }
}

const train = { steps: 3, batchSize: 2, microBatchSize: 2, sequenceLength: 64, validationTokens: 64 };
const texts = (model: string): RecipeChanges => ({
  from: { model },
  corpus: { sources: [TEXTS, { files: 'texts/a', ...SHARED }], validation: 0.1 },
  train,
});
const talks = (model: string) => ({
  from: { model },
  corpus: { sources: [TALKS, TEXTS], validation: 0.1 },
  train: { ...train, sequenceLength: 256, validationTokens: 256 },
  jinja: true as const,
});

/** `jinja`: needs a Python that has jinja2. */
export const HONEST_FOREIGN: Record<string, RecipeChanges & { jinja?: true }> = {
  ...Object.fromEntries(
    ['GPT-2', 'Llama 3', 'Qwen2', 'SmolLM', 'Llama 2', 'Metaspace, first'].map((model) => [
      `honest, with the tokenizer of another maker (${model})`,
      texts(model),
    ]),
  ),
  ...Object.fromEntries(
    Object.keys(TEMPLATES).map((model) => [
      `honest, conversations by the tokenizer of another maker (${model})`,
      talks(model),
    ]),
  ),
};

export const foreignRecipe = texts('Llama 3');

/** Changes of a file of a run of `foreignRecipe`; all else is signed again. */
export const FOREIGN_DEEDS: readonly {
  name: string;
  check: CheckName;
  file: string;
  change: (text: string) => string;
}[] = [
  {
    name: 'foreign tokenizer: another one than that of the parent',
    check: 'structure',
    file: 'tokenizer/tokenizer.json',
    change: (text) => {
      const file = JSON.parse(text);
      file.model.merges.reverse();
      return JSON.stringify(file);
    },
  },
  {
    name: 'foreign tokenizer: another token behind documents',
    check: 'structure',
    file: 'recipe.yaml',
    change: (text) => text.replace('eosToken: <|end|>', 'eosToken: <|endoftext|>'),
  },
  {
    name: 'foreign tokenizer: a token around documents that is not special',
    check: 'structure',
    file: 'recipe.yaml',
    change: (text) => text.replace('bosToken: <|begin|>', 'bosToken: <think>'),
  },
];

export function changeForeign(run: string, { file, change }: (typeof FOREIGN_DEEDS)[number]): void {
  writeFileSync(join(run, file), change(readFileSync(join(run, file), 'utf8')));
}
