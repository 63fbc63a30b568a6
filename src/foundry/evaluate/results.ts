// The results of an evaluation in all forms except the signed statement.

import { finiteOrNull, writeFileAtomic } from '../../base/index.ts';
import { METRICS } from '../../formats/index.ts';
import { RESAMPLES } from './metrics.ts';
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

/** Results in the form of lm-evaluation-harness's results JSON, so that tools that read one read the other. */
const OUTPUT_TYPE = {
  choice: 'multiple_choice',
  continuation: 'loglikelihood',
  text: 'loglikelihood_rolling',
  generate: 'generate_until',
  chat: 'generate_until',
} as const;

/** A number, or the text N/A as the harness writes it. */
const shown = (x: number | null): number | string => (x === null || !Number.isFinite(x) ? 'N/A' : x);

/** The JSON text of all sets and their results. `model` is the name that the user gave. */
function harnessJson(
  model: string,
  evaluated: readonly { set: EvaluationSet; figures: readonly Figure[] }[],
  limit: number | undefined,
): string {
  const tables = {
    results: {} as Record<string, object>,
    group_subtasks: {} as Record<string, string[]>,
    configs: {} as Record<string, object>,
    versions: {} as Record<string, string>,
    'n-shot': {} as Record<string, number>,
    higher_is_better: {} as Record<string, object>,
    'n-samples': {} as Record<string, object>,
  };
  for (const { set, figures } of evaluated) {
    const higher = Object.fromEntries(set.metrics.map((metric) => [metric, METRICS[metric].higher]));
    for (const part of [undefined, ...set.parts]) {
      const own = figures.filter((figure) => figure.part === part);
      if (own.length === 0) continue;
      const name = part === undefined ? set.name : `${set.name}: ${part}`;
      tables.results[name] = {
        name,
        alias: name,
        sample_len: own[0].n,
        ...Object.fromEntries(
          own.flatMap(({ metric, value, stderr }) => [
            [`${metric},none`, shown(value)],
            [`${metric}_stderr,none`, shown(stderr)],
          ]),
        ),
      };
      tables.configs[name] = {
        task: name,
        output_type: OUTPUT_TYPE[set.kind],
        num_fewshot: set.fewshot,
        metric_list: set.metrics.map((metric) => ({ metric, higher_is_better: METRICS[metric].higher })),
        metadata: { digest: set.digest },
      };
      tables.versions[name] = set.digest.slice(0, 8);
      tables['n-shot'][name] = set.fewshot;
      tables.higher_is_better[name] = higher;
      tables['n-samples'][name] = { original: part === undefined ? set.of : own[0].n, effective: own[0].n };
    }
    tables.group_subtasks[set.name] = [];
  }
  const config = { model: 'jikji', model_args: model, limit: limit ?? null, bootstrap_iters: RESAMPLES };
  return `${JSON.stringify({ ...tables, config, model_name: model }, null, 2)}\n`;
}
