// Runs of this machine, their curves and evidence, and what a model is asked.

import { z } from 'zod';
import type { ThinCurve } from '../../../run-folder/index.ts';
import type { Audit, Card, Evidence, RunDetail, RunInfo } from '../../runs/index.ts';

/** Shapes that the room of runs keeps: stated once, there. */
const kept = <T>(id: string) => z.custom<T>().meta({ id });

export const run = kept<RunInfo>('Run');
export const runDetail = kept<RunDetail>('RunDetail');
export const curve = kept<ThinCurve>('Curve');
export const evidence = kept<Evidence>('Evidence');
export const card = kept<Card>('ModelCard');
export const audit = kept<Audit>('Audit');

export const startAudit = z.strictObject({
  /** Stretches between checkpoints to train again, or all of them. */
  replay: z.union([z.int().min(0).max(100_000), z.literal('all')]).optional(),
});

const choice = {
  maxTokens: z.int().min(1).max(1024).default(80),
  /** 0 always takes the likeliest token. */
  temperature: z.number().min(0).max(100).default(0.8),
  topK: z.int().min(0).max(1_000_000).default(0),
  topP: z.number().min(0).max(1).default(0.95),
  seed: z.int().min(0).max(Number.MAX_SAFE_INTEGER).default(1377),
};
export const continuation = z.strictObject({ prompt: z.string().max(20_000), ...choice });
export const chat = z.strictObject({
  messages: z
    .array(z.strictObject({ role: z.enum(['user', 'assistant']), content: z.string().max(20_000) }))
    .min(1)
    .max(200),
  ...choice,
});
