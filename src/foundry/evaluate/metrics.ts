// Metrics and their standard errors, from the outcome of each item. The conventions are lm-evaluation-harness's; docs/evaluation.md
// lists them.

import type { Metric } from '../../formats/index.ts';
import type { Verdicts } from './judge.ts';

/** The outcome of one item. */
export type Outcome =
  | { kind: 'choice'; nats: number[]; characters: number[]; bytes: number[]; gold: number }
  | { kind: 'continuation'; nats: number; greedy: boolean }
  | { kind: 'text'; nats: number; bytes: number; words: number }
  | { kind: 'generate'; text: string; answer: string; baseline?: string; endsTurn?: boolean; verdicts?: Verdicts };

export interface Measured {
  metric: Metric;
  value: number;
  /** Null where there is only one item. */
  stderr: number | null;
  n: number;
}

/** The value of each item, in order, if the metric is their mean; else undefined. */
export function itemsOf(metric: Metric, outcomes: readonly Outcome[]): number[] | undefined {
  const lengths = { acc: undefined, acc_norm: 'characters', acc_bytes: 'bytes' } as const;
  const each = (one: Outcome): number | undefined => {
    switch (one.kind) {
      case 'choice': {
        if (!Object.hasOwn(lengths, metric)) return undefined;
        const by = lengths[metric as keyof typeof lengths];
        return isRight(one, by && one[by]) ? 1 : 0;
      }
      case 'continuation':
        return metric === 'acc' ? Number(one.greedy) : undefined;
      case 'generate':
        if (metric === 'exact_match') return isExact(one.text, one.answer);
        if (metric === 'above_baseline') {
          return one.baseline === undefined
            ? undefined
            : isExact(one.text, one.answer) - isExact(one.baseline, one.answer);
        }
        if (metric === 'ends_turn') return Number(one.endsTurn === true);
        if (metric === 'valid' || metric === 'judged') return one.verdicts?.[metric];
        return metric === 'contains' ? Number(one.text.includes(one.answer.trim())) : undefined;
      case 'text':
        return undefined;
    }
  };
  const items = outcomes.map(each);
  return items.includes(undefined) ? undefined : (items as number[]);
}

/** 1 or 0: whether a text is the answer, except for surrounding space. */
const isExact = (text: string, answer: string) => Number(text.trim() === answer.trim());

/** Whether the likeliest choice is the right one; the first of equal ones counts as the likeliest. */
const isRight = ({ nats, gold }: Extract<Outcome, { kind: 'choice' }>, lengths?: readonly number[]) =>
  argmax(nats.map((x, i) => -x / (lengths?.[i] ?? 1))) === gold;

/** Resamples of a bootstrap. */
export const RESAMPLES = 1000;

/** Length in code points, as Python's len counts it. */
export const characters = (text: string): number => [...text].length;

/** Number of words as Python's re.split(r'\s+') gives them: an empty one at either end counts. */
export const words = (text: string): number =>
  text.split(/[\t-\r\u001c-\u0020\u0085\u00a0\u1680\u2000-\u200a\u2028\u2029\u202f\u205f\u3000]+/).length;

/** Index of the largest value; the first of equal ones. */
export function argmax(values: readonly number[]): number {
  let best = 0;
  for (let i = 1; i < values.length; i++) if (values[i] > values[best]) best = i;
  return best;
}

const mean = (values: readonly number[]) => values.reduce((sum, x) => sum + x, 0) / values.length;

/** Sample standard deviation: divides by n - 1. */
function deviation(values: readonly number[]): number {
  const middle = mean(values);
  return Math.sqrt(values.reduce((sum, x) => sum + (x - middle) ** 2, 0) / (values.length - 1));
}

/** Unweighted mean of F1 over the labels that are gold or predicted at least once. */
export function macroF1(pairs: readonly (readonly [gold: number, predicted: number])[]): number {
  const hit = new Map<number, number>();
  const named = new Map<number, number>(); // times gold + times predicted
  const add = (map: Map<number, number>, key: number): void => void map.set(key, (map.get(key) ?? 0) + 1);
  for (const [gold, predicted] of pairs) {
    add(named, gold);
    add(named, predicted);
    if (gold === predicted) add(hit, gold);
  }
  return mean([...named].map(([label, times]) => (2 * (hit.get(label) ?? 0)) / times));
}

