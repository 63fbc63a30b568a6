// Comparison of a submission's weights: messages between worker and child, and the entry of a result.

import { type Json, sha256Hex } from '../../ledger/index.ts';
import type { Lineage } from '../../lineage/index.ts';
import type { ComparedWeights, ComparedWith, ExpectedPair, Proposal } from '../state/index.ts';

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

/** What the log keeps of a comparison with one reference. */
export function comparedWeights({ suspect, references }: Lineage): ComparedWeights {
  const [{ model, groups, tokenizer, kinship }] = references as [Lineage['references'][number]];
  return {
    digests: { suspect: suspect.digest, reference: model.digest },
    groups: groups.map(({ tower, kind, verdict, lnAdjusted, tests, strength }) => {
      const best = tests.filter(({ of }) => of > 0).toSorted((a, b) => a.lnChance - b.lnChance)[0];
      return {
        tower,
        kind,
        verdict,
        lnChance: finite(lnAdjusted),
        seen: best ? { test: best.name, count: best.count, of: best.of } : null,
        strength: strength && Number.isFinite(strength.median) ? Math.max(-1, Math.min(1, strength.median)) : null,
      };
    }),
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
  failure: { code: string; message: string } | null;
  report: string | null;
}

/** The id is deterministic, so that no pair is written twice. */
export function comparisonProposal({ submission, with: other }: ExpectedPair, result: ComparedEntry): Proposal {
  const id = `c-${sha256Hex(JSON.stringify([submission, otherKey(other)])).slice(0, 16)}`;
  return { kind: 'submission-compared', data: { id, submission, with: other, ...result } as unknown as Json };
}

const otherKey = (other: ComparedWith): Json =>
  'reference' in other ? ['reference', other.reference] : [other.submission];
