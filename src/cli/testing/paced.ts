// Imported for its effect, as `paced.ts?20`: a training in this process takes at least 20 ms for a step, so that a fault strikes in the middle
// of a small run on a fast machine too. It waits where a step is recorded.

import fs from 'node:fs';
import { syncBuiltinESMExports } from 'node:module';

const STEP_MS = Number(new URL(import.meta.url).search.slice(1));
const write = fs.writeSync;
const never = new Int32Array(new SharedArrayBuffer(4));

fs.writeSync = (fd: number, ...rest: unknown[]): number => {
  if (fs.readlinkSync(`/proc/self/fd/${fd}`).endsWith('/transcript.jsonl')) Atomics.wait(never, 0, 0, STEP_MS);
  return Reflect.apply(write, fs, [fd, ...rest]);
};
syncBuiltinESMExports();
