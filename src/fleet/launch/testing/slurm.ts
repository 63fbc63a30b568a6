// Whether tests have a Slurm: `scripts/with-slurm.sh npx vitest run src/fleet/launch`, with --accounting --rest before npx for all of them. Test
// files use it in turn, so that all jobs in the queue are those of one test file.

import { execFileSync } from 'node:child_process';
import { dirname, join } from 'node:path';
import { setTimeout } from 'node:timers/promises';
import { afterAll, afterEach, beforeAll, beforeEach, vi } from 'vitest';
import { takeLock } from '../../../base/index.ts';
import { skipped } from '../../../base/testing/skipped.ts';

/** Only one that was started for tests: no job of ours is to land in somebody's queue. */
export const hasSlurm = process.env.SLURM_CONF?.startsWith('/tmp/jikji-slurm.') === true;
skipped('Slurm', hasSlurm ? undefined : 'none was started for the tests', 'npm run check:fleet');

export const hasAccounting =
  hasSlurm && /AccountingStorageType\s*=\s*accounting_storage\/slurmdbd/.test(run('scontrol', 'show', 'config'));

export const hasRest = hasSlurm && process.env.SLURMRESTD !== undefined;

/** Has the tests of this group ask the Slurm by its slurmrestd. */
export function byRest(): void {
  beforeEach(() => void vi.stubEnv('JIKJI_SLURMRESTD', `unix:${process.env.SLURMRESTD}`));
  afterEach(() => void vi.unstubAllEnvs());
}

/** Has the tests of this group wait until they have the Slurm for themselves. */
export function alone(): void {
  if (!hasSlurm) return;
  let release = () => {};
  beforeAll(async () => {
    const take = () => {
      try {
        release = takeLock(join(dirname(process.env.SLURM_CONF!), 'tests.lock'), 'Slurm');
        return true;
      } catch {
        return false;
      }
    };
    await until(take, Boolean, 900);
  }, 900_000);
  afterAll(() => release());
}

export function run(command: string, ...args: string[]): string {
  return execFileSync(command, args, { encoding: 'utf8', stdio: ['ignore', 'pipe', 'pipe'] });
}

/** Asks until the answer is as wanted. */
export async function until<T>(ask: () => Promise<T> | T, wanted: (answer: T) => boolean, seconds = 60): Promise<T> {
  for (const end = Date.now() + 1000 * seconds; ; await setTimeout(100)) {
    const answer = await ask();
    if (wanted(answer)) return answer;
    if (Date.now() > end) throw new Error(`waited ${seconds} s in vain, last ${JSON.stringify(answer)}`);
  }
}
