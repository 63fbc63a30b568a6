// Reads the sessions of a job from its output: each start of its script begins one. Finds why the last session ended, from the messages
// of srun and the command, and the lines for a user who follows the job. Does not ask Slurm; knows nothing of the command.

import { closeSync, fstatSync, openSync, readSync } from 'node:fs';
import { constants } from 'node:os';
import { type Failure, parseJson } from '../../base/index.ts';

/** Start of the first line of each session; the job's number follows. */
export const SESSION = '== ';
/** Lines that the script prints at the end of a session. Older scripts print the same. */
export const ENDINGS = {
  timeOver: '-- its time is nearly over',
  nothingSaved: '-- not queued again: nothing was saved that it could go on from',
} as const;

/** Start of the line with an error of the command. */
export const ERROR = '{"error":';

/** The most bytes read at the end of an output: days of progress. */
const MAX_BYTES = 4 << 20;

/** The last bytes of a file, at most MAX_BYTES and none before `from`, with their offset. */
function tailOf(path: string, from: number): { bytes: Buffer; at: number } {
  const fd = openSync(path, 'r');
  try {
    const { size } = fstatSync(fd);
    const bytes = Buffer.alloc(Math.max(0, Math.min(size - from, MAX_BYTES)));
    const at = size - bytes.length;
    return { bytes: bytes.subarray(0, readSync(fd, bytes, 0, bytes.length, at)), at };
  } finally {
    closeSync(fd);
  }
}

/**
 * The lines of the last session in an output, without its first line; all lines if no session begins in it (elements of local jobs).
 * Undefined if the session belongs to another job than `id` (output stays in the folder), or if the file cannot be read.
 */
export function lastSession(path: string, id: string): string[] | undefined {
  try {
    const { bytes, at } = tailOf(path, 0);
    const lines = bytes.toString().trimEnd().split('\n');
    const start = lines.findLastIndex((line) => line.startsWith(SESSION));
    if (start < 0) return at === 0 ? lines : undefined;
    return lines[start]!.endsWith(`, job ${id}`) ? lines.slice(start + 1) : undefined;
  } catch {
    return undefined;
  }
}

function parseErrorLine(line: string): Failure | undefined {
  try {
    const { code, message, input, hint } = (parseJson(line) as { error: Failure }).error;
    if (![code, message, input, hint].every((word) => typeof word === 'string')) return undefined;
    return { code, message, input, hint };
  } catch {
    return undefined;
  }
}

const isError = (line: string): boolean => line.startsWith(ERROR);

/** The error that the command printed, if any. */
export const errorOf = (lines: readonly string[]): Failure | undefined => parseErrorLine(lines.findLast(isError) ?? '');

/** `srun: error: b: task 1: Killed`. The groups hold no control characters. */
const RANKS = /^srun: error: ([\w.-]+): tasks? ([\d,-]+): ([\w ()]+)$/;
/** `slurmstepd: error: *** JOB 7 ON a CANCELLED AT 2026-11-26T19:17:33 DUE TO NODE FAILURE, SEE ... ***` */
const CANCELLED_BY = /^(?:slurmstepd|srun)\S*: error: \*\*\* (?:JOB|STEP) .* DUE TO (NODE FAILURE|PREEMPTION)/;
const LOST_NODE = /^srun: error: Node failure on ([\w.,[\]-]+)/;
const END_WORDS: Record<string, string> = {
  Killed: 'killed (SIGKILL)',
  Terminated: 'ended (SIGTERM)',
  'Out Of Memory': 'killed: out of memory',
};

/** The ranks whose end srun reports first; srun then ends the other ranks. `byItself`: ranks that exited, else killed ones. */
function firstRankEnded(lines: readonly string[], byItself: boolean): { at: number; words: string } | undefined {
  for (const [at, line] of lines.entries()) {
    const [, node, tasks = '', how = ''] = RANKS.exec(line) ?? [];
    if (node === undefined || /^Exited/.test(how) !== byItself) continue;
    const many = /\D/.test(tasks);
    const verb = many ? 'were' : 'was';
    const outOfMemory = how === 'Killed' && lines.some((one) => /oom[-_ ]?kill/i.test(one));
    const end = outOfMemory ? END_WORDS['Out Of Memory'] : (END_WORDS[how] ?? `ended: ${how}`);
    const words = byItself ? how.replace(/^Exited/, 'ended') : `${verb} ${end}`;
    return { at, words: `${many ? 'ranks' : 'rank'} ${tasks} on ${node} ${words}` };
  }
  return undefined;
}

/** Why a session ended before its work was done; undefined if its output does not say, or if the command printed an error. */
export function causeOf(lines: readonly string[]): string | undefined {
  if (lines.includes(ENDINGS.timeOver)) return 'its time was nearly over';
  const due = lines.map((line) => CANCELLED_BY.exec(line)?.[1]).find(Boolean);
  const [, node] = lines.map((line) => LOST_NODE.exec(line)).find(Boolean) ?? [];
  if (due === 'NODE FAILURE' || node !== undefined) return node === undefined ? 'a node failed' : `node ${node} failed`;
  if (due === 'PREEMPTION') return 'it had to make room for another job';
  const killed = firstRankEnded(lines, false);
  const lostAt = lines.findIndex((line) => isError(line) && parseErrorLine(line)?.code === 'rank-lost');
  const lost = lostAt < 0 ? undefined : parseErrorLine(lines[lostAt]!)!.message.replace(/[\p{Cc}\p{Cf}]/gu, ' ');
  // A rank that loses contact names the lost rank; the other ranks are then killed for it. But "MPI failed" may be printed first and
  // still be the consequence of a killed rank, which is then the cause.
  if (lost !== undefined && (!killed || (lostAt < killed.at && !lost.startsWith('MPI failed')))) return lost;
  const exited = firstRankEnded(lines, true);
  // A rank that reports an error and exits has srun end the others, and kill those that are slow to leave.
  if (lines.some(isError) && lost === undefined && exited && !(killed && killed.at < exited.at)) return undefined;
  if (killed) return killed.words;
  return lines.some(isError) ? undefined : exited?.words;
}

/** What became of the job after the cause. */
export function endingOf(lines: readonly string[]): string | undefined {
  const found = lines.findLast((line) => Object.values<string>(ENDINGS).includes(line));
  return found === ENDINGS.nothingSaved ? 'nothing was saved to resume from' : undefined;
}

/** The signal in a shell's exit code (128 + signal), in words; undefined for any other code. */
export function signalOf(exitCode: number | null): string | undefined {
  const [name] = Object.entries(constants.signals).find(([, number]) => number === (exitCode ?? 0) - 128) ?? [];
  // 130: the command stopped on request, and prints its own error.
  return name && exitCode !== 130 ? `it was killed (${name})` : undefined;
}

/** Reads the new lines of an output that start with a prefix: messages for the user who follows the job. */
export class OutputLines {
  readonly #path: string;
  readonly #prefix: string;
  #at = 0;

  constructor(path: string, prefix: string) {
    this.#path = path;
    this.#prefix = prefix;
    this.read();
  }

  /** The lines since the last call, without the prefix. */
  read(): string[] {
    try {
      const { bytes, at } = tailOf(this.#path, this.#at);
      const whole = bytes.subarray(0, bytes.lastIndexOf('\n') + 1);
      this.#at = at + whole.length;
      const lines = whole
        .toString()
        .split('\n')
        .filter((line) => line.startsWith(this.#prefix));
      return lines.map((line) => line.slice(this.#prefix.length, 1000));
    } catch {
      return []; // not written yet
    }
  }
}
