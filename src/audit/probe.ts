// Probe: forward passes at the kept states. At every state but the last, the loss of the next step's batch must equal the recorded loss,
// bit for bit; steps that replay trains again are left to it. The losses on a window that the challenge draws and on a text of the
// auditor rank the segments.

import { createHash } from 'node:crypto';
import { setImmediate } from 'node:timers/promises';
import type { Both } from '../base/index.ts';
import { type Batch, type Batches, countLearned, type Slots, slotsOf, type Trainer } from '../foundry/train/index.ts';
import { bits64 } from '../ledger/index.ts';
import { TOKENS, TRANSCRIPT } from '../run-folder/index.ts';
import { AUDITORS_TEXT } from './auditors-text.ts';
import { Findings } from './findings.ts';
import { probeRank } from './motion/index.ts';
import { lacksReferences } from './pairs.ts';
import { openBatches } from './schedule.ts';
import type { Ranking } from './segments.ts';
import { COMMON } from './sentences/common.ts';
import { PROBE } from './sentences/training.ts';
import { stateFile } from './states.ts';
import type { CheckContext, Evidence } from './structure.ts';
import type { Check, Segment } from './types.ts';
import { fileOfState, loadWeights } from './weights.ts';

export interface ProbeResult {
  check: Check;
  ranking: Ranking;
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
  const end = (detail: Both): ProbeResult => ({ check: findings.check(detail), ranking: { name: 'probe', values } });
  const { recipe, tokenizer, steps, texts } = evidence;
  if (!recipe || !tokenizer || !steps || !texts) {
    findings.incomplete(TRANSCRIPT, COMMON.noCorpus);
    return end(COMMON.notChecked);
  }
  if (lacksReferences(evidence, findings)) return end(COMMON.notChecked);
  const opened = openBatches(evidence, findings);
  if (!opened) return end(COMMON.notChecked);
  const { batches, close } = opened;
  let probed = 0;
  let leftToReplay = 0;
  try {
    const trainer = findings.try(stateFile(evidence.kept[0] ?? 0), getTrainer);
    if (!trainer) return end(COMMON.notChecked);
    const T = recipe.train.sequenceLength;
    const probes = [windowOf(tokenizer.encode(AUDITORS_TEXT), T)];
    if (seal !== undefined) probes.push(slotsOf(drawnWindow(batches, challenge, seal), T));
    /** Losses by probe and state, from S_0 on. */
    const curves = probes.map(() => [] as number[]);
    /** Whether each state could be loaded. */
    const isLoaded: boolean[] = [];
    const states = segments.length > 0 ? [0, ...segments.map(({ to }) => to)] : [];
    for (const [i, step] of states.entries()) {
      await showProgress(`state of step ${step}`, step / Math.max(1, recipe.train.steps));
      await setImmediate();
      signal.throwIfAborted();
      const isWhole = loadWeights(evidence, trainer, step);
      isLoaded.push(isWhole);
      const nats = isWhole ? means(trainer, probes) : [];
      for (const [k, curve] of curves.entries()) curve.push(nats[k] ?? Number.NaN);
      if (i === segments.length) continue; // the last state has no next step
      if (!isWhole) {
        findings.incomplete(fileOfState(step), PROBE.stateMissing, { step });
        continue;
      }
      if (step >= steps.count) {
        findings.incomplete(TRANSCRIPT, PROBE.ends, { step: step + 1 });
        continue;
      }
      if (replayedIndices.has(i)) {
        leftToReplay++;
        continue;
      }
      probed++;
      const loss = trainer.loss(batches.batch(step, recipe.train.batchSize));
      const recorded = steps.loss[step]!;
      if (bits64(loss) !== bits64(recorded)) {
        findings.refuted(TRANSCRIPT, PROBE.otherLoss(recorded, loss), { step: step + 1 });
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
  return end(PROBE.whole(probed, segments.length, leftToReplay));
}

/** Mean nats of each window; in one pass if they fit: a pass over few rows costs almost as much as one over many. */
function means(trainer: Trainer, windows: readonly Slots[]): number[] {
  const T = trainer.train.sequenceLength;
  const passes = windows.length <= trainer.sequencesAtOnce ? [joined(windows)] : windows;
  const nats = passes.flatMap((batch) => [...trainer.losses(batch, T)]);
  return windows.map((window, i) => nats.slice(i * T, (i + 1) * T).reduce((a, b) => a + b, 0) / countLearned(window));
}

/** Windows as one batch. */
function joined(windows: readonly Slots[]): Slots {
  const all = (of: 'tokens' | 'targets' | 'positions'): Int32Array =>
    Int32Array.from(windows.flatMap((window) => [...window[of]]));
  return { tokens: all('tokens'), targets: all('targets'), positions: all('positions') };
}

/** One window of the training tokens: number SHA-256(challenge || seal || "probe") (its first 6 bytes) mod the windows of an epoch. */
function drawnWindow(batches: Batches, challenge: string, seal: string): Batch {
  const digest = createHash('sha256')
    .update(Buffer.from(challenge + seal, 'hex'))
    .update('probe')
    .digest();
  return batches.batch(digest.readUIntBE(0, 6) % batches.windows, 1);
}

/** The first tokens of a text in one window of T slots. */
function windowOf(ids: Uint32Array, T: number): Slots {
  const count = Math.min(ids.length - 1, T);
  const slots = (value: number, of: (i: number) => number): Int32Array =>
    Int32Array.from({ length: T }, (_, i) => (i < count ? of(i) : value));
  return { tokens: slots(0, (i) => ids[i]!), targets: slots(-1, (i) => ids[i + 1]!), positions: slots(-1, (i) => i) };
}
