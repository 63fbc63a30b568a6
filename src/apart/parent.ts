// Runs work in a child process with limits of time and memory. The child is killed with all processes of its group: one that left the group
// (setsid) outlives it, and no limit counts it. Its parent always gets an outcome. Knows nothing of the work; child.ts is the child's side.

import { type ChildProcess, spawn } from 'node:child_process';
import { readdirSync, readFileSync } from 'node:fs';
import { totalmem } from 'node:os';
import { extname } from 'node:path';
import { fileURLToPath } from 'node:url';
import type { Failure } from '../base/index.ts';
import type { ChildMessage } from './child.ts';

/** How a process is started. */
export interface ChildSettings {
  /** Options of Node and V8. */
  flags: readonly string[];
  env: NodeJS.ProcessEnv;
}

export interface ChildOptions<Progress> {
  settings: ChildSettings;
  /** Time limit. */
  seconds: number;
  /** Limit of resident memory. Without it, or without /proc, only V8's heap is bounded. */
  bytes?: number;
  signal?: AbortSignal | undefined;
  /** Called with the child's progress. `restartTimer` sets a new time limit, counted from now. */
  onProgress: (progress: Progress, restartTimer: (seconds: number) => void) => void;
}

export type ChildOutcome<Result> =
  | { how: 'done'; result: Result }
  /** The work threw a JikjiError. */
  | { how: 'failed'; failure: Failure }
  | { how: 'too-long' }
  /** `exit` is the signal that ended it, or its exit code. */
  | { how: 'too-big'; exit: string }
  /** A bug, or a file that triggers one. */
  | { how: 'crashed'; exit: string; text: string }
  /** By the caller's signal. */
  | { how: 'stopped' };

/** 4 GiB for the largest WebAssembly memory, and 4 GiB for everything else. */
export const MAX_CHILD_BYTES = Math.min(8 * 2 ** 30, totalmem());
/** Limit of V8's heap, without tensors. */
const MAX_HEAP_MIB = 2048;
const MEMORY_CHECK_MS = 200;
/** The longest time of Node's timers: 24 days. */
const MAX_TIMER_MS = 2 ** 31 - 1;
/** Environment variables that a child does not get: they give access to the database, to keys, and to servers of the office. */
const SECRET = /^(JIKJI_(DATABASE|PASSPHRASE|MAIL_PASSWORD|OPENID_SECRET|TEST_POSTGRES)|PG.*)$/;

/** Settings for trusted work: flags and environment of this process, without secrets. `temporary` is the child's TMPDIR. */
export function childSettings(temporary: string): ChildSettings {
  const env = Object.fromEntries(Object.entries(process.env).filter(([name]) => !SECRET.test(name)));
  // A debugger has one port.
  const flags = process.execArgv.filter((flag) => !flag.startsWith('--inspect'));
  return { flags: [...flags, `--max-old-space-size=${MAX_HEAP_MIB}`], env: { ...env, TMPDIR: temporary } };
}

/** The path of `NAME.child.ts` beside a module; `module` is the module's import.meta.url. */
export const childScript = (module: string, name: string): string =>
  fileURLToPath(new URL(`./${name}.child${extname(module)}`, module));

/** Running children. This process kills them when it ends, since some do not notice that it has ended. */
const running = new Set<ChildProcess>();
process.on('exit', () => running.forEach(killGroup));

/** Starts a script in a child process. */
export function startChild(script: string, { flags, ...settings }: ChildSettings): ChildProcess {
  const child = spawn(process.execPath, [...flags, script], {
    ...settings,
    serialization: 'advanced', // it carries bytes, and every name of a member, as JSON.parse does not: see `parseJson`
    stdio: ['ignore', 'ignore', 'pipe', 'ipc'],
    detached: true, // a new process group: it can be killed whole and does not get Ctrl-C
  });
  running.add(child);
  return child.once('exit', () => running.delete(child));
}

/** Calls `onTooBig` once when a child uses more memory than `bytes`. Returns a function that stops watching. */
function watchMemory(child: ChildProcess, bytes: number, onTooBig: () => void): () => void {
  const check = setInterval(() => {
    if (residentBytes(child) <= bytes) return;
    clearInterval(check);
    onTooBig();
  }, MEMORY_CHECK_MS);
  return () => clearInterval(check);
}

/** How works are run instead: for tests, which start no process for what is not about processes. */
export const instead: { run?: typeof runApart | undefined } = {};

/** Sends `input` to a script (see `childScript`) that calls `answer`, and waits for the outcome. Never rejects. */
export function runChild<Result, Progress>(
  script: string,
  input: object,
  options: ChildOptions<Progress>,
): Promise<ChildOutcome<Result>> {
  return (instead.run ?? runApart)(script, input, options);
}

export function runApart<Result, Progress>(
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
    const end = (how: ChildOutcome<Result>): void => {
      outcome ??= how;
      killGroup(child);
    };
    const stop = (): void => end({ how: 'stopped' });
    const restartTimer = (time: number): void => {
      clearTimeout(timer);
      timer = setTimeout(() => end({ how: 'too-long' }), Math.min(time * 1000, MAX_TIMER_MS));
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
      errors += error.message; // the child could not be started or reached: `close` follows
    });
    child.on('close', (code, killed) => {
      clearTimeout(timer);
      unwatch?.();
      signal?.removeEventListener('abort', stop);
      killGroup(child);
      const exit = String(killed ?? code);
      // V8 aborts when its heap is full.
      if (/heap out of memory/.test(errors)) outcome ??= { how: 'too-big', exit };
      resolve(outcome ?? { how: 'crashed', exit, text: `it ended with ${exit}\n${errors}`.trim() });
    });
    child.send(input, () => {}); // if the child has ended already, `close` follows
  });
}

/** Kills a child and all processes of its group. */
export function killGroup({ pid }: ChildProcess): void {
  if (pid === undefined) return;
  try {
    process.kill(-pid, 'SIGKILL');
  } catch {
    // all of its processes have ended
  }
}

/**
 * Of a child that leads a process group and of all processes in it; memory that they share counts for each. 0 where the system has no /proc.
 */
export function residentBytesOfGroup({ pid: leader }: ChildProcess): number {
  let pids: number[];
  try {
    pids = readdirSync('/proc').map(Number).filter(Number.isInteger);
  } catch {
    return 0;
  }
  return pids.filter((pid) => groupOf(pid) === leader).reduce((sum, pid) => sum + residentBytes({ pid }), 0);
}

function groupOf(pid: number): number | undefined {
  try {
    // After the name in brackets, which may hold anything: state, parent, group.
    return Number(
      readFileSync(`/proc/${pid}/stat`, 'latin1')
        .replace(/^.*\) /s, '')
        .split(' ')[2],
    );
  } catch {
    return undefined; // it has ended
  }
}

/** 0 for a child that has ended, or where the system has no /proc. */
export function residentBytes({ pid }: Pick<ChildProcess, 'pid'>): number {
  try {
    return Number(/^VmRSS:\s+(\d+) kB$/m.exec(readFileSync(`/proc/${pid}/status`, 'utf8'))![1]) * 1024;
  } catch {
    return 0;
  }
}
