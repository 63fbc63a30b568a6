// Reads a task's YAML: its keys, their ranges, the keys of each kind. Every error names the key, the line and the nearest valid name.
// docs/evaluation.md explains the keys. Knows nothing of rows.

import { z } from 'zod';
import {
  type Metric,
  metricSchema,
  nameFromFile,
  parseYamlFile,
  validateYaml,
  type YamlKind,
} from '../../formats/index.ts';

const NAME = /^[a-z0-9][a-z0-9._-]{0,99}$/;
const PATH = /^[^\u0000-\u001f\u007f]{1,300}$/;
const template = () => z.string().max(100_000);
const path = () => z.string().regex(PATH, 'is a path beside the task file');

const schema = z.strictObject({
  name: z.string().regex(NAME, 'is a name of a-z, 0-9, ".", "_" and "-"').optional(),
  kind: z.enum(['multiple-choice', 'perplexity', 'generate', 'chat']),
  data: z.strictObject({
    file: path(),
    fewshot: path().optional(),
    published: z.string().max(1000).optional(),
    licence: z.string().max(1000).optional(),
  }),
  description: z.string().max(100_000).default(''),
  fewshot: z.int().min(0).max(100).default(0),
  macros: template().default(''),
  system: template().optional(),
  question: template().optional(),
  text: template().optional(),
  choices: z.union([template(), z.array(template()).min(1).max(100)]).optional(),
  answer: template().optional(),
  by: template().optional(),
  cluster: template().optional(),
  baseline: template().optional(),
  judge: template().optional(),
  schema: z.record(z.string(), z.json()).optional(),
  delimiter: z.string().max(100).default(' '),
  stop: z.array(z.string().min(1).max(100)).max(20).optional(),
  maxTokens: z.int().min(1).max(4096).optional(),
  metrics: z.array(metricSchema).min(1).max(20),
});

export type Task = Omit<z.output<typeof schema>, 'name'> & { name: string };
type Key = keyof z.output<typeof schema>;

/** What the file is, for errors. */
const TASK: YamlKind = { name: 'task', ko: '과제', code: 'task', typeCode: 'task-range' };

/** Required and optional keys of each kind beside the common ones, and its metrics. */
const KINDS: Record<string, { needs: Key[]; may: Key[]; metrics: Metric[] }> = {
  'multiple-choice': {
    needs: ['choices', 'answer'],
    may: ['question', 'fewshot', 'description'],
    metrics: ['acc', 'acc_norm', 'acc_bytes', 'f1'],
  },
  perplexity: { needs: ['text'], may: [], metrics: ['bits_per_byte', 'byte_perplexity', 'word_perplexity'] },
  'perplexity with a question': {
    needs: ['text', 'question'],
    may: ['fewshot', 'description'],
    metrics: ['acc', 'perplexity'],
  },
  generate: {
    needs: ['question', 'answer'],
    may: ['fewshot', 'description', 'stop', 'maxTokens'],
    metrics: ['exact_match', 'contains'],
  },
  chat: {
    needs: ['question', 'answer'],
    may: ['system', 'maxTokens', 'baseline', 'judge', 'schema'],
    metrics: ['exact_match', 'contains', 'ends_turn', 'valid', 'judged', 'above_baseline'],
  },
};
const COMMON: Key[] = ['name', 'kind', 'data', 'macros', 'by', 'cluster', 'delimiter', 'metrics'];

/**
 * Reads a task from its text; `file` names it in errors and gives the default name.
 * @throws JikjiError `task-yaml`, `task-duplicate-key`, `task-unknown-key`, `task-missing-key`, `task-range`
 */
export function parseTask(text: string, file: string): Task {
  const written = parseYamlFile(text, file, TASK);
  const task = validateYaml(written, schema, TASK);
  const { plain, places } = written;
  const kind = task.kind === 'perplexity' && task.question !== undefined ? 'perplexity with a question' : task.kind;
  const { needs, may, metrics } = KINDS[kind];
  const missing = needs.find((key) => task[key] === undefined);
  if (missing) {
    throw places.error('task-missing-key', [missing], `${missing} is missing`, `${kind} needs ${needs.join(' and ')}`);
  }
  const given = Object.keys(plain as object) as Key[];
  const extra = given.find((key) => ![...COMMON, ...needs, ...may].includes(key));
  if (extra) {
    const hint = `${kind} takes ${[...needs, ...may].join(', ')}`;
    throw places.error('task-range', [extra], `${extra} is not a key of this kind of task`, hint);
  }
  const other = task.metrics.findIndex((metric) => !metrics.includes(metric));
  if (other >= 0) {
    const message = `${task.metrics[other]} is not a metric of ${kind}`;
    throw places.error('task-range', ['metrics', other], message, `its metrics are ${metrics.join(', ')}`);
  }
  for (const [metric, key] of [
    ['valid', 'schema'],
    ['judged', 'judge'],
    ['above_baseline', 'baseline'],
  ] as const) {
    const at = task.metrics.indexOf(metric);
    if (at >= 0 === (task[key] !== undefined)) continue;
    if (at < 0) throw places.error('task-range', [key], `${key} has no metric`, `add ${metric} to metrics`);
    throw places.error('task-range', ['metrics', at], `${metric} needs ${key}`, `add ${key}, or remove ${metric}`);
  }
  if (new Set(task.metrics).size < task.metrics.length) {
    throw places.error('task-range', ['metrics'], 'a metric is named twice', 'name it once');
  }
  for (const key of ['file', 'fewshot'] as const) {
    const path = task.data[key];
    if (path === undefined) continue;
    if (path.startsWith('/') || path.split(/[/\\]/).includes('..')) {
      throw places.error(
        'task-range',
        ['data', key],
        `data.${key} leads out of the task's folder`,
        'put the data beside the task file',
      );
    }
  }
  return { ...task, name: task.name ?? (nameFromFile(file) || 'task') };
}
