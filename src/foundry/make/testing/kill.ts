// Preloaded into a process: sends it a signal in the middle of its n-th change to files of a kind. JIKJI_TEST_KILL has the plan, a JSON
// object {signal, kind, n}; `kind` is a pattern that the path must match. With SIGKILL a write stops half-way and a folder is removed in
// part, as after a real kill, at places that a timer rarely hits. With n = 0 no signal is sent. At the end standard error gets a line
// `changes` with the path of each change in order.

import fs from 'node:fs';
import { syncBuiltinESMExports } from 'node:module';
import { join } from 'node:path';
import { isMainThread } from 'node:worker_threads';

type Call = (...args: never[]) => unknown;
interface Plan {
  signal: NodeJS.Signals;
  kind: string;
  n: number;
}

const plan: Plan = JSON.parse(process.env.JIKJI_TEST_KILL!);
const kind = new RegExp(plan.kind);
const changes: string[] = [];
const opened = new Map<number, string>();
let remaining = plan.n;

/** Watches a function of node:fs that changes files; `part` does a part of its work, for the call that SIGKILL interrupts. */
function watch(name: string, part: (...args: never[]) => void = () => {}, changesFiles: Call = () => true) {
  const table = fs as unknown as Record<string, Call>;
  const real = table[name];
  table[name] = (...args) => {
    const place = args[0] as unknown;
    const path = typeof place === 'number' ? opened.get(place) : String(place);
    if (path !== undefined && changesFiles(...args)) {
      changes.push(path);
      if (kind.test(path) && --remaining === 0) {
        if (plan.signal === 'SIGKILL') part(...args);
        process.kill(process.pid, plan.signal);
      }
    }
    const result = real(...args);
    if (name === 'openSync') opened.set(result as number, path!);
    return result;
  };
}

if (isMainThread) {
  const { readdirSync, rmSync, statSync, writeFileSync, writeSync } = fs;
  const removePart = (path: string) => {
    if (statSync(path, { throwIfNoEntry: false })?.isDirectory()) {
      const [first] = readdirSync(path).sort();
      if (first !== undefined) rmSync(join(path, first), { recursive: true });
    }
  };
  const writeHalf = (fd: number, bytes: Uint8Array | string, start = 0, length?: number) => {
    if (typeof bytes === 'string') return;
    writeSync(fd, bytes, start, Math.floor((length ?? bytes.byteLength - start) / 2));
  };
  watch('openSync', undefined, (_: string, flags = 'r') => flags !== 'r');
  watch('writeSync', writeHalf);
  watch('rmSync', removePart);
  const writeHalfFile = (path: string, text: string | Uint8Array, options?: fs.WriteFileOptions) =>
    writeFileSync(path, text.slice(0, text.length / 2), options);
  watch('writeFileSync', writeHalfFile); // appendFileSync of node:fs calls this too, with its flag
  for (const name of ['copyFileSync', 'renameSync', 'linkSync', 'mkdirSync']) {
    watch(name);
  }
  for (const name of ['fsyncSync', 'ftruncateSync']) watch(name);
  syncBuiltinESMExports();
  process.on('exit', () => writeSync(2, `\nchanges ${JSON.stringify(changes)}\n`));
}
