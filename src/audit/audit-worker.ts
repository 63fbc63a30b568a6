// The thread in which an audit works, so that its caller goes on, and hears Ctrl-C, while a step is trained. audit-thread.ts starts it.

import { parentPort, workerData } from 'node:worker_threads';
import { JikjiError } from '../base/index.ts';
import { audit } from './audit.ts';
import type { AuditReply, AuditWork } from './audit-thread.ts';

const port = parentPort!;
const ending = new AbortController();
port.on('message', () => ending.abort());
const tell = (reply: AuditReply): void => port.postMessage(reply);

try {
  const found = await audit({
    ...(workerData as AuditWork),
    signal: ending.signal,
    onProgress: (progress) => tell({ progress }),
  });
  tell({ found });
} catch (error) {
  if (!(error instanceof JikjiError)) throw error;
  const { code, message, input, hint } = error;
  tell({ error: { code, message, input, hint } });
} finally {
  port.close();
}
