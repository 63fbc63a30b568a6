// Shapes of this machine's runs, their curves and evidence, and of requests to models.

import { z } from 'zod';
import type { ThinCurve } from '../../../run-folder/index.ts';
import type { Audit, Card, Evidence, RunDetail, RunInfo } from '../../runs/index.ts';

/** A shape whose type src/program/runs defines. */
const typed = <T>(id: string) => z.custom<T>().meta({ id });

export const run = typed<RunInfo>('Run');
export const runDetail = typed<RunDetail>('RunDetail');
export const curve = typed<ThinCurve>('Curve');
export const evidence = typed<Evidence>('Evidence');
export const card = typed<Card>('ModelCard');
export const audit = typed<Audit>('Audit');

export const startAudit = z.strictObject({
  /** Number of segments between checkpoints to train again, or all. */
  replay: z.union([z.int().min(0).max(100_000), z.literal('all')]).optional(),
});

const sampling = {
  maxTokens: z.int().min(1).max(1024).default(80),
  /** 0: always the most likely token. */
  temperature: z.number().min(0).max(100).default(0.8),
  topK: z.int().min(0).max(1_000_000).default(0),
  topP: z.number().min(0).max(1).default(0.95),
  seed: z.int().min(0).max(Number.MAX_SAFE_INTEGER).default(1377),
};
export const continuation = z.strictObject({ prompt: z.string().max(20_000), ...sampling });
export const chat = z.strictObject({
  messages: z
    .array(z.strictObject({ role: z.enum(['user', 'assistant']), content: z.string().max(20_000) }))
    .min(1)
    .max(200),
  ...sampling,
});
