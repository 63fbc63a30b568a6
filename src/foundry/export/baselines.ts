// The part of a model card that says where the model's answers are no better than a baseline's.

import { type Compared, compareWithBaseline, MIN_QUESTIONS, STANDARD_ERRORS } from '../evaluate/index.ts';
import type { Evaluation } from './evaluations.ts';
import { cell, number, signedIn, table } from './markdown.ts';

/** The limit of a task's parts on a card. */
const MAX_PARTS = 100;
const HEAD = ['asked', 'questions', 'right', 'baseline', 'difference', 'standard error', 'beats the baseline'];

/**
 * Says of each task with a baseline which of its parts the model answers better, or that no such task was asked. Begins a paragraph.
 * Evaluations of another key than `makerKey` name it.
 */
export function baselines(evaluations: readonly Evaluation[], makerKey: string): string {
  const tasks = evaluations.flatMap((evaluation) => {
    const parts = compareWithBaseline(evaluation.predicate.results);
    return parts.length > 0 ? [section(evaluation, signedIn(evaluation, makerKey), parts)] : [];
  });
  if (tasks.length === 0) {
    return '\n\nWhether it answers better than a baseline was not measured: nothing here shows that its answers are right.';
  }
  return `

A baseline is what a task's file states beside each right answer: an answer that needs no model, such as the commonest one of its kind in
training, or the answer of another model. A model beats it where the share of right answers is larger by at least ${STANDARD_ERRORS} standard errors of the
difference, question by question, on at least ${MIN_QUESTIONS} questions.
${tasks.join('')}`;
}

function section({ predicate: { name, n, of } }: Evaluation, signed: string, parts: readonly Compared[]): string {
  const rows = parts
    .slice(0, MAX_PARTS)
    .map(({ part, n, exact, baseline, difference, stderr, beats }) => [
      cell(part ?? name),
      `${n}`,
      ...[exact, baseline, difference].map(number),
      stderr === null ? '' : number(stderr),
      beats ? 'yes' : '**no**',
    ]);
  const behind = parts.filter(({ beats }) => !beats).map(({ part }) => cell(part ?? name));
  const others = behind.length > MAX_PARTS ? ` and ${behind.length - MAX_PARTS} others` : '';
  const verdict =
    behind.length === 0
      ? 'It beats the baseline in every part.'
      : `**It does not beat the baseline in: ${behind.slice(0, MAX_PARTS).join(', ')}${others}.** Nothing shows that it can answer these.`;
  return `
### ${cell(name)}${n === of ? '' : `, ${n} of ${of} questions`}

${table(HEAD, rows)}
${parts.length > MAX_PARTS ? `\nThe first ${MAX_PARTS} of ${parts.length} parts.\n` : ''}
${verdict} Signed in ${signed}.
`;
}
