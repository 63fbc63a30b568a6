// The output of a verb: the result to stdout, progress to stderr if stdout must hold JSON only, errors in two lines.

import { stripVTControlCharacters, styleText } from 'node:util';
import type { ErrorCode, JikjiError } from '../base/index.ts';

/** The exit codes of checks, by their outcomes: docs/errors.md has the table of all codes. */
export const CHECK_CODES = { failed: 1, notShown: 3, weaker: 4 } as const;

/** The outcome of a check that does not hold, after the verb has printed the result. */
export class CheckFailed extends Error {
  readonly exitCode: number;

  constructor(outcome?: string, kind: keyof typeof CHECK_CODES = 'failed') {
    super(outcome);
    this.exitCode = CHECK_CODES[kind];
  }
}

/** Verdicts that do not show what was asked, and refute nothing: of runs of PyTorch, and of a part of a run's weights. */
const NOT_SHOWN = ['consistent', 'not-told', 'partial'];

/** @throws CheckFailed where a verdict does not hold */
export function requireHolds(verdict: string): void {
  if (verdict !== 'holds') throw new CheckFailed(verdict, NOT_SHOWN.includes(verdict) ? 'notShown' : 'failed');
}

/** A text on one line, without control and direction characters: names from hostile files must not control the terminal. */
export const plain = (text: string): string =>
  stripVTControlCharacters(text)
    .replace(/[\u0000-\u001f\u007f-\u009f\u200e\u200f\u2028-\u202e\u2066-\u2069]+/g, ' ')
    .slice(0, 2000);

/** Prints a note for people to stderr, also with --json. */
export const note = (text: string): void => void process.stderr.write(`${text}\n`);

export type Style = Parameters<typeof styleText>[0];

export class Output {
  readonly json: boolean;
  /** Where progress goes. */
  readonly progress: NodeJS.WriteStream;
  /** Whether the output could not be written, so that work was stopped for it. */
  isLost = false;

  constructor(json: boolean) {
    this.json = json;
    this.progress = json ? process.stderr : process.stdout;
    let isClosed = false;
    // `jikji runs | head` is not an error: when the reader closes the pipe, Jikji ends quietly.
    for (const stream of [process.stdout, process.stderr]) {
      if (stream.listenerCount('error') > 0) continue;
      stream.on('error', (error: NodeJS.ErrnoException) => {
        if (isClosed) return;
        isClosed = true;
        const isReaderGone = error.code === 'EPIPE';
        this.isLost = !isReaderGone;
        if (!isReaderGone && stream === process.stdout)
          process.stderr.write(
            `error: the output cannot be written (${error.code})\n  send it elsewhere, or free some space\n`,
          );
        if (process.listenerCount('SIGTERM') === 0) process.exit(isReaderGone ? 0 : 2);
        process.emit('SIGTERM', 'SIGTERM'); // long work saves its state and stops, as on SIGTERM
      });
    }
  }

  /** Colour where the stream is a terminal and NO_COLOR does not forbid it. */
  style(style: Style, text: string, stream: NodeJS.WriteStream = this.progress): string {
    return styleText(style, text, { stream, validateStream: true });
  }

  write(text: string): void {
    process.stdout.write(text);
  }

  /** A line for people; goes where progress goes. */
  line(text = ''): void {
    this.progress.write(`${text}\n`);
  }

  lines(texts: Iterable<string>): void {
    for (const text of texts) this.line(text);
  }

  /** The verb's result: JSON with --json, else what `human` writes. */
  result(value: unknown, human: () => void): void {
    if (this.json) process.stdout.write(`${JSON.stringify(value)}\n`);
    else human();
  }

  /** Prints an error; a stop that the user asked for is none, though its exit code and its JSON are those of one. */
  error({ code, message, input, hint }: JikjiError): void {
    const what = plain(message);
    const line =
      code === 'interrupted'
        ? what.charAt(0).toUpperCase() + what.slice(1)
        : `${this.style('red', 'error:', process.stderr)} ${what}`;
    process.stderr.write(`${line} (${plain(input)})\n  ${plain(hint)}\n`);
    if (this.json) process.stdout.write(`${JSON.stringify({ error: { code, message, input, hint } })}\n`);
  }

  bug(error: unknown): void {
    const stack = error instanceof Error ? (error.stack ?? error.message) : String(error);
    process.stderr.write(`This is a bug in Jikji, please report it:\n${stack}\n`);
    if (this.json) {
      const message = error instanceof Error ? error.message : String(error);
      const code: ErrorCode = 'bug';
      process.stdout.write(`${JSON.stringify({ error: { code, message, input: '', hint: 'please report it' } })}\n`);
    }
  }
}
