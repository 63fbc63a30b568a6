// Computes how long jobs held devices within a period. The caller names one resource as the device for all jobs, so that hours of
// different resources are never added up.

import { JikjiError } from '../../base/index.ts';
import { DAY_MS, type RanJob } from './sacct.ts';

/** How many of a resource a job held. If Slurm tracks only its types (`gres/gpu:h100`), the sum over them. */
function countOf({ held }: RanJob, device: string): number {
  const whole = held.get(device);
  if (whole !== undefined) return whole;
  let sum = 0;
  for (const [name, count] of held) if (name.startsWith(`${device}:`)) sum += count;
  return sum;
}

/**
 * Device-seconds from the first to the last day (UTC, both included), and the number of jobs that held devices then. A job counts by its
 * share of time within the period; suspended time is deducted evenly.
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
 * Refuses a resource that none of the jobs held: the name is probably wrong.
 * @throws JikjiError `device-not-held`
 */
export function checkDevice(jobs: readonly RanJob[], device: string): void {
  if (jobs.length === 0 || jobs.some((job) => countOf(job, device) > 0)) return;
  const others = [...new Set(jobs.flatMap(({ held }) => [...held.keys()]))].filter((name) => name !== 'billing').sort();
  const hint = others.length > 0 ? `they held: ${others.join(', ')}` : 'Slurm records no resources of these jobs';
  const what = jobs.length === 1 ? 'the job held none' : `none of the ${jobs.length} jobs held any`;
  throw new JikjiError('device-not-held', `${what} of these devices`, device, hint);
}
