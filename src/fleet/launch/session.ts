// Reads the sessions of a job from its output: each start of its script begins a session. Finds why the last one ended, in the words of
// srun and the command, and the lines for the user who follows the job. Does not ask Slurm; knows nothing of the command.

import { closeSync, fstatSync, openSync, readSync } from 'node:fs';
import { constants } from 'node:os';
import type { Failure } from '../../base/index.ts';

/** Start of the first line of each session; the job's number follows. */
export const SESSION = '== ';
/** The script's last words in a session. */
export const ENDINGS = {
  timeOver: '-- its time is nearly over',
  nothingSaved: '-- not queued again: nothing was saved that it could go on from',
} as const;

/** Bytes at the end of an output that are read: days of progress. */
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
 * The lines of the last session in an output, without its first; all lines where no session begins in it, as in that of an element of a
 * local job. Undefined where it is of another job than `id`, whose output stays in the folder, or cannot be read.
 */
export function lastSession(path: string, id: string): string[] | undefined {
  try {
    const { bytes, at } = tailOf(path, 0);
    const lines = bytes.toString().trimEnd().split('\n');
    const began = lines.findLastIndex((line) => line.startsWith(SESSION));
    if (began < 0) return at === 0 ? lines : undefined;
    return lines[began]!.endsWith(`, job ${id}`) ? lines.slice(began + 1) : undefined;
  } catch {
    return undefined;
  }
}

function parseErrorLine(line: string): Failure | undefined {
  try {
    const { code, message, input, hint } = JSON.parse(line).error;
    if (![code, message, input, hint].every((word) => typeof word === 'string')) return undefined;
    return { code, message, input, hint };
  } catch {
    return undefined;
  }
}

const isError = (line: string): boolean => line.startsWith('{"error":');

/** The command's own error, where it ended by one. */
export const errorOf = (lines: readonly string[]): Failure | undefined => parseErrorLine(lines.findLast(isError) ?? '');

/** `srun: error: b: task 1: Killed`, in as much as is needed; nothing in it speaks to a terminal. */
const RANKS = /^srun: error: ([\w.-]+): tasks? ([\d,-]+): ([\w ()]+)$/;
/** `slurmstepd: error: *** JOB 7 ON a CANCELLED AT 2026-11-26T19:17:33 DUE TO NODE FAILURE, SEE ... ***` */
const DUE = /^(?:slurmstepd|srun)\S*: error: \*\*\* (?:JOB|STEP) .* DUE TO (NODE FAILURE|PREEMPTION)/;
const LOST_NODE = /^srun: error: Node failure on ([\w.,[\]-]+)/;
const HOW: Record<string, string> = {
  Killed: 'killed (SIGKILL)',
  Terminated: 'ended (SIGTERM)',
  'Out Of Memory': 'killed: out of memory',
};

/** Whose end it was that srun told first: the others are ended by it for that. */
function firstRankEnded(lines: readonly string[], byItself: boolean): { at: number; words: string } | undefined {
  for (const [at, line] of lines.entries()) {
    const [, node, tasks = '', how = ''] = RANKS.exec(line) ?? [];
    if (node === undefined || /^Exited/.test(how) !== byItself) continue;
    const many = /\D/.test(tasks);
    const verb = many ? 'were' : 'was';
    const outOfMemory = how === 'Killed' && lines.some((one) => /oom[-_ ]?kill/i.test(one));
    const end = outOfMemory ? HOW['Out Of Memory'] : (HOW[how] ?? `ended: ${how}`);
    const words = byItself ? how.replace(/^Exited/, 'ended') : `${verb} ${end}`;
    return { at, words: `${many ? 'ranks' : 'rank'} ${tasks} on ${node} ${words}` };
  }
  return undefined;
}

/** Why a session ended before its work was done; undefined where its output does not tell, or the command said an error of its own. */
export function causeOf(lines: readonly string[]): string | undefined {
  if (lines.includes(ENDINGS.timeOver)) return 'its time was nearly over';
  const due = lines.map((line) => DUE.exec(line)?.[1]).find(Boolean);
  const [, node] = lines.map((line) => LOST_NODE.exec(line)).find(Boolean) ?? [];
  if (due === 'NODE FAILURE' || node !== undefined) return node === undefined ? 'a node failed' : `node ${node} failed`;
  if (due === 'PREEMPTION') return 'it had to make room for another job';
  const killed = firstRankEnded(lines, false);
  const lostAt = lines.findIndex((line) => isError(line) && parseErrorLine(line)?.code === 'rank-lost');
  const lost = lostAt < 0 ? undefined : parseErrorLine(lines[lostAt]!)!.message.replace(/[\p{Cc}\p{Cf}]/gu, ' ');
  // A rank that does not hear from another one any more names it, and is why the rest is killed. That MPI failed it may hear first
  // where another was killed, which is then the cause.
  if (lost !== undefined && (!killed || (lostAt < killed.at && !lost.startsWith('MPI failed')))) return lost;
  if (killed) return killed.words;
  return lines.some(isError) ? undefined : firstRankEnded(lines, true)?.words;
}

/** What stands behind the cause: what became of the job. */
export function endingOf(lines: readonly string[]): string | undefined {
  const found = lines.findLast((line) => Object.values<string>(ENDINGS).includes(line));
  return found === ENDINGS.nothingSaved ? 'nothing had been saved that it could go on from' : undefined;
}

/** Of an exit code as a shell has it: the signal that ended the command, in words; undefined for any other code. */
export function signalOf(exitCode: number | null): string | undefined {
  const [name] = Object.entries(constants.signals).find(([, number]) => number === (exitCode ?? 0) - 128) ?? [];
  // A command that was asked to stop and did says so by 130, and tells an error of its own.
  return name && exitCode !== 130 ? `it was killed (${name})` : undefined;
}

/** Follows an output for lines that begin in one way, from now on: those that are meant for whoever follows the job. */
export class OutputLines {
  readonly #path: string;
  readonly #begin: string;
  #at = 0;

  constructor(path: string, begin: string) {
    this.#path = path;
    this.#begin = begin;
    this.look();
  }

  /** Those that have come since the last look, without their beginning. */
  look(): string[] {
    try {
      const { bytes, at } = tailOf(this.#path, this.#at);
      const whole = bytes.subarray(0, bytes.lastIndexOf('\n') + 1);
      this.#at = at + whole.length;
      const lines = whole
        .toString()
        .split('\n')
        .filter((line) => line.startsWith(this.#begin));
      return lines.map((line) => line.slice(this.#begin.length, 1000));
    } catch {
      return []; // it is not there yet
    }
  }
}
