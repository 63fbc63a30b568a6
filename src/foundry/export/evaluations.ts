// Reads the signed evaluations of a run for its model card: those that verify and belong to the exported model.

import { existsSync, readdirSync } from 'node:fs';
import { join } from 'node:path';
import { JikjiError } from '../../base/index.ts';
import { readStatement, type Statement } from '../../ledger/index.ts';
import type { Model } from '../load/index.ts';

export type Evaluation = Statement<'evaluation'>;

/** The limit of statements on a card. */
const MAX_EVALUATIONS = 200;

/** Reads RUN/evaluations in the order of names. Calls `note` for every file that it leaves out, with the reason. */
export function readEvaluations(run: string, model: Model, note: (text: string) => void): Evaluation[] {
  const folder = join(run, 'evaluations');
  if (!existsSync(folder)) return [];
  const names = readdirSync(folder).filter((name) => name.endsWith('.json'));
  if (names.length > MAX_EVALUATIONS) note(`The card has the first ${MAX_EVALUATIONS} of ${names.length} evaluations.`);
  let digest: string | undefined;
  return names
    .sort()
    .slice(0, MAX_EVALUATIONS)
    .flatMap((name) => {
      const path = join(folder, name);
      try {
        const statement = readStatement(path, 'evaluation');
        digest ??= model.digest();
        if (statement.predicate.model === digest) return [statement];
        note(`The card leaves out ${path}: it belongs to another model.`);
      } catch (error) {
        if (!(error instanceof JikjiError)) throw error;
        note(`The card leaves out ${path}: ${error.message}.`);
      }
      return [];
    });
}
