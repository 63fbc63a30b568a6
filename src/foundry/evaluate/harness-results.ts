// Results in the form of lm-evaluation-harness's results JSON, so that tools that read one read the other.

import { METRICS } from '../../formats/index.ts';
import { RESAMPLES } from './metrics.ts';
import type { Figure } from './score.ts';
import type { EvaluationSet } from './set.ts';

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
export function harnessJson(
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
