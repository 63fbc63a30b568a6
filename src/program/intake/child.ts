// Work in a process of its own: with a limit of time and of memory, killed with all that it started. Whatever happens to it, its
// parent gets an answer.

import { type ChildProcess, spawn } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { totalmem } from 'node:os';
import { extname } from 'node:path';
import { fileURLToPath } from 'node:url';
import type { Failure, Said } from './talk.ts';

export interface ChildLimits {
  seconds: number;
  /** Of memory, as the system counts it; where there is no /proc only V8's heap is bounded. */
  bytes: number;
}

/** One WebAssembly memory is at most 4 GiB; as much again for all else. */
export const MOST_BYTES = Math.min(8 * 2 ** 30, totalmem());
/** V8's heap, in MiB. Tensors are not in it. */
const HEAP = 2048;
const LOOK_MS = 200;
/** Timers know no longer time: 24 days. */
const MOST_TIMER = 2 ** 31 - 1;
/** What a child is not told: where the database is, and what opens keys. */
const SECRET = /^(JIKJI_DATABASE|JIKJI_PASSPHRASE|JIKJI_TEST_POSTGRES|PG.*)$/;

export type Ended<T> =
  | { how: 'done'; result: T }
  /** It said what is wrong. */
  | { how: 'failed'; failure: Failure }
  | { how: 'too-long' }
  | { how: 'too-big' }
  /** A bug, or a file that makes for one. */
  | { how: 'crashed'; text: string }
  /** By the caller's signal. */
  | { how: 'stopped' };

export interface ChildOptions<Told> {
  limits: ChildLimits;
  /** Its TMPDIR. */
  temporary: string;
  signal: AbortSignal | undefined;
  onTold: (told: Told) => void;
}

/** Where `NAME.child.ts` beside a module lies; `module` is its import.meta.url. */
export const childScript = (module: string, name: string): string =>
  fileURLToPath(new URL(`./${name}.child${extname(module)}`, module));

/** Starts a script in a process of its own, told nothing secret. */
export function startChild(script: string, temporary: string): ChildProcess {
  // A debugger has one port.
  const flags = process.execArgv.filter((flag) => !flag.startsWith('--inspect'));
  return spawn(process.execPath, [...flags, `--max-old-space-size=${HEAP}`, script], {
    stdio: ['ignore', 'ignore', 'pipe', 'ipc'],
    env: { ...withoutSecrets(process.env), TMPDIR: temporary },
    detached: true, // a group of its own, which can be killed whole and hears no Ctrl-C
  });
}

/** Tells once when a child takes more memory than `bytes`. Returns the function that looks no longer. */
export function watchMemory({ pid }: ChildProcess, bytes: number, tooBig: () => void): () => void {
  const look = setInterval(() => {
    if (residentBytes(pid) <= bytes) return;
    clearInterval(look);
    tooBig();
  }, LOOK_MS);
  return () => clearInterval(look);
}

/** Asks the script `script` (see `childScript`), which `answer`s, and waits for what comes of it. */
export function runChild<Result, Told>(
  script: string,
  input: object,
  { limits, temporary, signal, onTold }: ChildOptions<Told>,
): Promise<Ended<Result>> {
  if (signal?.aborted) return Promise.resolve({ how: 'stopped' });
  const child = startChild(script, temporary);
  return new Promise((resolve) => {
    let ended: Ended<Result> | undefined;
    let errors = '';
    const end = (how: Ended<Result>): void => {
      ended ??= how;
      killGroup(child);
    };
    const stop = (): void => end({ how: 'stopped' });
    signal?.addEventListener('abort', stop);
    const timer = setTimeout(() => end({ how: 'too-long' }), Math.min(limits.seconds * 1000, MOST_TIMER));
    const unwatch = watchMemory(child, limits.bytes, () => end({ how: 'too-big' }));
    child.stderr!.on('data', (piece: Buffer) => {
      errors = (errors + piece).slice(-4000);
    });
    child.on('message', (said: Said<Result, Told>) => {
      if (ended) return;
      if (said.kind === 'told') onTold(said.told);
      else if (said.kind === 'done') ended = { how: 'done', result: said.result };
      else ended = { how: 'failed', failure: said.failure };
    });
    child.on('error', (error) => {
      errors += error.message; // it could not be started, or did not hear: `close` follows
    });
    child.on('close', (code, killed) => {
      clearTimeout(timer);
      unwatch();
      signal?.removeEventListener('abort', stop);
      killGroup(child);
      // V8 aborts where its heap is full.
      if (/heap out of memory/.test(errors)) ended ??= { how: 'too-big' };
      resolve(ended ?? { how: 'crashed', text: `it ended with ${killed ?? code}\n${errors}`.trim() });
    });
    child.send(input, () => {}); // where it does not hear, it ended: `close` follows
  });
}

const withoutSecrets = (env: NodeJS.ProcessEnv): NodeJS.ProcessEnv =>
  Object.fromEntries(Object.entries(env).filter(([name]) => !SECRET.test(name)));

/** Ends a child with all that it started. */
export function killGroup({ pid }: ChildProcess): void {
  if (pid === undefined) return;
  try {
    process.kill(-pid, 'SIGKILL');
  } catch {
    // nobody is left of it
  }
}

function residentBytes(pid: number | undefined): number {
  try {
    return Number(/^VmRSS:\s+(\d+) kB$/m.exec(readFileSync(`/proc/${pid}/status`, 'utf8'))![1]) * 1024;
  } catch {
    return 0; // gone, or no such file on this system
  }
}
