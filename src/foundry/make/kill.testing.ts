// Loaded into a process before all else: sends it a signal in the middle of its n-th change to a file system. Given by
// JIKJI_TEST_KILL=SIGNAL:n. With SIGKILL a write stops half-way and a folder is removed in part: what a real kill leaves, at
// places that a clock rarely hits. With n = 0 no signal is sent. At the end
// standard error gets one line, `changes`, with the path of each change in order (that of the change before, where it has none).

import fs from 'node:fs';
import { syncBuiltinESMExports } from 'node:module';
import { join } from 'node:path';
import { isMainThread } from 'node:worker_threads';

type Call = (...args: never[]) => unknown;

const [signal, at] = process.env.JIKJI_TEST_KILL!.split(':') as [NodeJS.Signals, string];
const changes: string[] = [];

/** Counts calls of a function of node:fs; in the one that is chosen, does `part` of it and ends the process. */
function watch(name: string, part: (...args: never[]) => void = () => {}, counts: Call = () => true): void {
  const table = fs as unknown as Record<string, Call>;
  const real = table[name]!;
  table[name] = (...args) => {
    if (counts(...args)) changes.push(typeof args[0] === 'string' ? args[0] : (changes.at(-1) ?? ''));
    else return real(...args);
    if (changes.length === Number(at)) {
      if (signal === 'SIGKILL') part(...args);
      process.kill(process.pid, signal);
    }
    return real(...args);
  };
}

if (isMainThread) {
  const { readdirSync, rmSync, statSync, writeSync } = fs;
  const removePart = (path: string): void => {
    if (statSync(path, { throwIfNoEntry: false })?.isDirectory()) {
      const [first] = readdirSync(path).sort();
      if (first !== undefined) rmSync(join(path, first), { recursive: true });
    }
  };
  const writeHalf = (fd: number, bytes: Uint8Array | string, start = 0, length?: number): void => {
    if (typeof bytes === 'string') return;
    writeSync(fd, bytes, start, Math.floor((length ?? bytes.byteLength - start) / 2));
  };
  watch('openSync', undefined, (_: string, flags = 'r') => flags !== 'r');
  watch('writeSync', writeHalf);
  watch('rmSync', removePart);
  for (const name of ['writeFileSync', 'appendFileSync', 'copyFileSync', 'renameSync', 'linkSync', 'mkdirSync'])
    watch(name);
  for (const name of ['fsyncSync', 'ftruncateSync']) watch(name);
  syncBuiltinESMExports();
  process.on('exit', () => writeSync(2, `\nchanges ${JSON.stringify(changes)}\n`));
}
