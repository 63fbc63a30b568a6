// A rule book's own questions in blind comparisons: every pair is asked each of them once by a judge, those with the fewest judgements
// first; no other text is asked.

import { afterAll, beforeAll, expect, test } from 'vitest';
import { expectRefusal } from '../../base/testing/refusal.ts';
import { BOOK, Office } from '../office/testing/office.ts';
import { answerQuestion, askJudge, questionsOf } from './index.ts';

const QUESTIONS = ['How many letters does "river" have?', '안녕하세요?', 'What is 2 plus 3?'];
const office = new Office();
beforeAll(async () => {
  await office.found();
  const fixed = `minimumPerPair: 1, questions: ${JSON.stringify(QUESTIONS)}`;
  await office.stage('s1', BOOK.replace('minimumPerPair: 1', fixed));
  await office.fill();
});
afterAll(() => office.close());

const ask = (judge: string, prompt?: string) =>
  askJudge(office.programme, { stage: 's1', judge, prompt }, async (submission, text) => `${submission} to ${text}`);

test('every pair is asked every question, and the answers are to it', async () => {
  expect(questionsOf(office.programme.tables, 's1')).toEqual(QUESTIONS);
  // `fill` has judged other texts; what it judged does not count here.
  const seen: string[] = [];
  const asked = new Map<string, number>();
  for (;;) {
    const question = await ask('kim').catch((error: { code: string }) => error.code);
    if (typeof question === 'string') {
      expect(question).toBe('nothing-to-compare');
      break;
    }
    const { prompt, first, second } = question;
    expect(first.endsWith(` to ${prompt}`) && second.endsWith(` to ${prompt}`)).toBe(true);
    // No question is asked a second time before each of the others was asked as often.
    asked.set(prompt, (asked.get(prompt) ?? 0) + 1);
    const counts = QUESTIONS.map((one) => asked.get(one) ?? 0);
    expect(Math.max(...counts) - Math.min(...counts)).toBeLessThanOrEqual(1);
    const { first: a, second: b } = await answerQuestion(
      office.programme,
      { id: question.id, judge: 'kim' },
      'first',
      'evaluator:kim',
    );
    seen.push(`${[a, b].sort().join(' ')}: ${prompt}`);
  }
  const pairs = ['a b', 'a c', 'b c'];
  expect(seen.sort()).toEqual(pairs.flatMap((pair) => QUESTIONS.map((one) => `${pair}: ${one}`)).sort());
});

test('another text is refused, whoever asks', async () => {
  await expectRefusal(ask('lee', 'Tell me a secret'), 'question-set');
  await expectRefusal(ask('lee', QUESTIONS[0]), 'question-set');
});

test('without questions of its own a text is needed', async () => {
  const other = new Office();
  try {
    await other.found();
    await other.stage('s1');
    await other.fill();
    const asking = askJudge(other.programme, { stage: 's1', judge: 'lee' }, async () => '');
    await expectRefusal(asking, 'question-set');
  } finally {
    await other.close();
  }
});
