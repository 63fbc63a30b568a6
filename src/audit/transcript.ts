// Checks a transcript that somebody hands us: exact form, whole chain, numbers that are numbers. Knows nothing of training.

import { setImmediate } from 'node:timers/promises';
import { MIN_RECORD, type RecordLine, TranscriptReader } from '../ledger/index.ts';
import { TRANSCRIPT } from '../run-folder/index.ts';
import type { Findings } from './findings.ts';
import type { RunFolder } from './folder.ts';

/** What fits in memory beside everything else: 56 bytes a step. */
const MAX_STEPS = 10_000_000;

/** Steps between two turns for others. */
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
  /** False where reading stopped at a line that is no record. */
  readable: boolean;
}

/** Digest of a step's batch as the record has it. */
export const batchOf = (steps: Steps, step: number): string => steps.batch.toString('hex', 32 * (step - 1), 32 * step);

/**
 * Reads the records and checks form and chain; `origin` is link_0, `checkpoints` the steps that must have a root. Stops at
 * the first line that is none. Says nothing of how many records there should be.
 */
export async function readTranscript(
  folder: RunFolder,
  origin: string,
  planned: number,
  checkpoints: ReadonlySet<number>,
  findings: Findings,
  signal: AbortSignal,
): Promise<Steps | undefined> {
  const size = findings.try(TRANSCRIPT, () => folder.size(TRANSCRIPT) ?? null);
  if (size === null) findings.incomplete(TRANSCRIPT, 'is not there');
  if (typeof size !== 'number') return undefined;
  // As many as the file can hold, whatever is claimed.
  const most = Math.min(planned, Math.floor(size / MIN_RECORD), MAX_STEPS);
  if (planned > MAX_STEPS) {
    findings.incomplete(TRANSCRIPT, `this release audits at most ${MAX_STEPS} steps`);
    return undefined;
  }
  const steps: Steps = {
    count: 0,
    loss: new Float64Array(most),
    gradNorm: new Float64Array(most),
    learningRate: new Uint32Array(most),
    batch: Buffer.alloc(32 * most),
    roots: new Map(),
    head: origin,
    readable: true,
  };
  let chained = true;
  const wrong = (text: string, step: number): void => findings.refuted(TRANSCRIPT, text, { step });

  const take = (record: RecordLine): void => {
    const { step, loss, gradNorm, link, stateRoot } = record;
    if (record.linkAfter(steps.head) !== link && chained) {
      wrong('the chain breaks: this link does not follow from the record and the link before it', step);
      chained = false; // one break is told once; the rest is read for what else it shows
    }
    const i = step - 1;
    steps.loss[i] = loss;
    steps.gradNorm[i] = gradNorm;
    steps.learningRate[i] = record.learningRateBits;
    steps.batch.write(record.batch, 32 * i, 'hex');
    steps.head = link;
    steps.count = step;
    if (!Number.isFinite(loss)) wrong('the loss is not a finite number', step);
    if (!(gradNorm >= 0 && gradNorm < Number.POSITIVE_INFINITY)) {
      wrong('the gradient norm is not a finite number from 0 on', step);
    }
    if (stateRoot !== undefined) steps.roots.set(step, stateRoot);
    if (checkpoints.has(step) && stateRoot === undefined) wrong('the record has no state root', step);
    if (!checkpoints.has(step) && stateRoot !== undefined) {
      wrong('the record has a state root that genesis did not plan', step);
    }
  };

  const reader = new TranscriptReader(folder.pieces(TRANSCRIPT));
  for (const record of reader) {
    if (record.step > most) {
      wrong(`there are more than the ${planned} records of this run`, record.step);
      steps.readable = false;
      return steps;
    }
    take(record);
    if (record.step % TURN_STEPS === 0) {
      await setImmediate();
      signal.throwIfAborted();
    }
  }
  const step = steps.count + 1;
  if (reader.wrong !== undefined) wrong(`line ${step} ${reader.wrong}`, step);
  if (reader.unfinished) wrong('the last line does not end', step);
  steps.readable = reader.wrong === undefined && !reader.unfinished;
  return steps;
}
