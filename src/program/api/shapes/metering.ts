// Shapes of metering: readings of Slurm's accounting, and what would be recorded from one.

import { z } from 'zod';
import { dateSchema } from '../../../formats/index.ts';
import { failure, id } from './common.ts';

const account = z.string().min(1).max(64);

/** What the office may choose. */
export const meteringPage = z
  .object({
    clusters: z.array(
      z.object({
        id: z.string(),
        /** `sacct`: of the server's machine may be asked. `file`: what it prints elsewhere is uploaded. */
        by: z.enum(['sacct', 'file']),
        /** Slurm account of each active consortium. */
        accounts: z.record(z.string(), z.string()),
      }),
    ),
    submissions: z.array(z.object({ id: z.string(), consortium: z.string() })),
  })
  .meta({ id: 'Metering' });

export const readingWanted = z.strictObject({
  cluster: id,
  from: dateSchema,
  to: dateSchema,
  /** Slurm accounts by consortium. */
  accounts: z.record(id, z.array(account).min(1).max(20)),
  by: z.enum(['sacct', 'file']),
});

export const reading = z
  .object({
    id: z.string(),
    cluster: z.string(),
    from: z.string(),
    to: z.string(),
    accounts: z.record(z.string(), z.array(z.string())),
    by: z.enum(['sacct', 'file']),
    state: z.enum(['waiting', 'reading', 'read', 'failed']),
    /** Accounts that have been read, and all. */
    done: z.int(),
    of: z.int(),
    /** What to type on a machine of the cluster; its output is the file. */
    command: z.string(),
    failure: failure.shape.error.nullable(),
    /** SHA-256 of the file. */
    digest: z.string().nullable(),
    /** Jobs by consortium. */
    jobs: z.record(z.string(), z.int()),
    /** Slurm's own names of the clusters on which the jobs ran. */
    slurm: z.array(z.string()),
    /** Resources that jobs held, by Slurm's names. */
    devices: z.array(z.string()),
  })
  .meta({ id: 'MeteringReading' });

const job = z.string().regex(/^\d{1,10}$/, 'must be the number of a job');

const measured = {
  device: z
    .string()
    .regex(/^[a-z]+(\/[\w.-]+(:[\w.-]+)?)?$/, "must be Slurm's name of a resource, such as gres/gpu")
    .max(100),
  /** Numbers of jobs or job arrays by submission. */
  submissions: z.record(id, z.array(job).max(1000)).default({}),
};
export const previewWanted = z.strictObject(measured);

export const preview = z
  .object({
    usages: z.array(
      z.object({
        id: z.string(),
        consortium: z.string(),
        /** Null: of the jobs that no submission names. */
        submission: z.string().nullable(),
        /** Hours in the log; null: none yet. */
        before: z.number().nullable(),
        deviceHours: z.number(),
        jobs: z.int(),
        /** Whether it would be recorded: the log does not have it with these values. */
        fresh: z.boolean(),
        /** Entry that it replaces. */
        seq: z.int().nullable(),
      }),
    ),
    /** Submissions made on the cluster in these days whose jobs are not named: their makers' word counts beside this. */
    unnamed: z.array(z.string()),
    /** Jobs that no submission names, the longest first; of many only the first. */
    loose: z.array(
      z.object({
        consortium: z.string(),
        id: z.string(),
        array: z.string().nullable(),
        start: z.string(),
        end: z.string(),
        hours: z.number(),
      }),
    ),
    looseCount: z.int(),
  })
  .meta({ id: 'MeteringPreview' });

export const meteringWanted = z.strictObject({
  ...measured,
  /** Entries that the usages replace, as the preview had them. */
  seen: z.record(id, z.int().min(1).nullable()),
});

export const metered = z.object({
  /** Signed and recorded now. */
  recorded: z.int(),
  unnamed: z.array(z.string()),
});
