// When the digests of models were fixed, by an office's register: the register proves what the office answered and in what order; that its
// clock was right is the office's word.

import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { digestOfFiles, type Register, readStatement } from '../ledger/index.ts';
import { SEAL } from '../run-folder/index.ts';
import type { OpenModel } from './open.ts';

/** When a model's digest was fixed, and who vouches for it. */
export interface FixedDate {
  /** Of the model. */
  digest: string;
  /** ISO 8601 */
  time: string;
  /** Fingerprint of the office's key. */
  office: string;
}

/** When a model of a result was fixed; undefined where the register says nothing of it. */
export const dateOf = ({ dates }: { dates: readonly FixedDate[] }, digest: string): FixedDate | undefined =>
  dates.find((date) => date.digest === digest);

const MODEL = 'model/';

/** The digest of the seal of the run that a model is the result of: only if the seal names these weight files. */
function sealOf({ model, facts }: OpenModel): string | undefined {
  const path = model?.run === undefined ? undefined : join(model.run, SEAL);
  if (!model || path === undefined || !existsSync(path)) return undefined;
  const { subjects, digest } = readStatement(path, 'seal');
  const sealed = model.files.map(({ name }) => ({ name, digest: subjects.get(`${MODEL}${name}`) ?? '' }));
  return digestOfFiles(sealed) === facts.digest ? digest : undefined;
}

/** The first answers of an office about these models; nothing for a model that it answered nothing about. */
export function datesIn(register: Register, models: readonly OpenModel[]): FixedDate[] {
  return models.flatMap((model) => {
    const { digest } = model.facts;
    const seal = sealOf(model);
    const first = register.entries.find(
      ({ kind, subject, lodged }) =>
        (kind === 'model' && subject === digest) || (kind === 'seal' && seal !== undefined && lodged === seal),
    );
    return first ? [{ digest, time: first.time, office: register.office }] : [];
  });
}
