// What somebody names is audited: a run's folder, or a bundle, which is unpacked for it.

import { lstatSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { JikjiError, shellWord } from '../base/index.ts';
import { GENESIS, RECIPE, REQUEST, SEAL, TRANSCRIPT } from '../run-folder/index.ts';
import { type AuditWork, auditInThread } from './audit-thread.ts';
import { withBundle } from './bundle.ts';
import type { Audit, AuditProgress } from './types.ts';

export interface TargetOptions extends Omit<AuditWork, 'folder'> {
  signal?: AbortSignal | undefined;
  onProgress?: ((progress: AuditProgress) => void) | undefined;
  /** What hints call the command line. */
  jikji?: string | undefined;
}

function isFolder(path: string): boolean {
  try {
    return statSync(path).isDirectory();
  } catch (cause) {
    throw new JikjiError('run-missing', 'there is no such run or bundle', path, 'see what was made here: jikji runs', {
      cause,
    });
  }
}

/** RunStatements by the maker from step 0 on; without any of them there is nothing to audit. */
const EVIDENCE = [GENESIS, SEAL, TRANSCRIPT];

/** A run that waits for its office, or was stopped before training, is a run all the same: that is said. */
function refuseUnbegun(run: string, jikji: string): void {
  const there = (name: string): boolean => {
    try {
      return lstatSync(join(run, name), { throwIfNoEntry: false }) !== undefined;
    } catch {
      return true; // whatever stands there: the audit says what is wrong with it
    }
  };
  if (EVIDENCE.some(there)) return;
  if (there(REQUEST))
    throw new JikjiError(
      'run-unfinished',
      'this run waits for its lodging and has no evidence yet',
      run,
      `an office answers it with ${jikji} lodge ${shellWord(join(run, REQUEST))} --key KEY; audit it when it is made`,
    );
  if (there(RECIPE) && there('corpus'))
    throw new JikjiError(
      'run-unfinished',
      'this run has not begun to train and has no evidence yet',
      run,
      `go on with it: ${jikji} make RECIPE --resume`,
    );
}

/**
 * Audits a run folder or a bundle, in a thread of its own. What is wrong with the run is in the result.
 * @throws JikjiError `run-missing`, `run-unfinished`, `interrupted`, and those of `audit` and of `withBundle`
 */
export async function auditTarget(
  target: string,
  { signal = new AbortController().signal, onProgress = () => {}, jikji = 'jikji', ...work }: TargetOptions,
): Promise<Audit> {
  const run = (folder: string) => auditInThread({ ...work, folder }, signal, onProgress);
  if (!isFolder(target)) return withBundle(target, run, signal);
  refuseUnbegun(target, jikji);
  return run(target);
}
