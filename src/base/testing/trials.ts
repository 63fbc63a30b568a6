// A process that tries one kind of hostile case after another, for tests that watch it: to start one for each kind takes as long as
// many cases. The script reads lines `CASES KIND`; for each of them it writes `at KIND N` before a case begins, a line of JSON with
// `wrong` for each case that is not as it should be, and at last a line of JSON of what they came to.

import { type ChildProcessByStdio, spawn } from 'node:child_process';
import type { Readable, Writable } from 'node:stream';

export interface TrialsOptions {
  /** For Node: flags, the script, what it is told. */
  args: string[];
  cwd: string;
  env?: NodeJS.ProcessEnv;
  /** No case may take longer. */
  mostSeconds: number;
}

export interface Outcome<T> {
  wrong: { case: number; wrong: string }[];
  /** The case that it did not end, and how it ended. */
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
  /** Nothing while it waits for its next kind. */
  #hear: ((line: string) => void) | undefined;
  // Seconds are counted one by one: a machine that was asleep, or a process that was stopped, is not late.
  #quiet = 0;

  constructor({ args, cwd, env, mostSeconds }: TrialsOptions) {
    this.#child = spawn(process.execPath, args, { cwd, env, stdio: ['pipe', 'pipe', 'pipe'] });
    let late = false;
    this.#watch = setInterval(() => {
      if (!this.#hear || ++this.#quiet < mostSeconds) return;
      late = true;
      this.#child.kill('SIGKILL');
    }, 1000);
    this.#child.stdin.on('error', () => {}); // it has ended, and `close` says how
    this.#child.stderr.on('data', (piece: Buffer) => {
      this.#errors = (this.#errors + piece).slice(-4000);
    });
    this.#child.stdout.on('data', (piece: Buffer) => {
      this.#quiet = 0;
      const lines = (this.#rest + piece).split('\n');
      this.#rest = lines.pop()!;
      for (const line of lines) {
        if (line.startsWith('at ')) this.#now = line;
        else this.#hear?.(line);
      }
    });
    this.#ended = new Promise((resolve) => {
      this.#child.on('close', (code) => {
        clearInterval(this.#watch);
        const how = late ? ` did not end within ${mostSeconds} s` : `: exit code ${code}\n${this.#errors}`;
        resolve(this.#now + how);
      });
    });
  }

  /** Tries cases of a kind; a case that hangs or ends the process is named. */
  async of(kind: string, cases: number): Promise<Outcome<T>> {
    const outcome: Outcome<T> = { wrong: [], ended: undefined, last: undefined };
    const done = new Promise<undefined>((resolve) => {
      this.#hear = (line) => {
        const said = JSON.parse(line);
        if (said.wrong) outcome.wrong.push(said);
        else {
          outcome.last = said;
          resolve(undefined);
        }
      };
    });
    this.#quiet = 0;
    this.#child.stdin.write(`${cases} ${kind}\n`);
    outcome.ended = await Promise.race([done, this.#ended]);
    this.#hear = undefined;
    return outcome;
  }

  /** Tells it that there is no more, and gives its exit code. */
  async close(): Promise<number | null> {
    this.#child.stdin.end();
    await this.#ended;
    return this.#child.exitCode;
  }
}
