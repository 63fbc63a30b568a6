// Comparisons of weights: which pairs a stage compares, and their entries.

import { parseStatement } from '../../ledger/index.ts';
import { bookOfStage } from './books.ts';
import { kind, requireFree } from './kind.ts';
import { notAsked, resultAndFailure } from './refusals/audits.ts';
import { comparisonByAnother, signedOther } from './refusals/things.ts';
import { ROW, type Row } from './rows.ts';
import { requireStatus } from './scores.ts';
import type { Tables } from './tables.ts';

export type ComparedWith = Row<'comparisons'>['with'];
export type ComparedWeights = NonNullable<Row<'comparisons'>['found']>;
export type ComparedGroup = ComparedWeights['groups'][number];

/** A pair that the rule book of a stage has compared. */
export interface ExpectedPair {
  submission: string;
  with: ComparedWith;
}

/** Equal for the same pair alone. */
const keyOf = ({ submission, with: other }: ExpectedPair): string =>
  `${submission} ${'reference' in other ? `reference ${other.reference}` : `submission ${other.submission}`}`;
export const isSamePair = (a: ExpectedPair, b: ExpectedPair): boolean => keyOf(a) === keyOf(b);

/**
 * All pairs of a stage: each audited submission with each reference, and with each audited submission of another team that was received
 * before it.
 */
function expectedPairs(tables: Tables, stage: string): ExpectedPair[] {
  const { lineage } = bookOfStage(tables, stage).originality;
  if (!lineage) return [];
  // The evidence of another program's run names no model: weights in its folder could be anybody's.
  const audited = tables
    .of('submissions', 'stage', stage)
    .filter(({ id, status }) => status === 'audited' && !tables.get('audits', id)?.witness);
  return audited.flatMap(({ id: submission, consortium, receivedSeq }) => [
    ...lineage.references.map(({ model }) => ({ submission, with: { reference: model } })),
    ...audited
      .filter((other) => other.receivedSeq < receivedSeq && other.consortium !== consortium)
      .map((other) => ({ submission, with: { submission: other.id } })),
  ]);
}

/** Pairs without an entry. */
export function uncomparedPairs(tables: Tables, stage: string): ExpectedPair[] {
  const known = new Set(comparisonsOf(tables, stage).map(keyOf));
  return expectedPairs(tables, stage).filter((pair) => !known.has(keyOf(pair)));
}

/** The first of them, which the worker compares: more than the rule book allows are never compared. */
export function pairsToCompare(tables: Tables, stage: string): ExpectedPair[] {
  const { lineage } = bookOfStage(tables, stage).originality;
  if (!lineage) return [];
  const left = Math.max(0, lineage.comparisons - comparisonsOf(tables, stage).length);
  return uncomparedPairs(tables, stage).slice(0, left);
}

export const comparisonsOf = (tables: Tables, stage: string): Row<'comparisons'>[] =>
  tables.of('submissions', 'stage', stage).flatMap(({ id }) => tables.of('comparisons', 'submission', id));

export const submissionCompared = kind({
  shape: ROW.comparisons.omit({ seq: true }),
  check(tables, data) {
    requireFree(tables, 'comparisons', data.id, 'comparison');
    requireStatus(tables, data.submission, 'audited');
    const { stage } = tables.get('submissions', data.submission)!;
    const isExpected = pairsToCompare(tables, stage).some((pair) => isSamePair(pair, data));
    if (!isExpected) throw notAsked(data.id);
    if ((data.found === null) === (data.failure === null)) throw resultAndFailure(data.id);
    if (data.report !== null) checkReport(tables, data, data.report);
  },
  apply: (tables, data, { seq }) => tables.put('comparisons', { ...data, seq }),
});

/** @throws JikjiError `signed-by-another`, `signed-other` */
function checkReport(tables: Tables, { found }: Pick<Row<'comparisons'>, 'found'>, report: string): void {
  const [programme] = tables.all('programmes');
  const { keyid, subjects } = parseStatement(report, 'lineage', 'comparison');
  if (keyid !== programme?.officeKey) throw comparisonByAnother('comparison');
  const same =
    subjects.get('suspect') === found?.digests.suspect && subjects.get('reference/1') === found?.digests.reference;
  if (!same) throw signedOther('comparison', 'comparison');
}
