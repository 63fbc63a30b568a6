// Metered usage of a cluster that the office runs, as signed usages: one for each consortium and period, and one for each submission whose
// jobs are named. Metering the same period again replaces it. Knows of Slurm only the jobs that it is given.

import { isDeepStrictEqual } from 'node:util';
import { z } from 'zod';
import { deviceSeconds, type RanJob } from '../../fleet/index.ts';
import { digestOfJson } from '../../ledger/index.ts';
import type { Proposed } from '../programme/index.ts';
import { type Row, requireRow, signByOffice, type Tables, usageSubjects } from '../state/index.ts';
import { act, OFFICE } from './act.ts';
import * as refuse from './refusals/compute.ts';
import { programmeOf } from './times.ts';

const metering = z.strictObject({
  /** Id of a cluster in the catalogue. */
  cluster: z.string(),
  /** First and last day, UTC. */
  from: z.string(),
  to: z.string(),
  /** Slurm's name of the resource that counts as a device: `gres/gpu`, `node`. */
  device: z.string(),
  /** By consortium: its Slurm accounts, and all their jobs. */
  used: z.map(z.string(), z.object({ accounts: z.array(z.string()), jobs: z.array(z.custom<RanJob>()) })),
  /** By submission: numbers of its jobs or job arrays. */
  submissions: z.map(z.string(), z.array(z.string())),
  /** SHA-256 of the file with sacct's answer, if it was uploaded. */
  file: z.string().nullable().optional(),
  /** Usages as the office saw them before: the number of the entry of each, null where there was none. */
  seen: z.map(z.string(), z.number().nullable()).optional(),
});
export type Metering = z.output<typeof metering>;

type Usage = Omit<Row<'usages'>, 'seq' | 'sessions' | 'runtime' | 'data'>;

/**
 * Returns all usages of the period; `fresh`: the log did not hold it with these values. `unnamed`: submissions made on the cluster in
 * these days whose jobs are not named, so that the usage stated by their maker counts in addition.
 */
export const meter = act({
  summary: "Take what consortia used from Slurm's accounting; the same days metered again count once",
  roles: OFFICE,
  input: metering,
  async run(programme, metering, by) {
    const signer = await by.signer();
    const { id: name } = programmeOf(programme.tables);
    const found = usagesOf(programme.tables, metering);
    const fresh = new Set<string>();
    await programme.recordOnce(by.actor, (tables): Proposed[] => {
      fresh.clear();
      checkApart(tables, metering, new Set(found.map(({ usage }) => usage.id)));
      return found.flatMap(({ usage }): Proposed[] => {
        requireUnmoved(tables, metering, usage.id);
        if (!isFresh(tables, usage)) return [];
        fresh.add(usage.id);
        return [
          ({ seq }) => {
            const about = { programme: name, stage: null, seq };
            const signature = signByOffice('usage', usageSubjects(usage), about, signer);
            return { kind: 'usage-reported', data: { ...usage, signature } };
          },
        ];
      });
    });
    const usages = found.map(({ usage: { id, consortium, submission, deviceHours }, jobs }) => {
      return { id, consortium, submission, deviceHours, jobs, fresh: fresh.has(id) };
    });
    return { usages, unnamed: unnamedIn(programme.tables, metering) };
  },
});

/** What metering would record, and what stays without a name. Records nothing. @throws JikjiError as `meter` */
export function meteringPreview(tables: Tables, metering: Metering) {
  programmeOf(tables);
  const found = usagesOf(tables, metering);
  checkApart(tables, metering, new Set(found.map(({ usage }) => usage.id)));
  const usages = found.map(({ usage, jobs }) => {
    const { id, consortium, submission, deviceHours } = usage;
    const before = tables.get('usages', id);
    const seen = { before: before?.deviceHours ?? null, seq: before?.seq ?? null };
    return { id, consortium, submission, deviceHours, jobs, fresh: isFresh(tables, usage), ...seen };
  });
  return { usages, unnamed: unnamedIn(tables, metering), loose: looseIn(tables, metering) };
}

/** Jobs that no submission names, the longest first. */
function looseIn(tables: Tables, metering: Metering) {
  const { device, from, to, used } = metering;
  const owner = ownersOf(tables, metering);
  return [...used]
    .flatMap(([consortium, { jobs }]) =>
      jobs
        .filter((job) => owner(job) === undefined)
        .map((job) => ({ consortium, job, hours: deviceSeconds([job], device, from, to).seconds / 3600 })),
    )
    .filter(({ hours }) => hours > 0)
    .sort((a, b) => b.hours - a.hours)
    .map(({ consortium, job: { id, array, start, end }, hours }) => ({ consortium, id, array, start, end, hours }));
}

