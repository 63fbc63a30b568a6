// Work in a process of its own: with a limit of time and of memory, killed with all that it started. Whatever happens to it, its
// parent gets an answer. Knows nothing of what the work is; child.ts is the other end.

import { type ChildProcess, type SerializationType, spawn } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { totalmem } from 'node:os';
import { extname } from 'node:path';
import { fileURLToPath } from 'node:url';
import type { Failure } from '../base/index.ts';
import type { ChildMessage } from './child.ts';

/** How a process is started. */
export interface ChildSettings {
  /** Of Node and of V8. */
  flags: readonly string[];
  env: NodeJS.ProcessEnv;
  /** How messages are written; JSON unless it says otherwise. */
  serialization?: SerializationType;
}

export interface ChildOptions<Progress> {
  settings: ChildSettings;
  /** How long it may take. */
  seconds: number;
  /** Of memory, as the system counts it; where there is no /proc, or no number here, only V8's heap is bounded. */
  bytes?: number;
  signal?: AbortSignal | undefined;
  /** Told what the child tells meanwhile. `restartTimer` counts its time anew, with as many seconds. */
  onProgress: (progress: Progress, restartTimer: (seconds: number) => void) => void;
}

export type ChildOutcome<Result> =
  | { how: 'done'; result: Result }
  /** It said what is wrong. */
  | { how: 'failed'; failure: Failure }
  | { how: 'too-long' }
  /** `exit` is the signal that ended it, or its exit code. */
  | { how: 'too-big'; exit: string }
  /** A bug, or a file that makes for one. */
  | { how: 'crashed'; exit: string; text: string }
  /** By the caller's signal. */
  | { how: 'stopped' };

/** One WebAssembly memory is at most 4 GiB; as much again for all else. */
export const MAX_CHILD_BYTES = Math.min(8 * 2 ** 30, totalmem());
/** V8's heap, in MiB. Tensors are not in it. */
const HEAP = 2048;
const LOOK_MS = 200;
/** Timers know no longer time: 24 days. */
const MAX_TIMER = 2 ** 31 - 1;
/** What a child is not told: where the database is, and what opens keys. */
const SECRET = /^(JIKJI_DATABASE|JIKJI_PASSPHRASE|JIKJI_TEST_POSTGRES|PG.*)$/;

/** For our own work: the flags and the environment of this process, without secrets. `temporary` is its TMPDIR. */
export function childSettings(temporary: string): ChildSettings {
  const env = Object.fromEntries(Object.entries(process.env).filter(([name]) => !SECRET.test(name)));
  // A debugger has one port.
  const flags = process.execArgv.filter((flag) => !flag.startsWith('--inspect'));
  return { flags: [...flags, `--max-old-space-size=${HEAP}`], env: { ...env, TMPDIR: temporary } };
}

/** Where `NAME.child.ts` beside a module lies; `module` is its import.meta.url. */
export const childScript = (module: string, name: string): string =>
  fileURLToPath(new URL(`./${name}.child${extname(module)}`, module));

/** Children that run. Not all of them see by themselves that this process has ended. */
const running = new Set<ChildProcess>();
process.on('exit', () => running.forEach(killGroup));

/** Starts a script in a process of its own. */
export function startChild(script: string, { flags, ...settings }: ChildSettings): ChildProcess {
  const child = spawn(process.execPath, [...flags, script], {
    ...settings,
    stdio: ['ignore', 'ignore', 'pipe', 'ipc'],
    detached: true, // a group of its own, which can be killed whole and hears no Ctrl-C
  });
  running.add(child);
  return child.once('exit', () => running.delete(child));
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

/** Gives `input` to a script (see `childScript`) that calls `answer`, and waits for what comes of it. */
export function runChild<Result, Progress>(
  script: string,
  input: object,
  { settings, seconds, bytes, signal, onProgress }: ChildOptions<Progress>,
): Promise<ChildOutcome<Result>> {
  if (signal?.aborted) return Promise.resolve({ how: 'stopped' });
  const child = startChild(script, settings);
  return new Promise((resolve) => {
    let outcome: ChildOutcome<Result> | undefined;
    let errors = '';
    let timer: NodeJS.Timeout | undefined;
    const end = (as: ChildOutcome<Result>): void => {
      outcome ??= as;
      killGroup(child);
    };
    const stop = (): void => end({ how: 'stopped' });
    const restartTimer = (time: number): void => {
      clearTimeout(timer);
      timer = setTimeout(() => end({ how: 'too-long' }), Math.min(time * 1000, MAX_TIMER));
    };
    restartTimer(seconds);
    signal?.addEventListener('abort', stop);
    const tooBig = (): void => end({ how: 'too-big', exit: 'SIGKILL' });
    const unwatch = bytes === undefined ? undefined : watchMemory(child, bytes, tooBig);
    child.stderr!.on('data', (piece: Buffer) => {
      errors = (errors + piece).slice(-4000);
    });
    child.on('message', (message: ChildMessage<Result, Progress>) => {
      if (outcome) return;
      if (message.kind === 'progress') onProgress(message.progress, restartTimer);
      else if (message.kind === 'done') outcome = { how: 'done', result: message.result };
      else outcome = { how: 'failed', failure: message.failure };
    });
    child.on('error', (error) => {
      errors += error.message; // it could not be started, or did not hear: `close` follows
    });
    child.on('close', (code, killed) => {
      clearTimeout(timer);
      unwatch?.();
      signal?.removeEventListener('abort', stop);
      killGroup(child);
      const exit = String(killed ?? code);
      // V8 aborts where its heap is full.
      if (/heap out of memory/.test(errors)) outcome ??= { how: 'too-big', exit };
      resolve(outcome ?? { how: 'crashed', exit, text: `it ended with ${exit}\n${errors}`.trim() });
    });
    child.send(input, () => {}); // where it does not hear, it ended: `close` follows
  });
}

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
