// Computes how long jobs held devices within a period. The caller names the resource that counts as the device, the same for all jobs:
// otherwise hours of different resources would be added up.

import { JikjiError } from '../../base/index.ts';
import { DAY_MS, type RanJob } from './sacct.ts';

/** How many of a resource a job held; where Slurm tracks them by their types alone (`gres/gpu:h100`), all types together. */
function countOf({ held }: RanJob, device: string): number {
  const whole = held.get(device);
  if (whole !== undefined) return whole;
  let sum = 0;
  for (const [name, count] of held) if (name.startsWith(`${device}:`)) sum += count;
  return sum;
}

/**
 * Seconds of devices from the first to the last day (UTC, both included), and how many of the jobs they are of. A job counts by its share
 * of time within; what it was suspended is taken off evenly.
 */
export function deviceSeconds(
  jobs: readonly RanJob[],
  device: string,
  from: string,
  to: string,
): { seconds: number; jobs: number } {
  const [first, last] = [Date.parse(from), Date.parse(to) + DAY_MS];
  let sum = 0;
  const counted = new Set<string>();
  for (const job of jobs) {
    const within = Math.min(job.end, last) - Math.max(job.start, first);
    const count = countOf(job, device);
    if (within <= 0 || count === 0) continue;
    sum += (count * job.seconds * within) / (job.end - job.start);
    counted.add(job.id);
  }
  return { seconds: Math.round(sum), jobs: counted.size };
}

/**
 * Jobs that all hold nothing of the resource were counted by the wrong one.
 * @throws JikjiError `device-not-held`
 */
export function checkDevice(jobs: readonly RanJob[], device: string): void {
  if (jobs.length === 0 || jobs.some((job) => countOf(job, device) > 0)) return;
  const there = [...new Set(jobs.flatMap(({ held }) => [...held.keys()]))].filter((name) => name !== 'billing').sort();
  const hint = there.length > 0 ? `they held: ${there.join(', ')}` : 'Slurm notes nothing that they held';
  const what = jobs.length === 1 ? 'the job that ran was given none' : `none of the ${jobs.length} jobs was given one`;
  throw new JikjiError('device-not-held', `${what} of these devices`, device, hint);
}
