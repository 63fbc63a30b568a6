// The results of an evaluation in all forms except the signed statement.

import { finiteOrNull, writeFileAtomic } from '../../base/index.ts';
import { harnessJson } from './harness-results.ts';
import type { EvaluateOptions, EvaluateResult } from './options.ts';
import type { Figure } from './score.ts';
import type { EvaluationSet } from './set.ts';

export interface Evaluated {
  set: EvaluationSet;
  figures: readonly Figure[];
}

/** A set's figures as `EvaluateResult` has them; with the values of items if `items` is true. */
export const resultsOf = (
  set: EvaluationSet,
  figures: readonly Figure[],
  items: boolean | undefined,
): EvaluateResult['results'] =>
  figures.map(({ part, metric, value, stderr, n, items: each, clusters }) => ({
    task: set.name,
    ...(part === undefined ? {} : { part }),
    metric,
    value: finiteOrNull(value),
    stderr: finiteOrNull(stderr),
    n,
    ...(items && each ? { items: each, ...(clusters && { clusters }) } : {}),
  }));

/** Writes the requested files for other programs: the harness's JSON, and values of items. `model` is the name that the user gave. */
export function writeExports(
  model: string,
  evaluated: readonly Evaluated[],
  { peers, itemsOut, limit }: Pick<EvaluateOptions, 'peers' | 'itemsOut' | 'limit'>,
): void {
  if (peers !== undefined) writeFileAtomic(peers, harnessJson(model, evaluated, limit));
  if (itemsOut !== undefined) writeFileAtomic(itemsOut, itemLines(evaluated));
}

/** A line for each item: its task, its number from 1, and its value in each metric that is a mean. */
function itemLines(evaluated: readonly Evaluated[]): string {
  const lines = evaluated.flatMap(({ set, figures }) => {
    const means = figures.filter(({ items }) => items !== undefined);
    if (means.length === 0) return [];
    return set.items.map((_, i) => {
      const results = Object.fromEntries(means.map(({ metric, items }) => [metric, items![i]]));
      return `${JSON.stringify({ task: set.name, item: i + 1, ...results })}\n`;
    });
  });
  return lines.join('');
}
