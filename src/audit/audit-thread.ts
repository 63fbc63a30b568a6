// Runs an audit in another thread: a step of a large model can take minutes, during which this thread could not handle Ctrl-C.

import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { extname, join } from 'node:path';
import { Worker } from 'node:worker_threads';
import { type Failure, JikjiError } from '../base/index.ts';
import type { AuditOptions } from './audit.ts';
import type { Audit, AuditProgress } from './types.ts';

export type AuditWork = Omit<AuditOptions, 'signal' | 'onProgress'>;

export interface AuditReply {
  progress?: AuditProgress;
  audit?: Audit;
  error?: Failure;
}

const WORKER = new URL(`./audit-worker${extname(import.meta.url)}`, import.meta.url);
/** Milliseconds that the audit has to stop by itself. */
const STOP_PATIENCE_MS = 500;

/**
 * Audits a run folder; stops within a second of the signal.
 * @throws JikjiError the errors of `audit`
 */
export async function auditInThread(
  work: AuditWork,
  signal: AbortSignal,
  onProgress: (progress: AuditProgress) => void,
): Promise<Audit> {
  // Temporary files of a terminated thread are removed with this folder.
  const temporary = mkdtempSync(join(tmpdir(), 'jikji-audit-'));
  const worker = new Worker(WORKER, { workerData: work, env: { ...process.env, TMPDIR: temporary } });
  let timer: NodeJS.Timeout | undefined;
  const stop = (): void => {
    worker.postMessage('stop');
    timer = setTimeout(() => void worker.terminate(), STOP_PATIENCE_MS);
  };
  signal.addEventListener('abort', stop);
  if (signal.aborted) stop();
  try {
    return await new Promise<Audit>((resolve, reject) => {
      worker.on('message', ({ progress, audit, error }: AuditReply) => {
        if (progress) onProgress(progress);
        if (audit) resolve(audit);
        if (error) reject(JikjiError.received(error));
      });
      worker.on('error', reject);
      worker.on('exit', () => {
        const hint = 'start it again: an audit leaves nothing behind';
        reject(
          signal.aborted
            ? new JikjiError('interrupted', 'the audit was stopped', work.folder, hint)
            : new Error('the audit thread ended without an answer'),
        );
      });
    });
  } finally {
    clearTimeout(timer);
    signal.removeEventListener('abort', stop);
    await worker.terminate();
    rmSync(temporary, { recursive: true, force: true });
  }
}
