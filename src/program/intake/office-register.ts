// The office's own register in its own audit of a run: used where the office answered the request of that run. Runs in a child.

import { join } from 'node:path';
import type { GivenRegister } from '../../audit/index.ts';
import { readRegisterText, readStatement, requestKeyOf } from '../../ledger/index.ts';
import { GENESIS } from '../../run-folder/index.ts';
import { tryRead } from './try-read.ts';

/** The file into which the worker puts the register, beside the child's own files. */
export const REGISTER_FILE = 'register.jsonl';

/**
 * The register at `path`, if it has an answer to the request of the run in `folder`, whether or not the run shows that answer; its
 * audit then checks that it is the first one, and that nothing lodged on the way was changed. Undefined for a run that was lodged
 * elsewhere or not at all: no rule of a programme asks for it.
 */
export function registerFor(folder: string, path: string): GivenRegister | undefined {
  const genesis = tryRead(() => readStatement(join(folder, GENESIS), 'genesis'));
  if (!genesis) return undefined;
  const key = requestKeyOf(genesis.keyid, genesis.predicate.commitment);
  const text = readRegisterText(path);
  // A digest of the maker's key and of all that was asked for: it stands nowhere else in a register.
  return text.includes(key) ? { text, where: "the office's register" } : undefined;
}
