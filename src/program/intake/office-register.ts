// The office's register for the office's own audit of a run, if the office answered the request of that run. Runs in a child.

import { join } from 'node:path';
import type { GivenRegister } from '../../audit/index.ts';
import { readRegisterText, readStatement, requestKeyOf, requestKeyOfWitness, runKey } from '../../ledger/index.ts';
import { GENESIS } from '../../run-folder/index.ts';
import { tryRead } from './try-read.ts';

/** The file with the register that the worker writes for the child. */
export const REGISTER_FILE = 'register.jsonl';

/**
 * The register at `path`, if it answers the request of the run in `folder`, even if the run does not contain that answer. The audit then
 * checks that it is the first answer, and that no lodged head was changed. Undefined for a run lodged elsewhere or not at all: no rule
 * of a programme requires it.
 */
export function registerFor(folder: string, path: string): GivenRegister | undefined {
  const keys = keysOf(folder);
  if (keys.length === 0) return undefined;
  const text = readRegisterText(path);
  return keys.some((key) => text.includes(key)) ? { text, where: "the office's register" } : undefined;
}

/** Digests that occur only in answers to this run: the key of its request; for a run of another program that of its heads too. */
function keysOf(folder: string): string[] {
  const genesis = tryRead(() => readStatement(join(folder, GENESIS), 'genesis'));
  if (genesis) return [requestKeyOf(genesis.keyid, genesis.predicate.commitment)];
  const witness = tryRead(() => readStatement(join(folder, GENESIS), 'witness-genesis'));
  if (!witness) return [];
  const { commitment } = witness.predicate;
  return [runKey(commitment), requestKeyOfWitness(witness.keyid, commitment)];
}
