// Made-up answers for the page of runs: its table with strange rows, curves with gaps, differences of recipes.

import type { OverlaidCurve, RecipeDifferences, RunInfo, RunRow, RunTable } from '../types.ts';
import { runs as known } from './made-up.ts';

/** A name with markup and with a mark that turns the reading direction. */
export const HOSTILE = 'x <img src=x onerror=alert(1)> \u202egnp.exe';
const NAMES = new Map([
  ['old-1234', 'small'], // two of one name
  ['odd-9999', HOSTILE],
]);

const DONE = { witnessed: false, steps: 1000, stepsDone: 1000, valBitsPerByte: 2.5, noted: null, sweep: null };
const more = (count: number): RunInfo[] =>
  Array.from({ length: count }, (_, i) => ({
    ...DONE,
    id: `many-${i}`,
    name: `many-${i}`,
    state: 'finished',
    loss: 3 + ((i * 7919) % 1000) / 1000,
  }));

const lossAt = (id: string, step: number): number =>
  2.5 + id.length / 20 + 5 * Math.exp(-step / 150) + 0.3 * Math.sin(step * 12.9898 + id.length);

const sketchOf = ({ id, stepsDone }: RunInfo): RunRow['sketch'] => {
  const step = Array.from({ length: 40 }, (_, i) => 1 + Math.floor((i * ((stepsDone ?? 0) - 1)) / 39));
  if (!stepsDone) return { step: [], loss: [] };
  return { step, loss: step.map((at, i) => (id === 'old-1234' && i % 11 === 5 ? null : lossAt(id, at))) };
};

/** What a test changes. */
export interface MadeUpRuns {
  /** Runs beside the known ones. */
  count: number;
  tags: Map<string, string[]>;
  /** The run whose folder was deleted. */
  gone: string;
  /** Steps that the first run does with each look at the server. */
  pace: number;
}

/** @param looks how often the server was asked for anything so far */
export function runTable(query: URLSearchParams, { count, tags, gone, pace }: MadeUpRuns, looks: number): RunTable {
  const all = [...known, ...more(count)].map((run) => ({
    ...run,
    name: NAMES.get(run.id) ?? run.name,
    tags: tags.get(run.id) ?? [],
    sketch: sketchOf(run),
    ...(run === known[0] && pace > 0 && { stepsDone: 400 + pace * looks }),
    ...(run.id === gone && { state: 'gone' as const, stepsDone: null, loss: null }),
  }));
  const words = (query.get('text') ?? '').toLowerCase().split(' ');
  const found = all.filter(
    (run) =>
      words.every((word) => [run.name, run.state, ...run.tags].join(' ').toLowerCase().includes(word)) &&
      [run.state, ''].includes(query.get('state') ?? '') &&
      [...run.tags, ''].includes(query.get('tag') ?? ''),
  );
  if (query.get('sort') === 'loss') found.sort((a, b) => (a.loss ?? 9e9) - (b.loss ?? 9e9));
  if (query.get('order') === 'down' && query.get('sort') !== 'begun') found.reverse();
  const from = Number(query.get('from'));
  const chosen = (query.get('chosen') ?? '').split(',').filter(Boolean);
  return {
    all: all.length,
    found: found.length,
    from,
    rows: found.slice(from, from + Number(query.get('count'))),
    chosen: chosen.flatMap((id) => all.find((run) => run.id === id) ?? []),
    unknown: chosen.filter((id) => !all.some((run) => run.id === id)),
    tags: [...new Set(all.flatMap((run) => run.tags))].map((tag) => ({
      tag,
      runs: all.filter((run) => run.tags.includes(tag)).length,
    })),
  };
}

/** Steps of a curve: one run ends early, one has none. */
const STEPS = new Map([
  ['old-1234', 120],
  ['odd-9999', 0],
]);

export function runCurves(query: URLSearchParams): OverlaidCurve[] {
  const axis = query.get('axis');
  const weight = Number(query.get('weight'));
  const from = Number(query.get('from') ?? Number.NEGATIVE_INFINITY);
  const to = Number(query.get('to') ?? Number.POSITIVE_INFINITY);
  return query
    .get('runs')!
    .split(',')
    .map((id) => {
      const all = Array.from({ length: STEPS.get(id) ?? 1000 }, (_, i) => i + 1);
      const isKnown = axis !== 'time' || id !== 'seed-2-5e2f';
      const scale = axis === 'tokens' ? 2048 : axis === 'time' ? 0.1 : 1;
      const step = isKnown ? all.filter((at) => at * scale >= from && at * scale <= to) : [];
      const value = step.map((at) => (id === 'old-1234' && at % 50 === 0 ? null : lossAt(id, at)));
      return {
        id,
        x: step.map((at) => at * scale),
        step,
        value,
        smoothed: weight > 0 ? value.map((_, i) => 2.5 + id.length / 20 + 5 * Math.exp(-step[i] / 150)) : null,
        every: 1,
        notFinite: value.filter((one) => one === null).length,
        placeless: isKnown ? 0 : all.length,
        values: all.length,
        ends: isKnown && all.length > 0 ? { first: scale, last: all.length * scale } : null,
        damaged: null,
      };
    });
}

export function runDifferences(query: URLSearchParams): RecipeDifferences {
  const ids = query.get('runs')!.split(',');
  const runs = ids.filter((id) => !id.startsWith('llama'));
  return {
    runs,
    keys:
      runs.length < 2
        ? []
        : [
            { key: 'seed', values: runs.map((_, i) => i + 1) },
            { key: 'train.learningRate', values: runs.map((_, i) => 0.001 * (i + 1)) },
            { key: 'train.decayFraction', values: runs.map((_, i) => (i === 0 ? null : 0.2)) },
            { key: 'corpus.sources.0.sha512', values: runs.map((_, i) => `sha512-${'aB+/'[i % 4]!.repeat(86)}==`) },
            { key: 'corpus.sources.1.licence', values: runs.map((_, i) => (i === 0 ? 'unknown' : 'CC0-1.0')) },
            { key: 'unheard.of', values: runs.map((_, i) => i) },
            { key: 'corpus.sources.0.path', values: runs.map((id) => `texts/${id}/${'long-'.repeat(8)}name.txt`) },
          ],
    more: 0,
    remarks: ['tokenizers'],
    left: ids.filter((id) => id.startsWith('llama')).map((id) => ({ id, why: 'witnessed', detail: '' })),
  };
}
