// Before step 1: whether the ranks are one and the same program, and whether each of them could begin. All learn it alike.

import { cpus, hostname } from 'node:os';
import { type ErrorCode, type Failure, JikjiError } from '../../base/index.ts';
import { broadcast, gather, type Ranks } from './ranks.ts';

/** How this machine names itself. */
export const machineName = (): string => cpus()[0]?.model ?? process.arch;

const at = (rank: number, host: string): string => `rank ${rank} on ${host}`;

/**
 * The machines that the ranks are on, one that several share once: how each names itself. Known on rank 0, empty in the others.
 */
export type Machines = string[];

/**
 * Compares what must be the same in all ranks: a version, a digest of the code, by their names. This is the first thing that
 * ranks say to each other, and how they say it stays as it is: other versions must understand it.
 * @throws JikjiError `ranks-differ`, in all ranks
 */
export function agree(ranks: Ranks, facts: Record<string, string>): Machines {
  const own = { host: hostname(), machine: machineName(), facts };
  const all = gather(ranks, 'agreement', own);
  const first = all[0]?.facts ?? {};
  for (const [rank, { host, facts: theirs }] of all.entries()) {
    const name = Object.keys({ ...first, ...theirs }).find((key) => first[key] !== theirs[key]);
    if (name === undefined) continue;
    refuse(ranks, {
      code: 'ranks-differ' satisfies ErrorCode,
      message: `the ranks are not the same program: ${name} is ${theirs[name] ?? 'unknown'} here and ${first[name] ?? 'unknown'} on rank 0`,
      input: at(rank, host),
      hint: 'install the same version of Jikji on all nodes, or one on a file system that they share',
    });
  }
  refuse(ranks);
  // From here on what they say may change with the version.
  const names = broadcast(ranks, 'introduction', gather(ranks, 'introduction', ranks.machine ?? hostname()));
  ranks.meet?.(names);
  return [...new Map(all.map(({ host, machine }) => [host, machine])).values()];
}

/** Rank 0 says whether it goes on; the others hear it. */
function refuse(ranks: Ranks, refusal?: Failure): void {
  const said = broadcast(ranks, 'agreement', refusal ?? null);
  if (said) throw JikjiError.received(said);
}

/**
 * Runs `begin` in every rank. Where it fails in one, all throw the error of the lowest such rank, and what the others had begun
 * is undone: nobody waits for a rank that never started.
 */
export function beginTogether<T>(ranks: Ranks, begin: () => T, undo: (begun: T) => void): T {
  let begun: { value: T } | undefined;
  let failed: { cause: unknown; refusal: Failure } | undefined;
  try {
    begun = { value: begin() };
  } catch (cause) {
    const known = cause instanceof JikjiError;
    const { message } = cause as Error;
    const input = known ? cause.input : 'a bug in Jikji';
    failed = {
      cause,
      refusal: {
        code: known ? cause.code : ('rank-failed' satisfies ErrorCode),
        message,
        input: ranks.rank === 0 ? input : `${input}, ${at(ranks.rank, hostname())}`,
        hint: known ? cause.hint : 'see what that rank said',
      },
    };
  }
  try {
    const first = gather(ranks, 'agreement', failed?.refusal ?? null).find((refusal) => refusal !== null);
    refuse(ranks, first);
  } catch (error) {
    if (begun) undo(begun.value);
    const own = failed && error instanceof JikjiError && failed.refusal.message === error.message;
    throw own ? failed!.cause : error;
  }
  return begun!.value;
}
