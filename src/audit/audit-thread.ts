// Runs an audit in a thread of its own: a step of a large model can take minutes, in which this thread would hear no Ctrl-C.

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
  found?: Audit;
  error?: Failure;
}

const WORKER = new URL(`./audit-worker${extname(import.meta.url)}`, import.meta.url);
/** Milliseconds in which the audit may stop by itself. */
const STOP_PATIENCE_MS = 500;

/**
 * Audits a run folder; within a second of the signal it has ended.
 * @throws JikjiError as the audit; `interrupted`
 */
export async function auditInThread(
  work: AuditWork,
  signal: AbortSignal,
  onProgress: (progress: AuditProgress) => void,
): Promise<Audit> {
  // What the thread leaves when it is ended goes with this folder.
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
      worker.on('message', ({ progress, found, error }: AuditReply) => {
        if (progress) onProgress(progress);
        if (found) resolve(found);
        if (error) reject(JikjiError.received(error));
      });
      worker.on('error', reject);
      worker.on('exit', () => {
        const hint = 'begin it anew: an audit leaves nothing behind';
        reject(
          signal.aborted
            ? new JikjiError('interrupted', 'the audit was stopped', work.folder, hint)
            : new Error('the thread of the audit ended without a word'),
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
