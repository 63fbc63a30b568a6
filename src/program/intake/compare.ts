// Compares a submission's weights with all that its stage compares them with: one child for each pair. A pair that cannot be compared is
// recorded as such, and holds up nothing else.

import { childScript, childSettings, MAX_CHILD_BYTES, runChild } from '../../apart/index.ts';
import type { Signer } from '../../ledger/index.ts';
import { signLineage } from '../../lineage/index.ts';
import type { Programme } from '../programme/index.ts';
import type { LineageRules } from '../rules/index.ts';
import {
  bookOfStage,
  type ExpectedPair,
  isSamePair,
  MAX_STATEMENT,
  pairsToCompare,
  type Tables,
} from '../state/index.ts';
import {
  type Compared,
  type ComparedEntry,
  type CompareWork,
  comparedWeights,
  comparisonProposal,
} from './comparison.ts';
import { type FailedWork, failureOf } from './failures.ts';

/** Pairs of a submission that wait. */
export function waitingPairs(tables: Tables, submission: string): ExpectedPair[] {
  const { stage } = tables.get('submissions', submission)!;
  return pairsToCompare(tables, stage).filter(
    (pair) => pair.submission === submission || ('submission' in pair.with && pair.with.submission === submission),
  );
}

export interface Comparing {
  programme: Programme;
  /** The office's folder of submissions. */
  files: string;
  /** The child's TMPDIR. */
  temporary: string;
  signal: AbortSignal | undefined;
  /** The office's key, if available. */
  signer: () => Promise<Signer | undefined>;
  onPart: (part: string) => void;
}

/**
 * Compares one pair; undefined if it was stopped.
 * @throws JikjiError for errors of this machine
 */
export async function comparePair(context: Comparing, pair: ExpectedPair): Promise<ComparedEntry | undefined> {
  const { programme, files, temporary, signal, onPart } = context;
  const { lineage } = bookOfStage(
    programme.tables,
    programme.tables.get('submissions', pair.submission)!.stage,
  ).originality;
  const { seconds } = lineage!;
  const ended = await runChild<Compared, string>(
    childScript(import.meta.url, 'compare'),
    workOf(context, pair, lineage!),
    {
      seconds,
      onProgress: onPart,
      // Chances may be 0, whose logarithm JSON cannot hold.
      settings: childSettings(temporary),
      bytes: MAX_CHILD_BYTES,
      signal,
    },
  );
  if (ended.how === 'stopped') return undefined;
  if (ended.how !== 'done') return failed(failureOf(ended, { what: 'comparison', seconds, files }));
  return { found: comparedWeights(ended.result), failure: null, report: await signed(context, ended.result) };
}

function workOf({ programme: { tables }, files }: Comparing, pair: ExpectedPair, rules: LineageRules): CompareWork {
  const digestOf = (submission: string): string => tables.get('submissions', submission)!.digest;
  const { alpha, comparisons: tried, references } = rules;
  const common = { files, digest: digestOf(pair.submission), alpha, tried };
  if ('submission' in pair.with)
    return { ...common, against: { kind: 'submission', digest: digestOf(pair.with.submission) } };
  const { reference } = pair.with;
  const { sketch, digest: model } = references.find((one) => one.model === reference)!;
  return { ...common, against: { kind: 'reference', sketch, model } };
}

export const failed = (failure: FailedWork): ComparedEntry => ({ found: null, failure, report: null });

/** The comparison as a signed statement of the office; null without a key. */
async function signed({ programme, signer }: Comparing, found: Compared): Promise<string | null> {
  const [row] = programme.tables.all('programmes');
  const key = row?.officeKey ? await signer() : undefined;
  if (!key || key.fingerprint !== row?.officeKey) return null;
  const text = signLineage(found, key);
  return text.length <= MAX_STATEMENT ? text : null;
}

/** The entry of a pair; none if it was compared meanwhile. */
export const comparedEntries = (tables: Tables, pair: ExpectedPair, result: ComparedEntry) =>
  waitingPairs(tables, pair.submission).some((one) => isSamePair(one, pair)) ? [comparisonProposal(pair, result)] : [];
