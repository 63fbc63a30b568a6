// Reads mutated tasks, data files and templates in a process like the sandbox's; the test watches the process.
// usage: node testing/hostile.ts KIND SEED FROM TO. It writes `at N` before case N begins, a line of JSON for each case with a wrong
// outcome, and at the end a line of JSON with counts.

import { readFileSync } from 'node:fs';
import { gzipSync } from 'node:zlib';
import { JikjiError } from '../../../base/index.ts';
import { HOSTILE, mutateBytes, Random } from '../../../base/testing/mutate.ts';
import { type Job, render } from '../render.ts';
import { parseTask } from '../task.ts';

export const KINDS = ['task', 'data', 'template'] as const;
export type Kind = (typeof KINDS)[number];

const shipped = (name: string) => readFileSync(new URL(`../../../../tasks/${name}.yaml`, import.meta.url));
const TASKS = ['hellaswag', 'kobest_wic', 'lambada_openai', 'blimp', 'click'];

const rows = Array.from({ length: 4 }, (_, i) => ({
  question: `질문 ${i}`,
  choices: { text: ['물', 'stone [x]', 'b'], label: ['A', 'B', 'C'] },
  number: i / 3,
}));
const jsonl = rows.map((row) => `${JSON.stringify(row)}\n`).join('');
const table = (tab: string) =>
  `question${tab}choices${tab}number\n${rows.map((row, i) => `"질문 ""${i}"""${tab}[1, 2]${tab}${row.number}\n`).join('')}`;
const FILES: readonly (readonly [name: string, bytes: () => Buffer])[] = [
  ['a.jsonl', () => Buffer.from(jsonl)],
  ['a.jsonl.gz', () => gzipSync(jsonl)],
  ['a.csv', () => Buffer.from(table(',').replaceAll('[1, 2]', '"[1, 2]"'))],
  ['a.tsv', () => Buffer.from(table('\t'))],
  ...['snappy', 'zstd', 'gzip', 'brotli', 'lz4_raw'].map(
    (codec) =>
      ['a.parquet', () => readFileSync(new URL(`../fixtures/rows.${codec}.parquet`, import.meta.url))] as const,
  ),
];

const TEMPLATES = [
  '{{ question }} {% if number is defined %}{{ number | string }}{% endif %}',
  "{% macro c(t) %}{% set p = t.split('[') %}{{ p[0] ~ p[1:] | join(' ') }}{% endmacro %}{{ c(choices.text[1]) }}",
  "{% set n = namespace(at='') %}{% for l in choices.label %}{% if l == 'B' %}{% set n.at = loop.index0 ~ '' %}{% endif %}{% endfor %}{{ n.at }}",
  '{% for i in range(100) %}{{ question.upper() if i > 98 else i * 2 }}{% endfor %}',
  "{{ row.items() | list | length }}{{ row | tojson(indent=2) }}{{ choices.text | map('upper') | join(', ') }}",
];
const SNIPPETS = [
  '{{ row.constructor.constructor("return process")() }}',
  '{% for a in range(99999) %}{% endfor %}',
  '{% macro f(g) %}{{ g(g) }}{% endmacro %}{{ f(f) }}',
  '{{ range(10 ** 12) }}',
  '{{ row["__proto__"]["x"] }}',
  '{{ "x" * 1000000000 }}',
  '{{ namespace.constructor }}',
  '{% set row = none %}',
  '{% raw %}',
  '{#',
  '{{ [[[[[',
  '-%}',
  '\\u0000',
];

function templateOf(random: Random) {
  const source = random.of(TEMPLATES);
  if (random.below(3) > 0) return mutateBytes(Buffer.from(source), random).toString();
  const at = random.below(source.length);
  return source.slice(0, at) + random.of([...SNIPPETS, random.of(HOSTILE)()]) + source.slice(at + random.below(3));
}

/** The random numbers of a case, from its number alone. */
const randomOf = (seed: number, number: number) => new Random(Math.imul(seed + number, 0x9e3779b1));

/** The job for the sandbox of a case of data or templates. */
export function jobOf(kind: Kind, seed: number, number: number): Job {
  const random = randomOf(seed, number);
  const [name, bytes] = kind === 'data' ? random.of(FILES) : FILES[0];
  const job: Job = {
    files: [{ name, bytes: kind === 'data' ? mutateBytes(bytes(), random) : bytes() }],
    exampleFiles: undefined,
    examples: 0,
    limit: undefined,
    macros: '',
    templates: kind === 'data' ? { question: '{{ row.question }}{{ row }}' } : {},
  };
  if (kind === 'template') {
    if (random.below(4) === 0) job.macros = templateOf(random);
    job.templates[random.of(['question', 'text', 'answer', 'by', 'choices'] as const)] = templateOf(random);
  }
  return job;
}

/** Runs a case and gives its outcome. Any thrown error is a wrong outcome. */
async function runCase(kind: Kind, seed: number, number: number) {
  if (kind === 'task') {
    const random = randomOf(seed, number);
    const bytes = mutateBytes(shipped(random.of(TASKS)), random);
    try {
      parseTask(new TextDecoder().decode(bytes), 't.yaml');
      return 'read';
    } catch (error) {
      if (error instanceof JikjiError && error.hint !== '' && error.message.length < 1000) return error.code;
      throw error;
    }
  }
  const result = await render(jobOf(kind, seed, number), async () => {});
  return 'failure' in result ? result.failure.what : 'read';
}

async function main([kind, seed, from, to]: string[]) {
  const counts: Record<string, number> = {};
  for (let number = Number(from); number < Number(to); number++) {
    process.stdout.write(`at ${number}\n`);
    try {
      const outcome = await runCase(kind as Kind, Number(seed), number);
      counts[outcome] = (counts[outcome] ?? 0) + 1;
    } catch (error) {
      const wrong = error instanceof Error ? (error.stack ?? error.message) : String(error);
      process.stdout.write(`${JSON.stringify({ number, wrong })}\n`);
    }
  }
  process.stdout.write(`${JSON.stringify({ counts, rss: process.resourceUsage().maxRSS * 1024 })}\n`);
}

if (process.argv[1] === import.meta.filename) await main(process.argv.slice(2));
