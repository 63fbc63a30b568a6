// Reads a transcript that somebody hands us: exact form, whole chain, numbers that are numbers. Knows nothing of training.

import { createHash } from 'node:crypto';
import { setImmediate } from 'node:timers/promises';
import type { Findings } from './findings.ts';
import type { RunFolder } from './folder.ts';

export const TRANSCRIPT = 'transcript.jsonl';

/** A record in its one form: members in order, nothing else. */
const LINE =
  /^\{"batch":"([0-9a-f]{64})","gradNorm":"([0-9a-f]{16})","learningRate":"([0-9a-f]{8})",("link":"([0-9a-f]{64})",)"loss":"([0-9a-f]{16})"(,"stateRoot":"([0-9a-f]{64})")?,"step":([1-9][0-9]{0,9})\}$/;
const LONGEST_LINE = 512;
/** Of step 1, without a root, its newline counted. */
const SHORTEST_LINE = 242;
/** What fits in memory beside everything else: 56 bytes a step. */
const MOST_STEPS = 10_000_000;

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
  const most = Math.min(planned, Math.floor(size / SHORTEST_LINE), MOST_STEPS);
  if (planned > MOST_STEPS) {
    findings.incomplete(TRANSCRIPT, `this release audits at most ${MOST_STEPS} steps`);
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
  let rest: Buffer = Buffer.alloc(0);

  /** True while reading can go on. */
  const take = (line: string): boolean => {
    const step = steps.count + 1;
    const wrong = (text: string): void => findings.refuted(TRANSCRIPT, text, { step });
    const stop = (text: string): false => {
      wrong(text);
      steps.readable = false;
      return false;
    };
    const found = LINE.exec(line);
    if (!found) return stop(`line ${step} is not a record in canonical form`);
    const [, batch, gradNorm, learningRate, linkMember, link, loss, , root, number] = found as unknown as string[];
    if (Number(number) !== step) return stop(`line ${step} is the record of step ${number}`);
    if (step > most) return stop(`there are more than the ${planned} records of this run`);
    // Without its link the line is the record's canonical JSON.
    const record = line.replace(linkMember!, '');
    const next = createHash('sha256').update(Buffer.from(steps.head, 'hex')).update(record).digest('hex');
    if (next !== link && chained) {
      wrong('the chain breaks: this link does not follow from the record and the link before it');
      chained = false; // one break is told once; the rest is read for what else it shows
    }
    const i = steps.count;
    steps.loss[i] = Buffer.from(loss!, 'hex').readDoubleBE();
    steps.gradNorm[i] = Buffer.from(gradNorm!, 'hex').readDoubleBE();
    steps.learningRate[i] = Number.parseInt(learningRate!, 16);
    steps.batch.write(batch!, 32 * i, 'hex');
    steps.head = link!;
    steps.count = step;
    if (!Number.isFinite(steps.loss[i]!)) wrong('the loss is not a finite number');
    if (!(steps.gradNorm[i]! >= 0 && steps.gradNorm[i]! < Number.POSITIVE_INFINITY)) {
      wrong('the gradient norm is not a finite number from 0 on');
    }
    if (root !== undefined) steps.roots.set(step, root);
    if ((root !== undefined) !== checkpoints.has(step)) {
      wrong(
        root === undefined ? 'the record has no state root' : 'the record has a state root that genesis did not plan',
      );
    }
    return true;
  };

  for (const piece of folder.pieces(TRANSCRIPT)) {
    const bytes = rest.length > 0 ? Buffer.concat([rest, piece]) : piece;
    let from = 0;
    for (let end = bytes.indexOf(10); end >= 0; end = bytes.indexOf(10, from)) {
      if (!take(bytes.toString('latin1', from, end))) return steps;
      from = end + 1;
    }
    rest = Buffer.from(bytes.subarray(from));
    if (rest.length > LONGEST_LINE) {
      take('');
      return steps;
    }
    await setImmediate();
    signal.throwIfAborted();
  }
  if (rest.length > 0) {
    findings.refuted(TRANSCRIPT, 'the last line does not end', { step: steps.count + 1 });
    steps.readable = false;
  }
  return steps;
}
