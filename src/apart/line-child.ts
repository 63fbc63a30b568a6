// A program of another language in a child process, which answers lines of JSON with lines of JSON. What it says is untrusted: lines, their
// number, time and memory are bounded. Knows nothing of what is asked.

import { type ChildProcess, spawn } from 'node:child_process';
import { JikjiError, parseJson } from '../base/index.ts';
import { killGroup, residentBytesOfGroup } from './parent.ts';

const MAX_LINE = 4 << 20;
const MEMORY_CHECK_MS = 500;
/** Of what it writes to stderr the end is kept. */
const MAX_ERRORS = 2000;

interface LineChildOptions {
  command: string;
  args: readonly string[];
  cwd: string;
  env: NodeJS.ProcessEnv;
  /** Of all its processes together. */
  bytes: number;
  signal: AbortSignal;
}

/** The error for a program that did not do its part. */
const failed = (command: string, what: string): JikjiError =>
  new JikjiError('program-failed', what, command, 'run it by hand to see why');

export class LineChild {
  readonly #command: string;
  readonly #child: ChildProcess;
  readonly #lines: string[] = [];
  #rest = '';
  #errors = '';
  #ended: string | undefined;
  #wake: () => void = () => {};
  readonly #stop: () => void;

  constructor({ command, args, cwd, env, bytes, signal }: LineChildOptions) {
    this.#command = command;
    const child = spawn(command, args, { cwd, env, stdio: ['pipe', 'pipe', 'pipe'], detached: true });
    this.#child = child;
    const end = (why: string): void => {
      this.#ended ??= why;
      killGroup(child);
      this.#wake();
    };
    const onAbort = (): void => end('was stopped');
    signal.addEventListener('abort', onAbort);
    const memory = setInterval(() => {
      if (residentBytesOfGroup(child) > bytes) end(`took more than ${Math.round(bytes / 2 ** 20)} MiB of memory`);
    }, MEMORY_CHECK_MS);
    const exited = (): void => killGroup(child);
    process.once('exit', exited);
    this.#stop = () => {
      clearInterval(memory);
      signal.removeEventListener('abort', onAbort);
      process.removeListener('exit', exited);
      killGroup(child);
    };
    child.stdin!.on('error', () => {}); // it has ended: `close` says so
    child.stdout!.setEncoding('utf8').on('data', (piece: string) => {
      const parts = (this.#rest + piece).split('\n');
      this.#rest = parts.pop()!;
      this.#lines.push(...parts);
      if (this.#rest.length > MAX_LINE || this.#lines.reduce((sum, line) => sum + line.length, 0) > 2 * MAX_LINE)
        end('wrote more than it was asked for');
      this.#wake();
    });
    child.stderr!.setEncoding('utf8').on('data', (piece: string) => {
      this.#errors = (this.#errors + piece).slice(-MAX_ERRORS);
    });
    child.on('error', (error) => end(`could not be started: ${error.message}`));
    child.on('close', (code, killed) => end(`ended with ${killed ?? code}`));
  }

  ask(request: object): void {
    this.#child.stdin!.write(`${JSON.stringify(request)}\n`);
  }

  /**
   * The next line that it writes, within so many seconds.
   * @throws JikjiError `program-failed`
   */
  async line(seconds: number): Promise<unknown> {
    const deadline = performance.now() + seconds * 1000;
    for (;;) {
      const line = this.#lines.shift();
      if (line !== undefined) {
        try {
          return parseJson(line);
        } catch {
          throw failed(this.#command, `answered what is not JSON: ${JSON.stringify(line.slice(0, 80))}`);
        }
      }
      if (this.#ended !== undefined) throw failed(this.#command, this.#ended + this.#lastWords());
      const left = deadline - performance.now();
      if (left <= 0) throw failed(this.#command, `gave no answer within ${seconds} s${this.#lastWords()}`);
      await new Promise<void>((resolve) => {
        const timer = setTimeout(resolve, Math.min(left, 2 ** 30));
        this.#wake = () => {
          clearTimeout(timer);
          resolve();
        };
      });
    }
  }

  /** The last line of its errors: a traceback ends with what went wrong. */
  #lastWords(): string {
    const last = this.#errors.trim().split('\n').at(-1);
    return last ? `: ${last.slice(0, 300)}` : '';
  }

  close(): void {
    this.#stop();
  }
}
