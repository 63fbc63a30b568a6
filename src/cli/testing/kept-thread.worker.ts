// The thread of kept-thread.ts: for each audit it runs the module that it is given anew, with the data, environment and port of a new thread.

import { syncBuiltinESMExports } from 'node:module';
import threads from 'node:worker_threads';
import type { Job } from './kept-thread.ts';

let jobs = 0;
threads.parentPort!.on('message', async ({ worker, workerData, env, port }: Job) => {
  for (const name of Object.keys(process.env)) if (!(name in env)) delete process.env[name];
  Object.assign(process.env, env);
  Object.assign(threads, { workerData, parentPort: port });
  syncBuiltinESMExports();
  try {
    await import(`${worker}?job=${++jobs}`);
  } catch (bug) {
    port.postMessage({ bug });
    port.close();
  }
});
