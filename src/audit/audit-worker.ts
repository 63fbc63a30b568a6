// The thread in which an audit runs, so that its caller can handle Ctrl-C while a step is trained. audit-thread.ts starts it.

import { parentPort, workerData } from 'node:worker_threads';
import { JikjiError } from '../base/index.ts';
import { audit } from './audit.ts';
import type { AuditReply, AuditWork } from './audit-thread.ts';

const port = parentPort!;
const stop = new AbortController();
port.on('message', () => stop.abort());
const send = (reply: AuditReply): void => port.postMessage(reply);

try {
  const result = await audit({
    ...(workerData as AuditWork),
    signal: stop.signal,
    onProgress: (progress) => send({ progress }),
  });
  send({ audit: result });
} catch (error) {
  if (!(error instanceof JikjiError)) throw error;
  const { code, message, input, hint } = error;
  send({ error: { code, message, input, hint } });
} finally {
  port.close();
}
