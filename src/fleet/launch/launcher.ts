// The interface of launchers: submit a job, report its state, cancel it. A job is a process on this machine or a job of a scheduler.
// Knows nothing of recipes: a job is a command, its size, and a folder.

import { z } from 'zod';
import type { SbatchOptions } from './sbatch-options.ts';

export interface Job {
  /** Name in the queue. */
  name: string;
  /** Absolute path of the job's folder, the same on all its nodes. Holds script, output and record. */
  folder: string;
  /** Started once per rank in the submitter's working folder; the first word is an absolute path. */
  command: readonly string[];
  nodes: number;
  ranksPerNode: number;
  /** Threads of each rank. */
  threads: number;
  /** Minutes. Shortly before the limit the command gets SIGUSR2, and the job is queued again. */
  timeLimit?: number | undefined;
  partition?: string | undefined;
  account?: string | undefined;
  /** More options of sbatch, for Slurm only. */
  options?: SbatchOptions | undefined;
  /** Address of slurmrestd; null: Slurm's commands; undefined: JIKJI_SLURMRESTD. */
  slurmrestd?: string | null | undefined;
  /**
   * Number of elements: starts of the command, each of the whole size, with its number (from 0) in JIKJI_ELEMENT, its output and its
   * outcome. They run in parallel if there is room. Undefined: one start without a number.
   */
  elements?: number | undefined;
  /** Starts when these jobs are done; is cancelled if one of them fails. */
  after?: readonly JobRecord[] | undefined;
  /**
   * Absolute path of the folder from which the command resumes. A session that ends early, by its time limit or killed, is queued again
   * if it changed a file name in there; otherwise another session would not help. null: it cannot resume, and is never queued again.
   */
  progress?: string | null | undefined;
  /** Text in the output that means that a rank was lost. The job is then queued again: the rank may be back. */
  lost?: string | undefined;
}

const MAX_ELEMENTS = 10_000;

/** `job.json` in a job's folder. Other people may have written it, so the number of elements is bounded. */
export const jobRecordSchema = z.object({
  formatVersion: z.literal(1),
  launcher: z.enum(['local', 'slurm']),
  /** The scheduler's job number, or the process id. */
  id: z.string().regex(/^\d{1,10}$/),
  name: z.string(),
  folder: z.string(),
  elements: z.int().min(1).max(MAX_ELEMENTS).optional(),
  /** ISO 8601. */
  submitted: z.string(),
  /** `slurmrestd` of the job, for later requests. Holds no secret. */
  slurmrestd: z.string().max(300).nullable().optional(),
  /** `options` of the job, for the next one. Checked where they are used. */
  options: z.record(z.string().max(100), z.string().max(1000)).optional(),
});

/** The record of a submitted job. */
export interface JobRecord extends z.infer<typeof jobRecordSchema> {
  /** The folder's path at the submission, if it was moved since. */
  submittedIn?: string | undefined;
}

export interface JobReport {
  /** `lost`: ended, outcome unknown. A job that is ending counts as running. */
  state: 'waiting' | 'running' | 'done' | 'failed' | 'cancelled' | 'lost';
  /** Why it waits or how it ended, in the launcher's words; null if there is no reason. */
  why: string | null;
  /** Exit code of a job that was not cancelled or lost; null otherwise, or if it is not known. */
  exitCode: number | null;
  /** Node names in the launcher's form; empty before it runs. */
  nodes: string;
  /** Expected start of a waiting job, ISO 8601; null if not known. */
  expectedStart: string | null;
  /** Reports of the elements, in order; undefined without elements. The other members summarise them. */
  elements?: readonly JobReport[] | undefined;
}

export interface Launcher {
  readonly name: JobRecord['launcher'];
  /**
   * Checks a job without submitting it; `submit` does this first.
   * @throws JikjiError if the job could never run
   */
  check(job: Job): Promise<void>;
  /**
   * Writes the job's script into its folder and submits it.
   * @throws JikjiError if it cannot be submitted; then no file of it stays
   */
  submit(job: Job): Promise<JobRecord>;
  /** The state of a job, also of one that another process submitted. @throws JikjiError if the launcher does not answer */
  report(record: JobRecord): Promise<JobReport>;
  /** Ends a job, with time to save its state, and returns once it has ended. A job that has ended already stays as it is. */
  cancel(record: JobRecord): Promise<JobReport>;
}

export const hasEnded = ({ state }: JobReport): boolean => state !== 'waiting' && state !== 'running';

/** The state of a job is the first of these that one of its elements has. */
const STATE_PRECEDENCE = ['running', 'waiting', 'failed', 'lost', 'cancelled', 'done'] as const;

/** The report of a job from those of its elements (at least one). */
export function reportOfElements(elements: readonly JobReport[]): JobReport {
  const [first] = STATE_PRECEDENCE.flatMap((state) => elements.find((element) => element.state === state) ?? []);
  const alike = elements.filter(({ state }) => state === first!.state);
  const nodes = [...new Set(alike.map(({ nodes }) => nodes))].filter((names) => names !== '').join(',');
  const starts = alike.flatMap(({ expectedStart }) => expectedStart ?? []).sort();
  return { ...first!, nodes, expectedStart: starts[0] ?? null, elements };
}
