// What benches share: a child's answer, times, a spread of ratios, the words of a limit, the machine. Measures nothing itself.

import { spawnSync } from 'node:child_process';
import { cpus } from 'node:os';
import { JikjiError } from '../src/base/index.ts';
import { median } from './table.ts';

/** The JSON on the last line of a child's output; its standard error is shown. */
export function child<T>(
  command: string,
  args: readonly string[],
  { hint = 'see what it said above', env = process.env } = {},
): T {
  const done = spawnSync(command, args, { stdio: ['ignore', 'pipe', 'inherit'], encoding: 'utf8', env });
  const failed = (why: string) => new JikjiError('bench-child', why, [command, ...args].join(' '), hint);
  if (done.error) throw failed(`cannot be run: ${done.error.message}`);
  if (done.signal === 'SIGINT') throw failed('was interrupted');
  if (done.status !== 0) throw failed(`ended with exit code ${done.status ?? done.signal}`);
  return JSON.parse(done.stdout.trim().split('\n').at(-1)!);
}

/** A program of ours in a process of its own. */
export const node = <T>(...args: readonly string[]): T => child(process.execPath, ['--no-warnings', ...args]);

/** Seconds of work, which ends when its promise does. */
export async function seconds(work: () => unknown): Promise<number> {
  const begun = performance.now();
  await work();
  return (performance.now() - begun) / 1000;
}

/** `1.10 (1.02 to 1.30)`: the median, the lowest and the highest. */
export const spread = (all: readonly number[], digits = 2): string => {
  const [middle, least, most] = [median([...all]), Math.min(...all), Math.max(...all)].map((x) => x.toFixed(digits));
  return `${middle} (${least} to ${most})`;
};

export const kept = (holds: boolean): string => (holds ? 'kept' : 'NOT KEPT');

export const processor = (): string => cpus()[0]?.model.trim() ?? process.arch;

/** What is wrong with the whole call. */
export const wrongCall = (message: string, usage: string): JikjiError =>
  new JikjiError('usage', message, process.argv.slice(2).join(' '), usage);
