// Shuffled answers: the same questions and the same answers of each kind, in other places; the same every time.

import { expect, test } from 'vitest';
import { conversationsAbout, kindOf } from '../src/foundry/corpus/exercises.ts';
import { canonicalJson } from '../src/ledger/index.ts';
import { shuffleAnswers } from './shuffled-answers.ts';

const letters = 'abcdefghijklmnopqrstuvwxyz';
const words = Array.from({ length: 300 }, (_, i) => letters[i % 26]! + letters[(i * 7) % 26]! + letters[(i * 3) % 25]!);
const documents = [...new Set(words)]
  .flatMap((word) => conversationsAbout({ word, definition: `what ${word} means` }))
  .map((messages) => canonicalJson({ messages: messages.map(({ role, content }) => ({ role, content })) }));

/** Each answer with its question. */
const pairs = (texts: readonly string[]) =>
  texts.flatMap((text) => {
    const { messages } = JSON.parse(text) as { messages: { role: string; content: string }[] };
    expect(messages.map(({ role }) => role)).toEqual(messages.map((_, i) => (i % 2 ? 'assistant' : 'user')));
    return messages.flatMap(({ content }, i) =>
      i % 2 ? [{ question: messages[i - 1]!.content, answer: content }] : [],
    );
  });

test('answers change places within their kind and language, and nothing else changes', () => {
  const before = pairs(documents);
  const after = pairs(shuffleAnswers(documents, 1));
  expect(after.map(({ question }) => question)).toEqual(before.map(({ question }) => question));
  const byKind = (all: typeof before) => {
    const answers: Record<string, string[]> = {};
    for (const { question, answer } of all) {
      const asked = kindOf(question);
      const name = asked ? `${asked.kind} ${asked.language}` : question;
      answers[name] = [...(answers[name] ?? []), answer];
    }
    return answers;
  };
  const [mine, theirs] = [byKind(before), byKind(after)];
  expect(Object.keys(mine).filter((name) => /^[a-z-]+ (en|ko)$/.test(name))).toHaveLength(12);
  for (const [name, answers] of Object.entries(mine))
    expect(theirs[name]!.toSorted(), name).toEqual(answers.toSorted());
  // Spellings are all different: hardly one stays where it was.
  const spellings = before.filter(({ question }) => kindOf(question)?.kind === 'spelling').length;
  const stayed = before.filter(
    ({ question, answer }, i) => kindOf(question)?.kind === 'spelling' && after[i]!.answer === answer,
  );
  expect(spellings).toBeGreaterThan(200);
  expect(stayed.length).toBeLessThan(12);
});

test('a seed gives the same places every time, another seed others', () => {
  expect(shuffleAnswers(documents, 1)).toEqual(shuffleAnswers(documents, 1));
  expect(shuffleAnswers(documents, 2)).not.toEqual(shuffleAnswers(documents, 1));
});
