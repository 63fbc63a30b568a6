// Audits what the user names: a run's folder, or a bundle, which is unpacked first.

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
  /** The command line's name in hints. */
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

/** A run has evidence once it has one of these files. */
const EVIDENCE = [GENESIS, SEAL, TRANSCRIPT];

/** Refuses a run that waits for its office, or was stopped before training. @throws JikjiError `run-unfinished` */
function requireEvidence(run: string, jikji: string): void {
  const has = (name: string): boolean => {
    try {
      return lstatSync(join(run, name), { throwIfNoEntry: false }) !== undefined;
    } catch {
      return true; // the audit reports what is wrong with it
    }
  };
  if (EVIDENCE.some(has)) return;
  if (has(REQUEST))
    throw new JikjiError(
      'run-unfinished',
      'this run waits for its lodging and has no evidence yet',
      run,
      `an office answers it with ${jikji} lodge ${shellWord(join(run, REQUEST))} --key KEY; audit it when it is made`,
    );
  if (has(RECIPE) && has('corpus'))
    throw new JikjiError(
      'run-unfinished',
      'this run has not begun to train and has no evidence yet',
      run,
      `continue it: ${jikji} make RECIPE --resume`,
    );
}

/**
 * Audits a run folder or a bundle, in another thread. Faults of the run are in the result.
 * @throws JikjiError `run-missing`, `run-unfinished`, `interrupted`, and those of `audit` and of `withBundle`
 */
export async function auditTarget(
  target: string,
  { signal = new AbortController().signal, onProgress = () => {}, jikji = 'jikji', ...work }: TargetOptions,
): Promise<Audit> {
  const run = (folder: string) => auditInThread({ ...work, folder }, signal, onProgress);
  if (!isFolder(target)) return withBundle(target, run, signal);
  requireEvidence(target, jikji);
  return run(target);
}
