// Shapes of this machine's runs, their curves and evidence, and of requests to models: members of what `jikji serve` takes.

import { z } from 'zod';
import { chatRequest, completionRequest } from '../../../foundry/requests/index.ts';
import type { ThinCurve } from '../../../run-folder/index.ts';
import {
  type AnswerReceipt,
  type Audit,
  AXES,
  type Card,
  type CheckedReceipt,
  type Evidence,
  type Family,
  MEASURES,
  type OverlaidCurve,
  type RecipeDifferences,
  type RunAudits,
  type RunDetail,
  type RunInfo,
  type RunTable,
  SORTS,
  type TrainingData,
} from '../../runs/index.ts';
import { id, title, wholeIn } from './common.ts';

/** A shape whose type src/program/runs defines. */
const typed = <T>(id: string) => z.custom<T>().meta({ id });

export const run = typed<RunInfo>('Run');
export const runDetail = typed<RunDetail>('RunDetail');
export const curve = typed<ThinCurve>('Curve');
export const evidence = typed<Evidence>('Evidence');
export const family = typed<Family>('Family');
export const card = typed<Card>('ModelCard');
export const audit = typed<Audit>('Audit');
export const runAudits = typed<RunAudits>('RunAudits');
export const trainingData = typed<TrainingData>('TrainingData');

/** Submissions in the programmes of this server with the seal of a run. */
export const sameSeal = z.array(
  z.object({
    programme: id,
    submission: id,
    stage: id,
    stageTitle: title,
    consortium: id,
    consortiumName: title,
    /** Comparisons of its weights in which it is one of both sides. */
    comparisons: z.int(),
  }),
);

/** The most curves in one picture: more are not told apart. */
const MAX_CHOSEN = 40;
/** Ids of runs, separated by commas. */
const ids = z
  .string()
  .max(10_000)
  .transform((text) => text.split(',').filter((id) => id !== ''))
  .pipe(z.array(z.string().max(200)).max(MAX_CHOSEN));

export const runTable = typed<RunTable>('RunTable');
export const runTableQuery = z.object({
  /** Words that must all be in the name, a tag, the state or the name of the sweep. */
  text: z.string().max(200).default(''),
  tag: z.string().max(100).default(''),
  state: z.string().max(20).default(''),
  sort: z.enum(SORTS).default('begun'),
  order: z.enum(['up', 'down']).default('down'),
  from: wholeIn(0, 10_000_000).default(0),
  count: wholeIn(1, 200).default(50),
  /** Ids of runs whose rows are given whatever the filter. */
  chosen: ids.default([]),
});

export const overlaidCurves = z.array(typed<OverlaidCurve>('OverlaidCurve'));
export const overlayQuery = z.object({
  runs: ids,
  measure: z.enum(MEASURES).default('loss'),
  axis: z.enum(AXES).default('step'),
  /** Of the exponential moving average. */
  weight: z.coerce.number().min(0).max(0.9999).default(0),
  from: z.coerce.number().optional(),
  to: z.coerce.number().optional(),
  points: wholeIn(16, 1000).default(300),
});

export const recipeDifferences = typed<RecipeDifferences>('RecipeDifferences');
export const differencesQuery = z.object({ runs: ids });

export const tagRuns = z.strictObject({
  runs: z.array(z.string().min(1).max(200)).min(1).max(200),
  tag: z.string().max(200),
  /** Whether the runs get the tag, or lose it. */
  on: z.boolean(),
});
export const tagged = z.object({ changed: z.int().min(0) });

export const answerReceipt = typed<AnswerReceipt>('AnswerReceipt');
export const checkedReceipt = typed<CheckedReceipt>('CheckedReceipt');

/** An answer as its client has it: each a file's text. */
export const checkReceipt = z.strictObject({ receipt: z.string(), request: z.string(), response: z.string() });

export const startAudit = z.strictObject({
  /** Number of segments between checkpoints to train again, or all. */
  replay: z.union([z.int().min(0).max(100_000), z.literal('all')]).optional(),
});

/** Tokens of an answer at most. */
const MAX_TOKENS = 4096;
const maxTokens = z.int().min(1).max(MAX_TOKENS).default(100);
/** The members that both take. The path names the model; the answer is one stream with its usage. */
const SAMPLING = {
  temperature: true,
  top_p: true,
  top_k: true,
  min_p: true,
  presence_penalty: true,
  frequency_penalty: true,
  repetition_penalty: true,
  stop: true,
  seed: true,
  logprobs: true,
  return_token_ids: true,
} as const;

/** Of /v1/completions, for one text. */
export const completion = completionRequest.pick(SAMPLING).extend({ prompt: z.string(), max_tokens: maxTokens });
/** Of /v1/chat/completions, for one answer. */
export const chat = chatRequest
  .pick({ ...SAMPLING, messages: true, top_logprobs: true })
  .extend({ max_completion_tokens: maxTokens });