/** A generator of 32-bit numbers: the finalizer of MurmurHash3 over a Weyl sequence. The same on every machine. */
export function counter(seed: number): () => number {
  let state = seed >>> 0;
  return () => {
    state = (state + 0x9e3779b9) >>> 0;
    let x = state;
    x = Math.imul(x ^ (x >>> 16), 0x85ebca6b);
    x = Math.imul(x ^ (x >>> 13), 0xc2b2ae35);
    return (x ^ (x >>> 16)) >>> 0;
  };
}

/** Standard deviation of a statistic over resamples of `items`, drawn with replacement from a fixed seed. */
export function bootstrap<T>(items: readonly T[], statistic: (items: readonly T[]) => number): number {
  const next = counter(1234);
  const drawn = new Array<T>(items.length);
  const values: number[] = [];
  for (let i = 0; i < RESAMPLES; i++) {
    for (let j = 0; j < drawn.length; j++) drawn[j] = items[Math.floor((next() / 2 ** 32) * items.length)]!;
    values.push(statistic(drawn));
  }
  return deviation(values);
}

/**
 * Standard error of the mean of items that come in clusters: the root of G / (G - 1) times the sum over the G clusters of (sum of deviations)^2, over n
 * (Liang, Zeger 1986; Miller 2024). Null for one cluster. With clusters of one item each it is the deviation over root n.
 */
export function clusteredError(items: readonly number[], clusters: readonly number[]): number | null {
  const center = mean(items);
  const sums = new Map<number, number>();
  items.forEach((x, i) => void sums.set(clusters[i], (sums.get(clusters[i]) ?? 0) + x - center));
  const count = sums.size;
  if (count < 2) return null;
  let squares = 0;
  for (const sum of sums.values()) squares += sum * sum;
  return Math.sqrt((count / (count - 1)) * squares) / items.length;
}

/** One metric of a list of outcomes of one kind. `clusters`: those of the outcomes, where items depend on each other. */
export function measure(metric: Metric, outcomes: readonly Outcome[], clusters?: readonly number[]): Measured {
  const n = outcomes.length;
  const items = itemsOf(metric, outcomes);
  if (items && clusters) return { metric, value: mean(items), stderr: clusteredError(items, clusters), n };
  if (items) return { metric, value: mean(items), stderr: n > 1 ? deviation(items) / Math.sqrt(n) : null, n };
  const resampled = <T>(items: T[], statistic: (items: readonly T[]) => number): Measured => ({
    metric,
    value: statistic(items),
    stderr: n > 1 ? bootstrap(items, statistic) : null,
    n,
  });
  const of = <K extends Outcome['kind']>(kind: K): Extract<Outcome, { kind: K }>[] =>
    outcomes.filter((one): one is Extract<Outcome, { kind: K }> => one.kind === kind);
  /** `shown` of the sum of nats over the sum of `size`. */
  const rate = (
    size: (one: Extract<Outcome, { kind: 'text' }>) => number,
    shown: (natsOfOne: number) => number,
  ): Measured =>
    resampled(
      of('text').map((one) => [one.nats, size(one)] as const),
      (pairs) => {
        let nats = 0;
        let all = 0;
        for (const [more, units] of pairs) {
          nats += more;
          all += units;
        }
        return shown(nats / all);
      },
    );
  switch (metric) {
    case 'f1':
      return resampled(
        of('choice').map(({ nats, gold }) => [gold, argmax(nats.map((x) => -x))] as const),
        macroF1,
      );
    case 'perplexity':
      return resampled(
        of('continuation').map(({ nats }) => nats),
        (nats) => Math.exp(mean(nats)),
      );
    case 'bits_per_byte':
      return rate(
        ({ bytes }) => bytes,
        (nats) => nats / Math.LN2,
      );
    case 'byte_perplexity':
      return rate(({ bytes }) => bytes, Math.exp);
    case 'word_perplexity':
      return rate((one) => one.words, Math.exp);
    default:
      throw new Error(`${metric} is not a metric of these outcomes`);
  }
}
