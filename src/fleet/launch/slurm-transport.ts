// The interface to Slurm that the launcher needs, by commands or by slurmrestd.

import type { Job } from './launcher.ts';
import type { NodeGroup, SlurmJob } from './slurm-answers.ts';
import type { PastJob } from './slurmrestd-answers.ts';

/**
 * All of it throws JikjiError where Slurm cannot be asked, and SlurmRefusal (slurm-command.ts) with Slurm's words where it says no: these
 * are the same in both.
 */
export interface SlurmTransport {
  /** Submits the script that lies in the job's folder; the job's number. */
  submit(job: Job): Promise<string>;
  /** All jobs that the controller remembers, ended ones too, or the one with this number, or its elements. SlurmRefusal: it knows no such job. */
  jobs(id?: string): Promise<SlurmJob[]>;
  /**
   * A job of this number by the accounting, or its elements; what was queued again is there several times, its last run last. SlurmRefusal:
   * most often there is no accounting.
   */
  past(id: string): Promise<PastJob[]>;
  /** Has a job ended; returns before it has. One that has just ended is no error. */
  cancel(id: string): Promise<void>;
  /** Each partition by the states of its nodes. */
  lines(): Promise<NodeGroup[]>;
  /** The partition of jobs that name none; null where there is none, undefined where this transport is not told. */
  defaultPartition(): Promise<string | null | undefined>;
}
