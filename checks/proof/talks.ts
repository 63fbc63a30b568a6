// Runs with conversations for both verifiers: honest ones, and those whose marks, template, documents or files beside the model a maker has
// changed and signed again.

import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Bench, RecipeChanges } from '../../src/audit/testing/run.ts';
import type { CheckName } from '../../src/audit/types.ts';

const SHARED = { language: 'mul', licence: 'CC0-1.0' };
const TALKS = { files: 'talks.jsonl', read: 'conversations', ...SHARED, weight: 1.5 };
const TEMPLATE =
  "{{ bos_token }}{% for m in messages %}\n  {% if m.role == 'user' %}\n[ask]{{ m.content }}[/ask]\n{% else %}\n<|turn|>{{ m.role }}:{{ m.content }}<|stop|>\n{% endif %}\n{% endfor %}{% if add_generation_prompt %}<|turn|>assistant:{% endif %}";

/** What is said holds turn tokens, marks and templates. */
const WORDS = [
  'hello',
  '안녕',
  '<|end|>',
  '<|assistant|>',
  '<|stop|>',
  '[ask]',
  '\u{f0000}1\u{f0000}',
  '{{ 7 }}',
  '\n\n',
  ' x ',
  '0',
];

/** Writes the sources and the template into the bench's folder. */
export function writeTalks(bench: Bench): void {
  let state = 7;
  const below = (limit: number) => {
    state = (Math.imul(state, 1664525) + 1013904223) >>> 0;
    return Math.floor((state / 2 ** 32) * limit);
  };
  const said = () => `a${Array.from({ length: 1 + below(5) }, () => WORDS[below(WORDS.length)]).join('')}.`;
  const lines = Array.from({ length: 80 }, () => {
    const turns = Array.from({ length: 1 + below(2) }, () => [
      { from: 'human', value: said() },
      { from: 'gpt', value: said() },
    ]);
    return JSON.stringify({ conversations: turns.flat() });
  });
  writeFileSync(join(bench.folder, 'talks.jsonl'), lines.join('\n'));
  writeFileSync(join(bench.folder, 'talks.jinja'), TEMPLATE);
}

const train = { steps: 4, batchSize: 2, microBatchSize: 2, sequenceLength: 120, validationTokens: 120 };
const BUILT_IN: RecipeChanges = {
  corpus: { sources: [TALKS, { files: 'texts/a', ...SHARED }], validation: 0.2 },
  train,
};

/** `jinja`: needs a Python that has jinja2. */
export const HONEST_TALKS: Record<string, RecipeChanges & { jinja?: true }> = {
  'honest, conversations and texts': BUILT_IN,
  'honest, conversations beside slices of texts': {
    corpus: { sources: [{ files: 'texts/a/{1,2}.txt', ...SHARED }, TALKS], validation: 0.1 },
    train,
  },
  'honest, conversations by a template of its own': {
    ...{ corpus: { sources: [TALKS], validation: 0.1 }, train, jinja: true },
    chat: { template: 'talks.jinja', tokens: ['<|turn|>', '<|stop|>'] },
  },
};

type Change = (text: string) => string;
interface TalkDeed {
  name: string;
  check: CheckName;
  file: string;
  change: Change;
}
const bytes = (change: (bytes: Buffer) => unknown): Change => {
  return (text) => {
    const all = Buffer.from(text, 'latin1');
    change(all);
    return all.toString('latin1');
  };
};
const MARKS = 'corpus/source-00.train.marks';

/** Changes of one file of a run of `BUILT_IN`; all else is signed again. */
export const TALK_DEEDS: readonly TalkDeed[] = [
  {
    name: "conversations: a mark on the user's words",
    check: 'origin',
    file: MARKS,
    change: bytes((marks) => marks.fill(1, 2, 3)),
  },
  {
    name: 'conversations: an answer that is not learned',
    check: 'origin',
    file: 'corpus/source-00.validation.marks',
    change: bytes((marks) => marks.fill(0, marks.lastIndexOf(1))),
  },
  {
    name: 'conversations: a document in another spelling',
    check: 'origin',
    file: 'corpus/source-00.train.jsonl',
    change: (text) => text.replace('\\"messages\\":', '\\"messages\\": '),
  },
  {
    name: 'conversations: another model/generation_config.json',
    check: 'structure',
    file: 'model/generation_config.json',
    change: (text) => text.replace(/\d+,/, '7,'),
  },
  {
    name: 'conversations: another model/chat_template.jinja',
    check: 'structure',
    file: 'model/chat_template.jinja',
    change: (text) => `${text}{# #}`,
  },
];

/** Seals of a run of `BUILT_IN` with another number of used tokens, or with none as older ones have it. */
export const SEALED_TALKS: readonly { name: string; usedTokens: number | undefined; check?: CheckName }[] = [
  { name: 'conversations: another number of used tokens', usedTokens: 7, check: 'schedule' },
  { name: 'conversations: a seal without used tokens', usedTokens: undefined },
];

export const talkRecipe = BUILT_IN;

/** Changes a file of a run. */
export function changeFile(run: string, { file, change }: TalkDeed): void {
  const path = join(run, file);
  writeFileSync(path, change(readFileSync(path, 'latin1')), 'latin1');
}
