// The blocks and parts that scores can cite, by their paths in the rule book.

import { METRICS } from '../../formats/index.ts';
import type { Reference, ScoredTask } from './schema.ts';
import type { Block, RuleBook } from './types.ts';

export interface TaskTarget {
  /** The score to reach: the best score times the share, or divided by it if less is better. */
  value: number;
  best: number;
  reference: Reference;
}

/** The day `months` before `date` (`2026-01-15`), at most the last day of that month. */
export function monthsBefore(date: string, months: number): string {
  const [year, month, day] = date.split('-').map(Number) as [number, number, number];
  const first = new Date(Date.UTC(year, month - 1 - months, 1));
  const last = new Date(Date.UTC(first.getUTCFullYear(), first.getUTCMonth() + 1, 0)).getUTCDate();
  first.setUTCDate(Math.min(day, last));
  return first.toISOString().slice(0, 10);
}

/** All tasks of a rule book, in order. */
export const tasksOf = (book: RuleBook): ScoredTask[] =>
  partsOf(book).flatMap(({ source }) => (source.kind === 'tasks' ? source.tasks : []));

/**
 * The target of a task on a day (`2026-01-15`): by the best reference model that was released in the months before it, both ends
 * included; of equal ones the first in the book. Undefined without such a model, without a target in the book, or without the task.
 */
export function targetOf(book: RuleBook, task: string, date: string): TaskTarget | undefined {
  const scored = tasksOf(book).find((one) => one.task === task);
  if (!scored || !book.target) return undefined;
  const { share, months, references } = book.target;
  const from = monthsBefore(date, months);
  const { higher } = METRICS[scored.metric];
  const known = references.filter(
    ({ scores, released }) => Object.hasOwn(scores, task) && released >= from && released <= date,
  );
  const [reference] = known.sort((a, b) =>
    higher ? b.scores[task]! - a.scores[task]! : a.scores[task]! - b.scores[task]!,
  );
  if (!reference) return undefined;
  const best = reference.scores[task]!;
  return { value: higher ? best * share : best / share, best, reference };
}

/** A block whose source is of kind `parts` is the sum of the parts that follow it; only an entered figure is given for the whole block. */
export interface PartOfBook extends Pick<Block, 'title' | 'points' | 'source'> {
  /** Cited by scores: `blocks.benchmark`, `blocks.benchmark.parts.common`. */
  path: string;
  /** Its name in tieBreak: `benchmark`, `benchmark.common`. */
  name: string;
  /** The block's id. */
  block: string;
}

/** All blocks in their order, each followed by its parts. */
export function partsOf(book: RuleBook): PartOfBook[] {
  return book.blocks.flatMap(({ id: block, title, points, source }) => {
    const path = `blocks.${block}`;
    const parts = source.kind === 'parts' ? source.parts : [];
    return [
      { path, name: block, block, title, points, source },
      ...parts.map(({ id, title, points, source }) => {
        return { path: `${path}.parts.${id}`, name: `${block}.${id}`, block, title, points, source };
      }),
    ];
  });
}
