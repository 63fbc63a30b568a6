// Chooses wrong answers for a question: answers of other questions with similar length. Knows nothing of languages.

import { sha256 } from '../../ledger/index.ts';
import { characters, counter } from './metrics.ts';
import type { ChoiceItem } from './set.ts';

/** A question without wrong answers yet. */
export interface Question {
  context: string;
  answer: string;
  /** Index of its document: other answers from the same document are not offered. */
  document: number;
}

const WRONG_ANSWERS = 3;

/**
 * Gives each question three wrong answers: answers of other documents with the nearest lengths, drawn among equal ones. The draw and
 * the order of the choices depend on the question's text only. Leaves out a question with too few candidates. Choices are never equal,
 * and `mayMeet` is true for any two questions whose answers are choices of the same item.
 */
export function addWrongAnswers(
  questions: readonly Question[],
  mayMeet: (a: Question, b: Question) => boolean = () => true,
): ChoiceItem[] {
  const length = questions.map(({ answer }) => characters(answer));
  const order = questions.map((_, i) => i).sort((a, b) => length[a] - length[b] || a - b);
  const positions = new Map(order.map((question, at) => [question, at]));
  return questions.flatMap((question, i): ChoiceItem[] => {
    const next = counter(sha256(`${question.context}\n${question.answer}`).readUInt32LE());
    // A window around the question in the order of lengths, sorted by distance, then by draw.
    const at = positions.get(i)!;
    const near = order
      .slice(Math.max(0, at - 40), at + 41)
      .map((other) => ({ other, distance: Math.abs(length[other] - length[i]), draw: next() }))
      .sort((a, b) => a.distance - b.distance || a.draw - b.draw);
    const wrong: Question[] = [];
    for (const { other } of near) {
      const candidate = questions[other];
      if (candidate.document === question.document) continue;
      if (![question, ...wrong].every((one) => one.answer !== candidate.answer && mayMeet(one, candidate))) continue;
      wrong.push(candidate);
      if (wrong.length === WRONG_ANSWERS) break;
    }
    if (wrong.length < WRONG_ANSWERS) return [];
    const gold = next() % (WRONG_ANSWERS + 1);
    const choices = wrong.map(({ answer }) => answer);
    choices.splice(gold, 0, question.answer);
    return [{ context: question.context, choices, gold }];
  });
}
