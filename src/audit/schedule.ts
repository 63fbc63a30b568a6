// Schedule: computes the learning rate and the digest of the batch of every step again, from recipe, seed and tokens.

import type { OpenTokenFiles } from '../foundry/tokenizer/index.ts';
import { Batches, batchDigest, learningRateAt } from '../foundry/train/index.ts';
import { bits32, usedTokensOf } from '../ledger/index.ts';
import { RECIPE, SEAL, TOKENS, TRANSCRIPT } from '../run-folder/index.ts';
import { Findings } from './findings.ts';
import { evidenceError } from './folder.ts';
import { COMMON } from './sentences/common.ts';
import { SCHEDULE } from './sentences/training.ts';
import type { CheckContext, Evidence } from './structure.ts';
import { openPart } from './token-files.ts';
import { batchOf } from './transcript.ts';
import type { Check } from './types.ts';

/** Most tokens of a step: with their targets and the input of their digest they take 512 MiB. */
const MAX_TOKENS = 1 << 25;

/** The seed of a run. */
export const seedOf = ({ statements }: Evidence): bigint =>
  BigInt(`0x${statements!.genesis.predicate.commitment.seed}`);

interface OpenedBatches {
  batches: Batches;
  /** Closes the token files; the batches cannot be read afterwards. */
  close: () => void;
}

/**
 * The run's batches, drawn from its token files; or the name of a token file that does not have the stated size. Needs recipe,
 * tokenizer and texts.
 * @throws JikjiError `too-large` where a batch is too large to audit, and the errors of `openTokenFiles` and `Batches`
 */
export function drawBatches(evidence: Evidence): OpenedBatches | { missing: string } {
  const { recipe, texts } = evidence;
  const { batchSize, sequenceLength } = recipe!.train;
  if (batchSize * sequenceLength > MAX_TOKENS) {
    throw evidenceError('too-large', RECIPE, SCHEDULE.tooLarge(MAX_TOKENS), SCHEDULE.newerRelease);
  }
  const opened: OpenTokenFiles[] = [];
  const close = (): void => {
    for (const files of opened) files.close();
  };
  const train = texts!.files.filter((file) => file.split === 'train');
  const absent = train.find((file) => !file.there);
  if (absent) return { missing: absent.file };
  try {
    for (const part of train) opened.push(openPart(evidence, part));
    // The weight comes from the recipe: nothing has signed the one in the manifest.
    const sources = opened.map((files, i) => ({ ...files, weight: recipe!.corpus.sources[i]!.weight }));
    return { batches: new Batches(sources, seedOf(evidence), sequenceLength), close };
  } catch (error) {
    close();
    throw error;
  }
}

/** Batches of which there is at least one; undefined, with a finding, where they cannot be drawn. */
export function openBatches(evidence: Evidence, findings: Findings): OpenedBatches | undefined {
  const opened = findings.try(TOKENS, () => drawBatches(evidence));
  if (!opened) return undefined;
  if ('missing' in opened) {
    findings.incomplete(opened.missing, SCHEDULE.noBatches);
    return undefined;
  }
  if (opened.batches.windows >= evidence.recipe!.train.batchSize) return opened;
  opened.close();
  findings.refuted(TOKENS, SCHEDULE.fewTokens);
  return undefined;
}

export async function checkSchedule(evidence: Evidence, { showProgress }: CheckContext): Promise<Check> {
  const findings = new Findings('schedule');
  const { recipe, steps, texts, tokenizer } = evidence;
  if (!recipe || !steps) {
    findings.incomplete(TRANSCRIPT, SCHEDULE.nothing);
    return findings.check(COMMON.notChecked);
  }
  const { train } = recipe;
  for (let step = 1; step <= steps.count; step++) {
    const expected = bits32(learningRateAt(train, step));
    const recorded = steps.learningRate[step - 1]!.toString(16).padStart(8, '0');
    if (recorded !== expected) {
      findings.refuted(TRANSCRIPT, SCHEDULE.otherRate(floatText(recorded), floatText(expected)), { step });
    }
    await showProgress('learning rates', (0.1 * step) / steps.count);
  }
  const rates = SCHEDULE.rates(steps.count);
  if (!texts || !tokenizer) {
    findings.incomplete(TOKENS, SCHEDULE.noTokens);
    return findings.check(rates);
  }
  const opened = openBatches(evidence, findings);
  if (!opened) return findings.check(rates);
  const { batches, close } = opened;
  let used = 0;
  try {
    for (let step = 1; step <= steps.count; step++) {
      const batch = batches.batch(step - 1, train.batchSize);
      used += batch.positions?.reduce((sum, position) => sum + (position >= 0 ? 1 : 0), 0) ?? 0;
      if (batchDigest(batch) !== batchOf(steps, step)) {
        findings.refuted(TRANSCRIPT, SCHEDULE.otherBatch, { step });
      }
      await showProgress('batches', 0.1 + (0.9 * step) / steps.count);
    }
    const seal = evidence.statements?.seal?.predicate;
    const sealed = seal && usedTokensOf(seal);
    if (recipe.chat && sealed !== undefined && steps.count === train.steps && sealed !== used)
      findings.refuted(SEAL, SCHEDULE.usedTokens(sealed, used));
  } catch (error) {
    findings.caught(TOKENS, error);
  } finally {
    close();
  }
  return findings.check(SCHEDULE.whole(steps.count));
}

const floatText = (hex: string): string => String(Buffer.from(hex, 'hex').readFloatBE());
