// Reads an untrusted transcript and checks it: exact form, whole chain, finite numbers. Knows nothing of training.

import { setImmediate } from 'node:timers/promises';
import type { Both } from '../base/index.ts';
import { type Commitment, digestOfCommitment, MIN_RECORD, type RecordLine, TranscriptReader } from '../ledger/index.ts';
import { TRANSCRIPT } from '../run-folder/index.ts';
import type { Findings } from './findings.ts';
import type { RunFolder } from './folder.ts';
import { COMMON } from './sentences/common.ts';
import { TRANSCRIPTS } from './sentences/statements.ts';

/** Steps are held in memory, 56 bytes each. */
const MAX_STEPS = 10_000_000;

/** Steps read between two pauses. */
export const TURN_STEPS = 4096;

/** The records of steps 1 to `count`; entry i is step i + 1. */
export interface Steps {
  count: number;
  /** Nats a token. */
  loss: Float64Array;
  gradNorm: Float64Array;
  /** The bits of a binary32. */
  learningRate: Uint32Array;
  /** 32 bytes a step. */
  batch: Buffer;
  /** Roots of the states, by step. */
  roots: Map<number, string>;
  /** The last link. */
  head: string;
  /** Links at the steps that the plan asks for. */
  links: Map<number, string>;
  /** False where reading stopped at a line that is not a record. */
  readable: boolean;
}

/** Digest of a step's batch, from its record. */
export const batchOf = (steps: Steps, step: number): string => steps.batch.toString('hex', 32 * (step - 1), 32 * step);

/** What a transcript must be like. */
export interface TranscriptPlan {
  /** The most records that there are. */
  steps: number;
  /** link_0. */
  origin: string;
  /** The steps whose records have a root; undefined where records may have one. */
  checkpoints?: ReadonlySet<number>;
  /** Whether the link of a step is kept. */
  keepsLink?: (step: number) => boolean;
  /** Whether one that was cut off is incomplete; otherwise it is refuted. */
  mayBeCutOff?: boolean;
}

/** Of a run of our own trainer. */
export const planOf = (commitment: Commitment): TranscriptPlan => ({
  steps: commitment.steps,
  origin: digestOfCommitment(commitment),
  checkpoints: new Set(commitment.checkpoints),
});

/**
 * Reads the records and checks their form, their chain, and that exactly the planned checkpoints have a root. Stops at the first line
 * that is not a record. Does not check that all records are there.
 */
export async function readTranscript(
  folder: RunFolder,
  { steps: planned, origin, checkpoints, keepsLink = () => false, mayBeCutOff = false }: TranscriptPlan,
  findings: Pick<Findings, 'try' | 'incomplete' | 'refuted'>,
  signal: AbortSignal,
): Promise<Steps | undefined> {
  const size = findings.try(TRANSCRIPT, () => folder.size(TRANSCRIPT) ?? null);
  if (size === null) findings.incomplete(TRANSCRIPT, COMMON.notThere);
  if (typeof size !== 'number') return undefined;
  // No more records than the file has room for, whatever the plan states.
  const capacity = Math.min(planned, Math.floor(size / MIN_RECORD), MAX_STEPS);
  if (planned > MAX_STEPS) {
    findings.incomplete(TRANSCRIPT, TRANSCRIPTS.tooManySteps(MAX_STEPS));
    return undefined;
  }
  const steps: Steps = {
    count: 0,
    loss: new Float64Array(capacity),
    gradNorm: new Float64Array(capacity),
    learningRate: new Uint32Array(capacity),
    batch: Buffer.alloc(32 * capacity),
    roots: new Map(),
    head: origin,
    links: new Map(),
    readable: true,
  };
  let isChained = true;
  const wrong = (text: Both, step: number): void => findings.refuted(TRANSCRIPT, text, { step });

  const addRecord = (record: RecordLine): void => {
    const { step, loss, gradNorm, link, stateRoot } = record;
    if (isChained && record.linkAfter(steps.head) !== link) {
      wrong(TRANSCRIPTS.broken, step);
      isChained = false; // a break is reported once; the other records are still checked for other faults
    }
    const i = step - 1;
    steps.loss[i] = loss;
    steps.gradNorm[i] = gradNorm;
    steps.learningRate[i] = record.learningRateBits;
    steps.batch.write(record.batch, 32 * i, 'hex');
    steps.head = link;
    steps.count = step;
    if (keepsLink(step)) steps.links.set(step, link);
    if (!Number.isFinite(loss)) wrong(TRANSCRIPTS.loss, step);
    if (!(gradNorm >= 0 && gradNorm < Number.POSITIVE_INFINITY)) {
      wrong(TRANSCRIPTS.gradNorm, step);
    }
    if (stateRoot !== undefined) steps.roots.set(step, stateRoot);
    if (checkpoints?.has(step) && stateRoot === undefined) wrong(TRANSCRIPTS.noRoot, step);
    if (checkpoints?.has(step) === false && stateRoot !== undefined) {
      wrong(TRANSCRIPTS.needlessRoot, step);
    }
  };

  const reader = new TranscriptReader(folder.pieces(TRANSCRIPT));
  for (const record of reader) {
    if (record.step > capacity) {
      wrong(TRANSCRIPTS.tooMany(planned), record.step);
      steps.readable = false;
      return steps;
    }
    addRecord(record);
    if (record.step % TURN_STEPS === 0) {
      await setImmediate();
      signal.throwIfAborted();
    }
  }
  const step = steps.count + 1;
  if (reader.problem !== undefined) wrong(TRANSCRIPTS.line(step, reader.problem), step);
  if (reader.unfinished) findings[mayBeCutOff ? 'incomplete' : 'refuted'](TRANSCRIPT, TRANSCRIPTS.noEnd, { step });
  steps.readable = reader.problem === undefined && !reader.unfinished;
  return steps;
}
