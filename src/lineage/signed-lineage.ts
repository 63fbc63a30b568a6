// Signs a comparison: a statement that names both models by their digests, and what was found. Computes nothing.

import { packageVersion } from '../base/index.ts';
import { type Signer, signStatement } from '../ledger/index.ts';
import type { JudgedGroup } from './comparison/index.ts';
import { dateOf } from './dates.ts';
import type { Lineage } from './lineage.ts';

/** A logarithm that JSON can hold. */
const finite = (ln: number): number => Math.max(-Number.MAX_VALUE, ln);

const groupOf = ({ tower, kind, verdict, equality, lnAdjusted, strength, tests }: JudgedGroup) => ({
  tower,
  kind,
  verdict,
  equality: equality ?? null,
  lnAdjusted: finite(lnAdjusted),
  strength: strength && Number.isFinite(strength.median) ? { median: strength.median, units: strength.units } : null,
  tests: tests.map(({ name, alignment, count, of, lnChance }) => ({
    name,
    alignment,
    count,
    of,
    lnChance: finite(lnChance),
  })),
});

const digestFrom = ({ sketched }: Lineage['suspect']) => (sketched ? ('sketch' as const) : ('files' as const));

/** The text of the statement's file. Its subjects are `suspect` and `reference/1`, `reference/2` ... in the order of the result. */
export function signLineage(result: Lineage, signer: Signer): string {
  const { suspect, references, challenge, challengeGiven, alpha, tried, rows } = result;
  const fixedOf = (digest: string) => {
    const known = dateOf(result, digest);
    return known ? { time: known.time, office: known.office } : null;
  };
  const predicate = {
    formatVersion: 1 as const,
    comparerKey: signer.publicKey.toString('base64'),
    challenge,
    challengeFrom: challengeGiven ? ('given' as const) : ('drawn' as const),
    alpha,
    tried,
    rows: rows >= Number.MAX_SAFE_INTEGER ? null : rows,
    digestFrom: digestFrom(suspect),
    fixed: fixedOf(suspect.digest),
    references: references.map(({ model, bySketch, groups }) => ({
      digestFrom: digestFrom(model),
      fixed: fixedOf(model.digest),
      drawnBy: bySketch ? ('sketch' as const) : ('challenge' as const),
      groups: groups.map(groupOf),
    })),
    version: packageVersion(),
    time: new Date().toISOString(),
  };
  const subjects = references.map(({ model }, i) => [`reference/${i + 1}`, model.digest] as const);
  return signStatement('lineage', [['suspect', suspect.digest], ...subjects], predicate, signer);
}
