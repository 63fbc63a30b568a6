// The metrics of task files, rule books and results, and whether a higher value is better. Does not compute them.

import { z } from 'zod';

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
  ends_turn: { higher: true },
  valid: { higher: true },
  judged: { higher: true },
  above_baseline: { higher: true },
} as const;
export type Metric = keyof typeof METRICS;

export const metricSchema = z.enum(Object.keys(METRICS) as [Metric, ...Metric[]]);
