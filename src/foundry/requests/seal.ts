// The seal of the run that made a model, held against the model's files.

import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { JikjiError } from '../../base/index.ts';
import { digestOfFile, readStatement, type Statement } from '../../ledger/index.ts';
import { MODEL, runPaths } from '../../run-folder/index.ts';
import type { ServedModel } from './served-model.ts';

/** The seal's name of a file of the model's digest. */
const SUBJECTS: Record<string, string> = { tokenizer: 'tokenizer.json' };

/**
 * The seal of a run's finished model; undefined for other models. Its signature holds, and it names the model's weights, tokenizer and config.
 * @throws JikjiError `statement-broken`, `evidence-differs`
 */
export function sealOf({ text: { model }, files }: ServedModel): Statement<'seal'> | undefined {
  if (model.run === undefined || model.files === undefined) return undefined;
  const { seal: path } = runPaths(model.run);
  if (!existsSync(path)) return undefined;
  const seal = readStatement(path, 'seal');
  const config = { name: 'config.json', digest: digestOfFile(model.files.path('config.json')) };
  for (const { name, digest } of [config, ...files.filter((file) => file.name !== 'config')]) {
    const file = `${MODEL}/${Object.hasOwn(SUBJECTS, name) ? SUBJECTS[name] : name}`;
    if (seal.subjects.get(file) === digest) continue;
    const hint = 'get the run again from its maker';
    throw new JikjiError('evidence-differs', 'is not the file that seal.json names', join(model.run, file), hint);
  }
  return seal;
}

/** What a receipt says of the run; null where there is no seal. @throws JikjiError `statement-broken`, `evidence-differs` */
export function sealedRunOf(model: ServedModel): { seal: string; state: string } | null {
  const seal = sealOf(model);
  const state = seal?.subjects.get('state');
  return seal && state !== undefined ? { seal: seal.digest, state } : null;
}
