// The interface to Slurm that the launcher needs; implemented by commands and by slurmrestd.

import type { Job } from './launcher.ts';
import type { NodeGroup, SlurmJob } from './slurm-answers.ts';
import type { PastJob } from './slurmrestd-answers.ts';

/**
 * Every method throws JikjiError if Slurm cannot be asked, and SlurmRefusal (slurm-command.ts) with Slurm's message; both transports
 * throw the same ones.
 */
export interface SlurmTransport {
  /** Submits the script in the job's folder; returns the job number. */
  submit(job: Job): Promise<string>;
  /** The jobs that the controller knows, ended ones too; with `id` that job or its elements. Refused if there is no such job. */
  jobs(id?: string): Promise<SlurmJob[]>;
  /**
   * A job or its elements in the accounting, in the order of their runs; each requeue adds a row. Usually refused, because there is
   * no accounting.
   */
  past(id: string): Promise<PastJob[]>;
  /** Ends a job; returns before it has ended. A job that has just ended is not an error. */
  cancel(id: string): Promise<void>;
  nodeGroups(): Promise<NodeGroup[]>;
  /** The default partition; null if there is none, undefined if this transport cannot know it. */
  defaultPartition(): Promise<string | null | undefined>;
}
