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

/** Runs `NAME.child.ts` of this folder. */
export function runChild<Result, Told>(
  name: 'audit' | 'evaluate',
  input: object,
  { limits, temporary, signal, onTold }: ChildOptions<Told>,
): Promise<Ended<Result>> {
  if (signal?.aborted) return Promise.resolve({ how: 'stopped' });
  const script = fileURLToPath(new URL(`./${name}.child${extname(import.meta.url)}`, import.meta.url));
  // A debugger has one port.
  const flags = process.execArgv.filter((flag) => !flag.startsWith('--inspect'));
  const child = spawn(process.execPath, [...flags, `--max-old-space-size=${HEAP}`, script], {
    stdio: ['ignore', 'ignore', 'pipe', 'ipc'],
    env: { ...withoutSecrets(process.env), TMPDIR: temporary },
    detached: true, // a group of its own, which can be killed whole and hears no Ctrl-C
  });
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
    const look = setInterval(() => {
      if (residentBytes(child.pid) > limits.bytes) end({ how: 'too-big' });
    }, LOOK_MS);
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
      clearInterval(look);
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

function killGroup({ pid }: ChildProcess): void {
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
