// Audits a run folder or a bundle, which is unpacked first. Knows nothing of the checks.

import { statSync } from 'node:fs';
import { join } from 'node:path';
import { JikjiError, shellWord } from '../base/index.ts';
import { CORPUS, RECIPE, REQUEST } from '../run-folder/index.ts';
import { type AuditWork, auditInThread } from './audit-thread.ts';
import { withBundle } from './bundle.ts';
import { RunFolder } from './folder.ts';
import type { Audit, AuditProgress } from './types.ts';

export interface TargetOptions extends Omit<AuditWork, 'folder'> {
  /** Of runs also their bundles. */
  parents?: readonly string[] | undefined;
  signal?: AbortSignal | undefined;
  onProgress?: ((progress: AuditProgress) => void) | undefined;
  /** The name of the command in hints. */
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

/** Refuses a run that waits for its lodging or has not begun to train. @throws JikjiError `run-unfinished` */
function requireEvidence(run: string, jikji: string): void {
  const folder = new RunFolder(run);
  if (folder.hasEvidence()) return;
  if (folder.hasEntry(REQUEST))
    throw new JikjiError(
      'run-unfinished',
      'this run waits for its lodging and has no evidence yet',
      run,
      `an office answers it with ${jikji} lodge ${shellWord(join(run, REQUEST))} --key KEY; audit the run when it is finished`,
    );
  if (folder.hasEntry(RECIPE) && folder.hasEntry(CORPUS))
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
  if (isFolder(target)) requireEvidence(target, jikji);
  return withRun(
    target,
    (folder) =>
      withParents(
        work.parents ?? [],
        (parents) => auditInThread({ ...work, folder, parents }, signal, onProgress),
        signal,
      ),
    signal,
  );
}

/** Calls `work` with the paths of parents, where bundles are unpacked. Its errors name the bundles. */
async function withParents<T>(
  [first, ...others]: readonly string[],
  work: (paths: string[]) => Promise<T>,
  signal: AbortSignal,
): Promise<T> {
  if (first === undefined) return work([]);
  const next = (path: string): Promise<T> => withParents(others, (paths) => work([path, ...paths]), signal);
  if (isFolder(first) || /\.gguf$/i.test(first)) return next(first);
  return withBundle(
    first,
    async (folder) => {
      try {
        return await next(folder);
      } catch (error) {
        if (!(error instanceof JikjiError)) throw error;
        const [message, input] = [error.message, error.input].map((text) => text.replaceAll(folder, first));
        throw error.reworded({ message, input });
      }
    },
    signal,
  );
}

/**
 * Calls `work` with a run folder, or with the folder that a bundle was unpacked to.
 * @throws JikjiError `run-missing`, and those of `withBundle`
 */
export const withRun = <T>(target: string, work: (folder: string) => Promise<T>, signal?: AbortSignal): Promise<T> =>
  isFolder(target) ? work(target) : withBundle(target, work, signal);
