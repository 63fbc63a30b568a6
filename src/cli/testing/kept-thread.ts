// Imported for its effect: audits of this process run one after another in a thread that stays, where users have a new one for each. To read all
// modules again takes several times as long as the audit of a tiny run. The thread runs the same audit-worker.ts.

import { EventEmitter } from 'node:events';
import { syncBuiltinESMExports } from 'node:module';
import threads, { MessageChannel, type MessagePort, Worker, type WorkerOptions } from 'node:worker_threads';
import type { AuditReply } from '../../audit/audit-thread.ts';

/** What the thread is given for an audit. */
export interface Job {
  worker: string;
  workerData: unknown;
  env: NodeJS.ProcessEnv;
  port: MessagePort;
}

let kept: Worker | undefined;

function keptThread(): Worker {
  if (!kept) {
    kept = new Worker(new URL('./kept-thread.worker.ts', import.meta.url));
    kept.unref();
  }
  return kept;
}

/** One audit in the thread, with the parts of a Worker that audit-thread.ts uses. */
class KeptWorker extends EventEmitter {
  readonly #port: MessagePort;
  #isWorking = true;

  constructor(worker: URL, { workerData, env }: WorkerOptions) {
    super();
    const { port1, port2 } = new MessageChannel();
    this.#port = port1;
    port1.on('message', (reply: AuditReply & { bug?: Error }) => {
      if (reply.audit || reply.error || reply.bug) this.#isWorking = false;
      if (reply.bug) this.emit('error', reply.bug);
      else this.emit('message', reply);
    });
    port1.on('close', () => this.emit('exit'));
    const job = { worker: worker.href, workerData, env: env as NodeJS.ProcessEnv, port: port2 } satisfies Job;
    keptThread().postMessage(job, [port2]);
  }

  postMessage(message: unknown): void {
    this.#port.postMessage(message);
  }

  async terminate(): Promise<void> {
    this.#port.close();
    if (!this.#isWorking) return;
    const ended = kept!.terminate();
    kept = undefined;
    await ended;
  }
}

const isAudit = (file: unknown): file is URL => file instanceof URL && /\/audit-worker\.ts$/.test(file.pathname);

threads.Worker = new Proxy(Worker, {
  construct: (real, [file, options]) => (isAudit(file) ? new KeptWorker(file, options) : new real(file, options)),
}) as typeof Worker;
syncBuiltinESMExports();
