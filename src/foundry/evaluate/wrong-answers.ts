// Wrong answers for a question: others' right answers, as alike in length as there are. Knows nothing of languages.

import { sha256 } from '../../ledger/index.ts';
import { characters, counter } from './metrics.ts';
import type { ChoiceItem } from './set.ts';

/** A question whose answer others of its kind may be mistaken for. */
export interface Open {
  context: string;
  answer: string;
  /** What it was taken from: nothing else from there is offered beside it. */
  document: number;
}

const WRONG = 3;

/**
 * Gives each question three wrong answers: those of other documents whose length is nearest, of equals by a draw. Order of
 * the choices and draws follow from the question's text. A question for which there are not enough is left out.
 * `unlike` says which answers must not stand beside each other, beyond equal ones.
 */
export function closed(questions: readonly Open[], unlike: (a: Open, b: Open) => boolean = () => true): ChoiceItem[] {
  const length = questions.map(({ answer }) => characters(answer));
  const order = questions.map((_, i) => i).sort((a, b) => length[a]! - length[b]! || a - b);
  const place = new Map(order.map((question, at) => [question, at]));
  return questions.flatMap((question, i): ChoiceItem[] => {
    const next = counter(sha256(`${question.context}\n${question.answer}`).readUInt32LE());
    // A window around its own place, by length; the nearest are taken in an order that is drawn.
    const at = place.get(i)!;
    const near = order
      .slice(Math.max(0, at - 40), at + 41)
      .map((other) => ({ other, far: Math.abs(length[other]! - length[i]!), draw: next() }))
      .sort((a, b) => a.far - b.far || a.draw - b.draw);
    const wrong: Open[] = [];
    for (const { other } of near) {
      const candidate = questions[other]!;
      if (candidate.document === question.document) continue;
      if (![question, ...wrong].every((one) => one.answer !== candidate.answer && unlike(one, candidate))) continue;
      wrong.push(candidate);
      if (wrong.length === WRONG) break;
    }
    if (wrong.length < WRONG) return [];
    const gold = next() % (WRONG + 1);
    const choices = wrong.map(({ answer }) => answer);
    choices.splice(gold, 0, question.answer);
    return [{ context: question.context, choices, gold }];
  });
}
