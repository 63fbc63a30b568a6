// Writes the signed statement of an evaluation.

import { finiteOrNull, packageVersion } from '../../base/index.ts';
import { type Signer, signStatement } from '../../ledger/index.ts';
import type { Model } from '../load/index.ts';
import type { Figure } from './score.ts';
import type { EvaluationSet } from './set.ts';

/** A name on one line, at most 500 code units, as the statement's schema requires. */
const line = (text: string) =>
  text
    .toWellFormed()
    .replace(/[\n\r]+/g, ' ')
    .slice(0, 500)
    .toWellFormed();

/** Figures in the form of a statement. */
export const statedResults = (figures: readonly Figure[]) =>
  figures.map(({ part, metric, value, stderr, n }) => ({
    part: part === undefined ? null : line(part),
    metric,
    value: finiteOrNull(value),
    stderr: finiteOrNull(stderr),
    n,
  }));

/** The text of the statement's file. */
export function evaluationStatement(
  { digest: model, arithmeticVersion }: { digest: string } & Pick<Model, 'arithmeticVersion'>,
  set: EvaluationSet,
  figures: readonly Figure[],
  signer: Signer,
): string {
  const predicate = {
    formatVersion: 1 as const,
    evaluatorKey: signer.publicKey.toString('base64'),
    model,
    task: set.digest,
    name: set.name,
    results: statedResults(figures),
    n: set.items.length,
    of: set.of,
    fewshot: set.fewshot,
    arithmeticVersion,
    version: packageVersion(),
    time: new Date().toISOString(),
  };
  return signStatement(
    'evaluation',
    [
      ['model', model],
      ['task', set.digest],
    ],
    predicate,
    signer,
  );
}
