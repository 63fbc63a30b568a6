// Comparison of a submission's weights: messages between worker and child, and the entry of a result.

import { type Json, sha256Hex } from '../../ledger/index.ts';
import { factsOf, type Lineage } from '../../lineage/index.ts';
import type { ComparedWeights, ComparedWith, ExpectedPair, Proposal } from '../state/index.ts';
import type { FailedWork } from './failures.ts';

export interface CompareWork {
  files: string;
  /** Digest of the submission. */
  digest: string;
  /** A sketch in the office's folder, or an earlier submission by its digest. */
  against: { kind: 'reference'; sketch: string; model: string } | { kind: 'submission'; digest: string };
  alpha: number;
  /** Comparisons that share alpha. */
  tried: number;
}

/** The result that the worker signs and records. */
export type Compared = Lineage;

/** A chance that the log can hold. */
const finite = (ln: number): number => Math.max(-Number.MAX_VALUE, Math.min(0, ln));

/** Rounding must not lift a cosine over 1. */
const cosineIn = (cosine: number): number => Math.max(-1, Math.min(1, cosine));

/** What the log keeps of a comparison with one reference. */
export function comparedWeights(lineage: Lineage): ComparedWeights {
  const [{ result, groups }] = factsOf(lineage).references as [ReturnType<typeof factsOf>['references'][number]];
  const { model, tokenizer, kinship } = result;
  return {
    digests: { suspect: lineage.suspect.digest, reference: model.digest },
    groups: groups.map(({ group: { tower, kind, verdict, strength }, test, lnChance, isMoved }) => ({
      tower,
      kind,
      verdict,
      lnChance: finite(lnChance),
      seen: test ? { test: test.name, count: test.count, of: test.of } : null,
      strength: strength && !isMoved && Number.isFinite(strength.median) ? cosineIn(strength.median) : null,
    })),
    tokenizer: tokenizer
      ? {
          suspect: tokenizer.suspect,
          reference: tokenizer.reference,
          shared: tokenizer.shared,
          sameId: tokenizer.sameId,
          sameFile: tokenizer.sameFile,
        }
      : null,
    kinship: kinship ?? null,
  };
}

export interface ComparedEntry {
  found: ComparedWeights | null;
  failure: FailedWork | null;
  report: string | null;
}

/** The id is deterministic, so that no pair is written twice. */
export function comparisonProposal({ submission, with: other }: ExpectedPair, result: ComparedEntry): Proposal {
  const id = `c-${sha256Hex(JSON.stringify([submission, otherKey(other)])).slice(0, 16)}`;
  return { kind: 'submission-compared', data: { id, submission, with: other, ...result } as unknown as Json };
}

const otherKey = (other: ComparedWith): Json =>
  'reference' in other ? ['reference', other.reference] : [other.submission];