/** Whether the log does not hold this usage with these values. */
function isFresh(tables: Tables, usage: Usage): boolean {
  const before = tables.get('usages', usage.id);
  return before ? !isSame(before, usage) : usage.deviceHours > 0;
}

const isSame = (before: Row<'usages'>, usage: Usage): boolean =>
  Object.entries(usage).every(([column, value]) => isDeepStrictEqual(before[column as keyof Usage], value));

/** @throws JikjiError `usage-moved` */
function requireUnmoved(tables: Tables, { seen }: Metering, id: string): void {
  if (seen === undefined || (seen.get(id) ?? null) === (tables.get('usages', id)?.seq ?? null)) return;
  throw refuse.usageMoved(id);
}

/** For each consortium: the usage of jobs without a submission, then of each named submission. */
function usagesOf(tables: Tables, metering: Metering): { usage: Usage; jobs: number }[] {
  const { cluster, from, to, device, used, submissions, file } = metering;
  const owner = ownersOf(tables, metering);
  const origin = file ? `sacct, as uploaded (SHA-256 ${file})` : 'sacct';
  return [...used].flatMap(([consortium, { accounts, jobs }]) => {
    const names = [...submissions.keys()].filter(
      (submission) => tables.get('submissions', submission)?.consortium === consortium,
    );
    return [null, ...names].map((submission) => {
      const own = jobs.filter((job) => (owner(job) ?? null) === submission);
      const { seconds, jobs: count } = deviceSeconds(own, device, from, to);
      const item = `${origin}: ${device} of ${count} ${count === 1 ? 'job' : 'jobs'} of account ${accounts.join(', ')}`;
      const usage = {
        id: idOf(consortium, metering, submission),
        consortium,
        cluster,
        from,
        to,
        deviceHours: seconds / 3600,
        word: 'office' as const,
        submission,
        source: { publisher: 'Slurm', item: item.slice(0, 300) },
      };
      return { usage, jobs: count };
    });
  });
}

/** A deterministic id from consortium, cluster, days and submission. */
function idOf(consortium: string, { cluster, from, to }: Metering, submission: string | null): string {
  const digest = digestOfJson([consortium, cluster, from, to, submission]).slice(0, 10);
  return `${consortium.slice(0, 24)}-${cluster.slice(0, 16)}-${from.replaceAll('-', '')}-${digest}`;
}

/** Maps a job to its submission. @throws JikjiError `job-twice`, `job-unknown`, `submission-unknown` */
function ownersOf(tables: Tables, { used, submissions }: Metering): (job: RanJob) => string | undefined {
  const owners = new Map<string, string>();
  for (const [submission, numbers] of submissions) {
    const { consortium } = requireRow(tables, 'submissions', submission, 'submission');
    const jobs = used.get(consortium)?.jobs ?? [];
    for (const number of numbers) {
      if (owners.has(number)) throw refuse.jobTwice(number);
      if (!jobs.some(({ id, array }) => id === number || array === number))
        throw refuse.jobUnknown(number, consortium, submission);
      owners.set(number, submission);
    }
  }
  return ({ id, array }) => owners.get(id) ?? (array === null ? undefined : owners.get(array));
}

/** Another metered usage of the same days would count twice. @throws JikjiError `metered-already` */
function checkApart(tables: Tables, { cluster, from, to, used }: Metering, ids: ReadonlySet<string>): void {
  for (const row of tables.all('usages')) {
    const { id, word, consortium } = row;
    if (word !== 'office' || row.cluster !== cluster || !used.has(consortium) || ids.has(id)) continue;
    if (row.to < from || row.from > to || row.deviceHours === 0) continue;
    throw row.submission === null
      ? refuse.meteredAlready(id, consortium, `${cluster}`, row.from, row.to)
      : refuse.meteredForSubmission(id, [consortium, `${cluster}`], row.from, row.to, row.submission);
  }
}

function unnamedIn(tables: Tables, { cluster, from, to, used, submissions }: Metering): string[] {
  return tables.all('usages').flatMap((row) => {
    const { word, submission } = row;
    const within = row.cluster === cluster && used.has(row.consortium) && row.from <= to && row.to >= from;
    if (word !== 'maker' || submission === null || !within || submissions.has(submission)) return [];
    const metered = tables.of('usages', 'submission', submission).some((one) => one.word === 'office');
    return metered ? [] : [submission];
  });
}
