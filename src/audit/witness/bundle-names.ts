// The files of a witnessed run that go into its bundle. The data do not: the auditor brings them.

import { JikjiError } from '../../base/index.ts';
import { readStatement } from '../../ledger/index.ts';
import { GENESIS, LODGING, REQUEST, SEAL, SEAL_LODGING, TRANSCRIPT } from '../../run-folder/index.ts';
import type { RunFolder } from '../folder.ts';
import { MADE_FROM } from './files.ts';

const STEP = String.raw`step-\d{6,10}`;
const OWN = new RegExp(
  `^((recipe|data|environment|code)\\.json|heads/${STEP}(\\.lodging)?\\.json|states/${STEP}/(state\\.json|part-\\d{4}-of-\\d{4}\\.safetensors))$`,
);

/** Whether a witnessed run has a file of this name, and a run of our own trainer has not. */
export const isOfWitnessed = (name: string): boolean => OWN.test(name);

/**
 * The name of a run's folder in its bundle, and the names of its files: statements, what the run is made from, transcript, heads, every
 * recorded state that is there.
 * @throws JikjiError `run-unfinished`, and those of `readStatement`
 */
export function bundleOfWitnessed(folder: RunFolder): { name: string; files: string[] } {
  if (!folder.has(SEAL))
    throw new JikjiError(
      'run-unfinished',
      'this run is not finished',
      folder.path,
      'let its training go on to the last step, where the witness seals it',
    );
  const { digest, predicate } = readStatement(folder.file(GENESIS), 'witness-genesis');
  const files = [...Object.keys(MADE_FROM), GENESIS, SEAL, TRANSCRIPT];
  if (predicate.commitment.lodging !== null) files.push(REQUEST, LODGING);
  if (folder.has(SEAL_LODGING)) files.push(SEAL_LODGING);
  const inside = (path: string): string[] => folder.names(path).map((name) => `${path}/${name}`);
  files.push(...[...inside('heads'), ...inside('states').flatMap(inside)].filter(isOfWitnessed));
  return { name: `run-${digest.slice(0, 12)}`, files };
}
