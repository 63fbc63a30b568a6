// Runs many kinds of hostile cases in one watched process, since starting a process takes as long as many cases. The script reads lines
// `CASES KIND`. For each line it writes `at KIND N` before a case begins, a line of JSON with `wrong` for each failed case, and at the
// end a line of JSON with the results.

import { type ChildProcessByStdio, spawn } from 'node:child_process';
import type { Readable, Writable } from 'node:stream';

export interface TrialsOptions {
  /** For Node: flags, the script, its arguments. */
  args: string[];
  cwd: string;
  env?: NodeJS.ProcessEnv;
  /** The time limit of a case. */
  maxSeconds: number;
}

export interface Outcome<T> {
  wrong: { case: number; wrong: string }[];
  /** The case in which the process hung or ended, and how. */
  ended: string | undefined;
  last: T | undefined;
}

export class Trials<T> {
  readonly #child: ChildProcessByStdio<Writable, Readable, Readable>;
  readonly #watch: NodeJS.Timeout;
  readonly #ended: Promise<string>;
  #now = 'before the first case';
  #errors = '';
  #rest = '';
  /** Undefined while the process waits for its next kind. */
  #onLine: ((line: string) => void) | undefined;
  // Counted in seconds of this process: a machine that slept, or a process that was stopped, is not late.
  #silentSeconds = 0;

  constructor({ args, cwd, env, maxSeconds }: TrialsOptions) {
    this.#child = spawn(process.execPath, args, { cwd, env, stdio: ['pipe', 'pipe', 'pipe'] });
    let late = false;
    this.#watch = setInterval(() => {
      if (!this.#onLine || ++this.#silentSeconds < maxSeconds) return;
      late = true;
      this.#child.kill('SIGKILL');
    }, 1000);
    this.#child.stdin.on('error', () => {}); // the process has ended; `close` reports it
    this.#child.stderr.on('data', (piece: Buffer) => {
      this.#errors = (this.#errors + piece).slice(-4000);
    });
    this.#child.stdout.on('data', (piece: Buffer) => {
      this.#silentSeconds = 0;
      const lines = (this.#rest + piece).split('\n');
      this.#rest = lines.pop()!;
      for (const line of lines) {
        if (line.startsWith('at ')) this.#now = line;
        else this.#onLine?.(line);
      }
    });
    this.#ended = new Promise((resolve) => {
      this.#child.on('close', (code) => {
        clearInterval(this.#watch);
        const how = late ? ` did not end within ${maxSeconds} s` : `: exit code ${code}\n${this.#errors}`;
        resolve(this.#now + how);
      });
    });
  }

  /** Tries cases of a kind. The outcome names a case that hangs or ends the process. */
  async of(kind: string, cases: number): Promise<Outcome<T>> {
    const outcome: Outcome<T> = { wrong: [], ended: undefined, last: undefined };
    const done = new Promise<undefined>((resolve) => {
      this.#onLine = (line) => {
        const message = JSON.parse(line);
        if (message.wrong) outcome.wrong.push(message);
        else {
          outcome.last = message;
          resolve(undefined);
        }
      };
    });
    this.#silentSeconds = 0;
    this.#child.stdin.write(`${cases} ${kind}\n`);
    outcome.ended = await Promise.race([done, this.#ended]);
    this.#onLine = undefined;
    return outcome;
  }

  /** Ends the process; returns its exit code. */
  async close(): Promise<number | null> {
    this.#child.stdin.end();
    await this.#ended;
    return this.#child.exitCode;
  }
}
