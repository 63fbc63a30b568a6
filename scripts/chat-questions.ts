// Prints tasks/hello-chat.jsonl: questions that `hello-chat` never sees in training, about words and pairs of numbers that its recipe's
// program holds out, each with the commonest answer to questions of its kind and language in training.
// `node scripts/chat-questions.ts dict/data.verb dict/data.adv > tasks/hello-chat.jsonl`, with the files of the package that the recipe names.

import { readFileSync } from 'node:fs';
import { parseArgs } from 'node:util';
import {
  conversationsAbout,
  type Exercise,
  entriesOf,
  isHeldOutPair,
  isHeldOutWord,
  kindOf,
  NUMBERS,
  numberExercise,
  synsetOf,
  wordExercises,
} from '../src/foundry/corpus/exercises.ts';
import { sha256Hex } from '../src/ledger/index.ts';

/** Questions of each kind: 500 in all. */
const COUNTS = { meaning: 100, spelling: 100, letters: 100, 'first-letter': 100, sum: 50, difference: 50 };

const nameOf = ({ kind, language }: Pick<Exercise, 'kind' | 'language'>): string => `${kind} ${language}`;

const { positionals } = parseArgs({ allowPositionals: true });
const all: Exercise[] = [];
/** Times of each answer in training, by kind and language. */
const answers = new Map<string, Map<string, number>>();
for (const path of positionals) {
  const seen = new Set<string>();
  for (const [i, line] of readFileSync(path, 'utf8').split('\n').entries()) {
    const synset = synsetOf(line, i + 1, path, 'wordnet-exercises');
    if (!synset) continue;
    for (const entry of entriesOf(synset, seen)) {
      if (isHeldOutWord(entry.word)) all.push(...wordExercises(entry));
      for (const turns of conversationsAbout(entry))
        for (const [i, { role, content }] of turns.entries()) {
          const asked = role === 'assistant' ? kindOf(turns[i - 1]!.content) : undefined;
          if (!asked) continue;
          const times = answers.get(nameOf(asked)) ?? new Map<string, number>();
          times.set(content, (times.get(content) ?? 0) + 1);
          answers.set(nameOf(asked), times);
        }
    }
  }
}
for (let a = 0; a < NUMBERS; a++)
  for (let b = 0; b < NUMBERS; b++)
    if (isHeldOutPair(a, b))
      for (const kind of ['sum', 'difference'] as const)
        for (const language of ['en', 'ko'] as const) all.push(numberExercise(a, b, language, kind));

/** Of answers that are equally common the first in the order of their code units. */
const commonest = (exercise: Exercise): string =>
  [...answers.get(nameOf(exercise))!].sort(([a, m], [b, n]) => n - m || (a < b ? -1 : 1))[0]![0];

for (const [kind, count] of Object.entries(COUNTS)) {
  const byQuestion = new Map(all.filter((one) => one.kind === kind).map((one) => [one.question, one]));
  const chosen = [...byQuestion.values()]
    .map((one) => ({ one, place: sha256Hex(one.question) }))
    .sort((x, y) => (x.place < y.place ? -1 : 1))
    .slice(0, count);
  for (const { one } of chosen) console.log(JSON.stringify({ ...one, commonest: commonest(one) }));
}
