// Before step 1: checks that all ranks run the same program and that each of them can begin. All ranks get the same result.

import { cpus, hostname } from 'node:os';
import { type ErrorCode, type Failure, JikjiError } from '../../base/index.ts';
import { broadcast, gather, type Ranks } from './ranks.ts';

/** Processor model of this machine, or its architecture. */
export const machineName = (): string => cpus()[0]?.model ?? process.arch;

const rankName = (rank: number, host: string) => `rank ${rank} on ${host}`;

/** `machineName` of each machine with ranks, without repeats for ranks on one machine. On rank 0; empty elsewhere. */
export type Machines = string[];

/**
 * Compares facts that must be the same in all ranks, such as the version and a digest of the code. This is the first exchange
 * between ranks, and its format never changes: other versions must understand it.
 * @throws JikjiError `ranks-differ`, on all ranks
 */
export function agree(ranks: Ranks, facts: Record<string, string>): Machines {
  const own = { host: hostname(), machine: machineName(), facts };
  const all = gather(ranks, 'agreement', own);
  const first = all[0]?.facts ?? {};
  for (const [rank, { host, facts }] of all.entries()) {
    const name = Object.keys({ ...first, ...facts }).find((key) => first[key] !== facts[key]);
    if (name === undefined) continue;
    throwTogether(ranks, {
      code: 'ranks-differ' satisfies ErrorCode,
      message: `the ranks are not the same program: ${name} is ${facts[name] ?? 'unknown'} here and ${first[name] ?? 'unknown'} on rank 0`,
      input: rankName(rank, host),
      hint: 'install the same version of Jikji on all nodes, or one copy on a shared file system',
    });
  }
  throwTogether(ranks);
  // From here on exchanges may differ between versions.
  const names = broadcast(ranks, 'introduction', gather(ranks, 'introduction', ranks.machine ?? hostname()));
  ranks.setMachines?.(names);
  return [...new Map(all.map(({ host, machine }) => [host, machine])).values()];
}

/** Throws rank 0's failure on all ranks; continues on all where rank 0 has none. */
function throwTogether(ranks: Ranks, failure?: Failure): void {
  const shared = broadcast(ranks, 'agreement', failure ?? null);
  if (shared) throw JikjiError.received(shared);
}

/**
 * Runs `begin` on every rank. Where it fails on one, all ranks throw the error of the lowest such rank, and the others undo what
 * they have begun: no rank waits for one that never started.
 */
export function beginTogether<T>(ranks: Ranks, begin: () => T, undo: (begun: T) => void): T {
  let begun: { value: T } | undefined;
  let failed: { cause: unknown; failure: Failure } | undefined;
  try {
    begun = { value: begin() };
  } catch (cause) {
    const known = cause instanceof JikjiError;
    const { message } = cause as Error;
    const input = known ? cause.input : 'a bug in Jikji';
    failed = {
      cause,
      failure: {
        code: known ? cause.code : ('rank-failed' satisfies ErrorCode),
        message,
        input: ranks.rank === 0 ? input : `${input}, ${rankName(ranks.rank, hostname())}`,
        hint: known ? cause.hint : 'see the output of that rank',
      },
    };
  }
  try {
    const first = gather(ranks, 'agreement', failed?.failure ?? null).find((failure) => failure !== null);
    throwTogether(ranks, first);
  } catch (error) {
    if (begun) undo(begun.value);
    const isOwn = failed && error instanceof JikjiError && failed.failure.message === error.message;
    throw isOwn ? failed!.cause : error;
  }
  return begun!.value;
}
