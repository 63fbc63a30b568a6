// The signed evaluations that lie in a run, for its model card: those that verify and are of the model that is exported.

import { existsSync, readdirSync } from 'node:fs';
import { join } from 'node:path';
import { JikjiError } from '../../base/index.ts';
import { readStatement, type Statement } from '../../ledger/index.ts';
import type { Model } from '../load/index.ts';

export type Evaluation = Statement<'evaluation'>;

/** Most statements that a card names. */
const MAX = 200;

/** Reads RUN/evaluations, in order of names; `note` is told of every file that is left out, and why. */
export function readEvaluations(run: string, model: Model, note: (text: string) => void): Evaluation[] {
  const folder = join(run, 'evaluations');
  if (!existsSync(folder)) return [];
  const names = readdirSync(folder).filter((name) => name.endsWith('.json'));
  if (names.length > MAX) note(`Of ${names.length} evaluations the card has the first ${MAX}.`);
  let digest: string | undefined;
  return names
    .sort()
    .slice(0, MAX)
    .flatMap((name) => {
      const path = join(folder, name);
      try {
        const statement = readStatement(path, 'evaluation');
        digest ??= model.digest();
        if (statement.predicate.model === digest) return [statement];
        note(`The card leaves out ${path}: it is of another model.`);
      } catch (error) {
        if (!(error instanceof JikjiError)) throw error;
        note(`The card leaves out ${path}: ${error.message}.`);
      }
      return [];
    });
}
