// Ranks as processes that `mpiexec` starts, for tests.

import { spawn, spawnSync } from 'node:child_process';
import { once } from 'node:events';
import { closeSync, existsSync, mkdtempSync, openSync, rmSync } from 'node:fs';
import { readFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { skipped } from '../../../base/testing/skipped.ts';
import type { Job, Outcome } from './rank.ts';

const PROGRAM = fileURLToPath(new URL('./rank.ts', import.meta.url));

/** Whether nothing runs under MPI here, which is said. With CI=true that is a failure: there everything must run. */
export function withoutMpi(): boolean {
  let why: string | undefined;
  if (spawnSync('mpiexec', ['--version']).error) why = 'there is no mpiexec (on Debian: apt-get install mpich)';
  else if (!existsSync(new URL('../../../../node_modules/koffi', import.meta.url))) why = 'koffi is not installed';
  return skipped('ranks under MPI', why);
}

export interface RanksOutcome {
  /** By rank; of those that said nothing there is none. */
  outcomes: (Outcome | string[] | undefined)[];
  /** Whether the launcher ended well. That says little where a rank was killed: mpiexec then gives 0 now and again. */
  well: boolean;
}

export interface How {
  /** Ranks in sessions of their own: the launcher cannot end those that are left when one is lost. */
  apart?: boolean;
  env?: NodeJS.ProcessEnv;
  /** Flags of Node in the last rank alone. */
  lastHas?: string[];
  /** Without a launcher: one process. */
  alone?: boolean;
}

/** Runs a job on ranks, and comes back when the last of them has ended. */
export async function underMpi(size: number, job: Job | 'exchanges', how: How = {}): Promise<RanksOutcome> {
  const folder = mkdtempSync(join(tmpdir(), 'jikji-mpi-'));
  try {
    // They tell through a named pipe, which every one holds until it ends, whatever becomes of the launcher.
    const pipe = join(folder, 'told');
    spawnSync('mkfifo', [pipe]);
    const text = readFile(pipe, 'utf8');
    const ours = openSync(pipe, 'w');
    const own = how.apart ? ['setsid', '--wait'] : [];
    const program = ['--no-warnings', PROGRAM, JSON.stringify(job), pipe];
    const last = [process.execPath, ...(how.lastHas ?? []), ...program];
    const first = ['-n', `${size - 1}`, ...own, process.execPath, ...program, ':'];
    const [command, ...args] = how.alone ? last : ['mpiexec', ...(size > 1 ? first : []), '-n', '1', ...own, ...last];
    const child = spawn(command, args, { env: { ...process.env, ...how.env }, stdio: 'ignore' });
    const [status] = await once(child, 'close');
    closeSync(ours);
    const lines = (await text).split('\n').filter((line) => line !== '');
    const outcomes: RanksOutcome['outcomes'] = Array(size).fill(undefined);
    for (const { rank, outcome } of lines.map((line) => JSON.parse(line))) outcomes[rank] = outcome;
    return { outcomes, well: status === 0 };
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}
