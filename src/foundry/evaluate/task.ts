// A task's YAML: its keys, their ranges, what each kind takes. Every complaint names the key, the line and the nearest right
// name. docs/evaluation.md says what the keys mean. Knows nothing of rows.

import { basename } from 'node:path';
import { z } from 'zod';
import type { JikjiError } from '../../base/index.ts';
import { nearestName, Places, type Plain, parseYaml, showPath } from '../../formats/index.ts';

export const METRICS = {
  acc: { higher: true },
  acc_norm: { higher: true },
  acc_bytes: { higher: true },
  f1: { higher: true },
  perplexity: { higher: false },
  bits_per_byte: { higher: false },
  byte_perplexity: { higher: false },
  word_perplexity: { higher: false },
  exact_match: { higher: true },
  contains: { higher: true },
} as const;
export type Metric = keyof typeof METRICS;

const NAME = /^[a-z0-9][a-z0-9._-]{0,99}$/;
const PATH = /^[^\u0000-\u001f\u007f]{1,300}$/;
const template = () => z.string().max(100_000);
const path = () => z.string().regex(PATH, 'is a path beside the task file');

const schema = z.strictObject({
  name: z.string().regex(NAME, 'is a name of a-z, 0-9, ".", "_" and "-"').optional(),
  kind: z.enum(['multiple-choice', 'perplexity', 'generate']),
  data: z.strictObject({
    file: path(),
    fewshot: path().optional(),
    published: z.string().max(1000).optional(),
    licence: z.string().max(1000).optional(),
  }),
  description: z.string().max(100_000).default(''),
  fewshot: z.int().min(0).max(100).default(0),
  macros: template().default(''),
  question: template().optional(),
  text: template().optional(),
  choices: z.union([template(), z.array(template()).min(1).max(100)]).optional(),
  answer: template().optional(),
  by: template().optional(),
  delimiter: z.string().max(100).default(' '),
  stop: z.array(z.string().min(1).max(100)).max(20).optional(),
  maxTokens: z.int().min(1).max(4096).optional(),
  metrics: z
    .array(z.enum(Object.keys(METRICS) as [Metric, ...Metric[]]))
    .min(1)
    .max(20),
});

export type Task = Omit<z.output<typeof schema>, 'name'> & { name: string };
type Key = keyof z.output<typeof schema>;

/** What each kind must have and may have beside the keys of all, and the metrics it gives. */
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
};
const OF_ALL: Key[] = ['name', 'kind', 'data', 'macros', 'by', 'delimiter', 'metrics'];

/**
 * Reads a task from its text; `file` names it in errors and gives the default name.
 * @throws JikjiError `task-yaml`, `task-duplicate-key`, `task-unknown-key`, `task-missing-key`, `task-range`
 */
export function parseTask(text: string, file: string): Task {
  const places = new Places(file);
  const value = parseYaml(
    text,
    (line) => `${file}:${line}`,
    (path, line) => places.line(path, line),
    { name: 'task', code: 'task' },
  );
  const checked = schema.safeParse(value);
  if (!checked.success) throw complain(checked.error.issues, value, places);
  const task = checked.data;
  const kind = task.kind === 'perplexity' && task.question !== undefined ? 'perplexity with a question' : task.kind;
  const { needs, may, metrics } = KINDS[kind]!;
  const missing = needs.find((key) => task[key] === undefined);
  if (missing) {
    throw places.error('task-missing-key', [missing], `${missing} is missing`, `${kind} needs ${needs.join(' and ')}`);
  }
  const given = Object.keys(value as object) as Key[];
  const extra = given.find((key) => ![...OF_ALL, ...needs, ...may].includes(key));
  if (extra) {
    const hint = `${kind} takes ${[...needs, ...may].join(', ')}`;
    throw places.error('task-range', [extra], `${extra} means nothing to a task of this kind`, hint);
  }
  const other = task.metrics.findIndex((metric) => !metrics.includes(metric));
  if (other >= 0) {
    const message = `${task.metrics[other]} is no metric of ${kind}`;
    throw places.error('task-range', ['metrics', other], message, `its metrics are ${metrics.join(', ')}`);
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
  return { ...task, name: task.name ?? nameOf(file) };
}

function nameOf(file: string): string {
  const name = basename(file)
    .replace(/\.ya?ml$/i, '')
    .toLowerCase()
    .replace(/[^a-z0-9._-]+/g, '-')
    .replace(/^[^a-z0-9]+/, '')
    .slice(0, 100);
  return name || 'task';
}

const WANTED: Record<string, string> = {
  int: 'a whole number',
  string: 'text',
  array: 'a list',
  object: 'a section of "key: value" lines',
};

function keysAt(path: readonly PropertyKey[]): string[] {
  return Object.keys(path[0] === 'data' ? schema.shape.data.shape : schema.shape);
}

function complain(issues: readonly z.core.$ZodIssue[], task: Plain, places: Places): JikjiError {
  const issue = issues.find((one) => one.code === 'unrecognized_keys') ?? issues[0]!;
  const path = issue.path as (string | number)[];
  const name = path.length ? showPath(path) : 'a task';
  let found: unknown = task;
  for (const key of path) found = (found as { [key: string]: unknown } | null | undefined)?.[key];
  const range = (message: string, hint: string) => places.error('task-range', path, message, hint);
  switch (issue.code) {
    case 'unrecognized_keys': {
      const key = issue.keys[0]!;
      const keys = keysAt(path);
      const near = nearestName(key, keys);
      const at = showPath([...path, key]);
      const hint = near ? `did you mean ${showPath([...path, near.name])}?` : `${name} takes ${keys.join(', ')}`;
      return places.error('task-unknown-key', [...path, key], `unknown key ${at}`, hint);
    }
    case 'invalid_type': {
      const wanted = WANTED[issue.expected] ?? issue.expected;
      if (found === undefined) return places.error('task-missing-key', path, `${name} is missing`, `write ${wanted}`);
      const quote = issue.expected === 'string' && ['number', 'boolean'].includes(typeof found);
      return range(`${name} must be ${wanted}`, quote ? `put it in quotes: "${found}"` : `write ${wanted}`);
    }
    case 'invalid_value': {
      const values = issue.values.map(String);
      if (found === undefined)
        return places.error('task-missing-key', path, `${name} is missing`, `it is one of ${values.join(', ')}`);
      const near = typeof found === 'string' ? nearestName(found, values) : undefined;
      return range(
        `${name} is one of ${values.join(', ')}`,
        near ? `did you mean ${near.name}?` : 'choose one of them',
      );
    }
    case 'invalid_union':
      return range(`${name} must be a template, or a list of templates`, 'write for example ["{{ a }}", "{{ b }}"]');
    case 'too_big':
    case 'too_small': {
      const limit = issue.code === 'too_big' ? `at most ${issue.maximum}` : `at least ${issue.minimum}`;
      return range(`${name} is too ${issue.code === 'too_big' ? 'big' : 'small'}`, `${limit} is allowed`);
    }
    default:
      return range(`${name} ${issue.message}`, 'choose another value');
  }
}
