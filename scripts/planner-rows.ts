// docs/planner-rows.md: every measured step beside the planned one. `node scripts/planner-rows.ts` writes it; a test fails while it is old.

import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { FITTED } from '../src/planner/constants.ts';
import { halfWidth } from '../src/planner/interval.ts';
import {
  deviceOfChip,
  isSetAside,
  kindOf,
  type MeasuredStep,
  measuredShape,
  measuredSteps,
} from '../src/planner/measured-steps.ts';
import { stepTime } from '../src/planner/step-time.ts';

export const ROWS_PAGE = join(import.meta.dirname, '../docs/planner-rows.md');

interface Checked {
  step: MeasuredStep;
  seconds: number;
  error: number;
  half: number;
}

const quantile = (values: readonly number[], share: number) =>
  values.toSorted((a, b) => a - b)[Math.min(values.length - 1, Math.floor(share * values.length))]!;
const percent = (value: number) => `${(100 * value).toFixed(1)} %`;

export function rowsPage(): string {
  const all = measuredSteps().map((step): Checked => {
    const time = stepTime(measuredShape(step), deviceOfChip(step.chip), step.layout, step.batch, FITTED);
    return { step, seconds: time.total, error: time.total / step.seconds - 1, half: halfWidth(time, kindOf(step)) };
  });
  return `# Planned and measured steps

Every row of \`catalogue/measured-steps.csv\` that trains a whole model, beside what the [planner](planner.md) says for its
layout. Written by \`node scripts/planner-rows.ts\`. *Aside*: nothing was fitted to the row.

${table(['rows', 'number', 'error, median', '90th percentile', 'in the interval', 'interval, median'], summaries(all))}

${table(
  [
    'source',
    'release',
    'model',
    'chip',
    'devices',
    'format',
    'layout',
    'measured, s',
    'planned, s',
    'error',
    'aside',
    'note',
  ],
  all.map(cells),
)}
`;
}

function summaries(all: readonly Checked[]): string[][] {
  const sources = ['megatron-bridge', 'mlperf', 'korthikanti-2022'];
  const groups = [true, false]
    .flatMap((aside) =>
      sources.map((source) => [`${source}, ${aside ? 'aside' : 'fitted'}`, of(all, source, aside)] as const),
    )
    .filter(([, rows]) => rows.length > 0);
  const rest = all.filter(({ step }) => isSetAside(step));
  return [...groups, ['all aside', rest] as const].map(([name, rows]) => [
    name,
    String(rows.length),
    percent(
      quantile(
        rows.map(({ error }) => Math.abs(error)),
        0.5,
      ),
    ),
    percent(
      quantile(
        rows.map(({ error }) => Math.abs(error)),
        0.9,
      ),
    ),
    percent(rows.filter(({ error, half }) => Math.abs(Math.log1p(error)) <= half).length / rows.length),
    widthText(
      quantile(
        rows.map(({ half }) => half),
        0.5,
      ),
    ),
  ]);
}

const of = (all: readonly Checked[], source: string, aside: boolean) =>
  all.filter(({ step }) => step.source === source && isSetAside(step) === aside);

const widthText = (half: number) => `-${percent(1 - Math.exp(-half))} to +${percent(Math.expm1(half))}`;

function cells({ step, seconds, error }: Checked): string[] {
  const { layout, batch } = step;
  const parts = [
    `t${layout.tensor} p${layout.pipeline}x${layout.virtual} c${layout.context} e${layout.expert} m${layout.microBatch}`,
    `${batch.sequences} x ${batch.sequence}`,
    `zero${layout.zero}`,
    layout.graphs,
  ];
  return [
    step.source,
    step.release,
    step.model,
    step.chip,
    String(layout.devices),
    batch.precision,
    parts.join(', '),
    step.seconds.toPrecision(4),
    seconds.toPrecision(4),
    `${error < 0 ? '-' : '+'}${percent(Math.abs(error))}`,
    isSetAside(step) ? 'yes' : '',
    step.note,
  ];
}

const table = (head: string[], rows: string[][]) =>
  [head, head.map(() => '---'), ...rows].map((row) => `| ${row.join(' | ')} |`).join('\n');

if (process.argv[1] === import.meta.filename) writeFileSync(ROWS_PAGE, rowsPage());
