// Shapes of this machine's runs, their curves and evidence, and of requests to models: members of what `jikji serve` takes.

import { z } from 'zod';
import { chatRequest, completionRequest } from '../../../foundry/requests/index.ts';
import type { ThinCurve } from '../../../run-folder/index.ts';
import type {
  AnswerReceipt,
  Audit,
  Card,
  CheckedReceipt,
  Evidence,
  Family,
  RunAudits,
  RunDetail,
  RunInfo,
  TrainingData,
} from '../../runs/index.ts';
import { id, title } from './common.ts';

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
    consortium: id,
    consortiumName: title,
    /** Comparisons of its weights in which it is one of both sides. */
    comparisons: z.int(),
  }),
);

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
