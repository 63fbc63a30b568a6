// Probe: forward passes at the kept states. At every state but the last, the loss of the next step's batch must equal the recorded loss,
// bit for bit; steps that replay trains again are left to it. The losses on a window that the challenge draws and on a text of the
// auditor rank the segments.

import { createHash } from 'node:crypto';
import { setImmediate } from 'node:timers/promises';
import type { Batches, Trainer } from '../foundry/train/index.ts';
import { bits64 } from '../ledger/index.ts';
import { TOKENS, TRANSCRIPT } from '../run-folder/index.ts';
import { AUDITORS_TEXT } from './auditors-text.ts';
import { Findings } from './findings.ts';
import { probeRank } from './motion/index.ts';
import { openBatches } from './schedule.ts';
import type { Ranking } from './segments.ts';
import { fileOfState } from './start.ts';
import { stateFile } from './states.ts';
import type { CheckContext, Evidence } from './structure.ts';
import type { Check, Segment } from './types.ts';
import { loadWeights } from './weights.ts';

export interface ProbeResult {
  check: Check;
  ranking: Ranking;
}

/** Tokens and their targets, the tokens that follow them: one sequence. */
interface Sequence {
  tokens: Int32Array;
  targets: Int32Array;
}

export interface ProbeInput {
  segments: readonly Segment[];
  /** Indices of the segments that replay trains again: replay compares the loss of their first steps. */
  replayedIndices: ReadonlySet<number>;
  /** In hex. */
  challenge: string;
  /** In hex; without a seal no window can be drawn. */
  seal: string | undefined;
}

export async function checkProbes(
  evidence: Evidence,
  { segments, replayedIndices, challenge, seal }: ProbeInput,
  getTrainer: () => Trainer,
  { showProgress, signal }: CheckContext,
): Promise<ProbeResult> {
  const findings = new Findings('probe');
  const values = segments.map(() => Number.NaN);
  const end = (detail: string): ProbeResult => ({ check: findings.check(detail), ranking: { name: 'probe', values } });
  const { recipe, tokenizer, steps, texts } = evidence;
  if (!recipe || !tokenizer || !steps || !texts) {
    findings.incomplete(TRANSCRIPT, 'there is no usable recipe, tokenizer, transcript and corpus');
    return end('not checked');
  }
  const opened = openBatches(evidence, findings);
  if (!opened) return end('not checked');
  const { batches, close } = opened;
  let probed = 0;
  let leftToReplay = 0;
  try {
    const trainer = findings.try(stateFile(evidence.kept[0] ?? 0), getTrainer);
    if (!trainer) return end('not checked');
    const T = recipe.train.sequenceLength;
    const sequences = [sequenceOf(tokenizer.encode(AUDITORS_TEXT).subarray(0, T + 1))];
    if (seal !== undefined) sequences.push(drawnWindow(batches, challenge, seal));
    /** Losses by probe and state, from S_0 on. */
    const curves = sequences.map(() => [] as number[]);
    /** Whether each state could be loaded. */
    const isLoaded: boolean[] = [];
    const states = segments.length > 0 ? [0, ...segments.map(({ to }) => to)] : [];
    for (const [i, step] of states.entries()) {
      await showProgress(`state of step ${step}`, step / Math.max(1, recipe.train.steps));
      await setImmediate();
      signal.throwIfAborted();
      const found = loadWeights(evidence, trainer, step);
      isLoaded.push(found);
      const nats = found ? means(trainer, sequences) : [];
      for (const [k, curve] of curves.entries()) curve.push(nats[k] ?? Number.NaN);
      if (i === segments.length) continue; // the last state has no next step
      if (!found) {
        findings.incomplete(fileOfState(step), 'is not there whole: its loss on the next batch is unknown', {
          step,
        });
        continue;
      }
      if (step >= steps.count) {
        findings.incomplete(TRANSCRIPT, 'ends before the step after this state', { step: step + 1 });
        continue;
      }
      if (replayedIndices.has(i)) {
        leftToReplay++;
        continue;
      }
      probed++;
      const { batchSize } = recipe.train;
      const loss = mean(trainer, batches.batch(step, batchSize), batchSize);
      const recorded = steps.loss[step]!;
      if (bits64(loss) !== bits64(recorded)) {
        const text = `the loss is recorded as ${recorded}; the state before this step gives ${loss}`;
        findings.refuted(TRANSCRIPT, text, { step: step + 1 });
      }
    }
    const changes = curves.map((curve) => segments.map((_, i) => curve[i + 1]! - curve[i]!));
    probeRank(changes).forEach((value, i) => {
      // A whole state whose loss is not finite is the strangest of all.
      const whole = isLoaded[i] && isLoaded[i + 1];
      values[i] = whole && !changes.every((of) => Number.isFinite(of[i])) ? Number.POSITIVE_INFINITY : value;
    });
  } catch (error) {
    findings.caught(TOKENS, error);
  } finally {
    close();
  }
  return end(`loss of the next step at ${probed} of ${segments.length} states, ${leftToReplay} left to replay`);
}

/** Mean nats of `B` sequences: summed in the order of the targets, as a training step does. */
function mean(trainer: Trainer, { tokens, targets }: Sequence, B: number): number {
  const T = tokens.length / B;
  let nats = 0;
  for (let b = 0; b < B; b += trainer.sequencesAtOnce) {
    const count = Math.min(trainer.sequencesAtOnce, B - b);
    const [from, to] = [b * T, (b + count) * T];
    for (const lost of trainer.losses(tokens.subarray(from, to), targets.subarray(from, to), count, T)) nats += lost;
  }
  return nats / (B * T);
}

/** Mean nats of each sequence; in one pass if all have one length: a pass over few rows costs almost as much as one over many. */
function means(trainer: Trainer, sequences: readonly Sequence[]): number[] {
  const T = sequences[0]!.tokens.length;
  const together = sequences.length <= trainer.sequencesAtOnce && sequences.every(({ tokens }) => tokens.length === T);
  if (!together) return sequences.map((sequence) => mean(trainer, sequence, 1));
  const all = (of: 'tokens' | 'targets'): Int32Array => {
    const rows = new Int32Array(sequences.length * T);
    sequences.forEach((sequence, i) => {
      rows.set(sequence[of], i * T);
    });
    return rows;
  };
  const losses = trainer.losses(all('tokens'), all('targets'), sequences.length, T);
  return sequences.map((_, i) => losses.subarray(i * T, (i + 1) * T).reduce((sum, nats) => sum + nats, 0) / T);
}

/** One window of the training tokens: number SHA-256(challenge || seal || "probe") (its first 6 bytes) mod the windows of an epoch. */
function drawnWindow(batches: Batches, challenge: string, seal: string): Sequence {
  const digest = createHash('sha256')
    .update(Buffer.from(challenge + seal, 'hex'))
    .update('probe')
    .digest();
  return batches.batch(digest.readUIntBE(0, 6) % batches.windows, 1);
}

const sequenceOf = (ids: Uint32Array): Sequence => ({
  tokens: Int32Array.from(ids.subarray(0, -1)),
  targets: Int32Array.from(ids.subarray(1)),
});
