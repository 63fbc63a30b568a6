// The interface of launchers: submit a job, report its state, cancel it. The same for a process on this machine and for a job of a
// scheduler. Knows nothing of recipes: a job is a command, its size, and a folder.

import { z } from 'zod';

export interface Job {
  /** What people see in the queue. */
  name: string;
  /** Absolute; a folder of the job's own, seen by all its nodes under this name. Script, output and record are kept in it. */
  folder: string;
  /** Started once for each rank, in the working folder of whoever submits it; the first is an absolute path. */
  command: readonly string[];
  nodes: number;
  ranksPerNode: number;
  /** Of each rank. */
  threads: number;
  /** Minutes. Near the end the command is asked to stop (SIGUSR2), and the job is queued again. */
  timeLimit?: number | undefined;
  partition?: string | undefined;
  account?: string | undefined;
  /** Of Slurm: where its slurmrestd listens, null to have it asked by its commands; left out, as JIKJI_SLURMRESTD says. */
  slurmrestd?: string | null | undefined;
  /**
   * How many times the command is started, each told its number, from 0, in JIKJI_ELEMENT: beside one another as there is room, each
   * of the whole size, each with its own output and its own end. Left out: once, and without a number.
   */
  elements?: number | undefined;
  /** Begins when these are done; where one of them fails it is cancelled. */
  after?: readonly JobRecord[] | undefined;
  /**
   * Absolute; what the command goes on from after a stop. A session that changed no name in there came to nothing, and one more
   * would not help: then the job is not queued again. One that did is also where it was killed. null: it goes on from nothing, and is never queued again.
   */
  progress?: string | null | undefined;
  /** Words in its output that say that one of its ranks is gone: it may be there again when the job begins again. */
  lost?: string | undefined;
}

const MAX_ELEMENTS = 10_000;

/** `job.json` in a job's folder. Others may have made it: each element of its job is looked for. */
export const jobRecordSchema = z.object({
  formatVersion: z.literal(1),
  launcher: z.enum(['local', 'slurm']),
  /** The scheduler's number, or that of a process. */
  id: z.string().regex(/^\d{1,10}$/),
  name: z.string(),
  folder: z.string(),
  elements: z.int().min(1).max(MAX_ELEMENTS).optional(),
  /** ISO 8601. */
  submitted: z.string(),
  /** As the job said it: later it is asked for at the same place. It holds no secret. */
  slurmrestd: z.string().max(300).nullable().optional(),
});

/** What is known of a job once it is submitted. */
export interface JobRecord extends z.infer<typeof jobRecordSchema> {
  /** What the folder was called when the job was submitted, where that is another name. */
  submittedIn?: string | undefined;
}

export interface JobReport {
  /** `lost`: it ended, and nobody noted how. A job that is about to end still runs. */
  state: 'waiting' | 'running' | 'done' | 'failed' | 'cancelled' | 'lost';
  /** Why it waits, or why it ended as it did, in the launcher's words; null where there is nothing to say. */
  why: string | null;
  /** Of a job that ended by itself. */
  exitCode: number | null;
  /** Names of nodes as the launcher writes them; empty before it runs. */
  nodes: string;
  /** Of a waiting one where somebody knows, ISO 8601. */
  expectedStart: string | null;
  /** How each element fares, in their order; undefined where there are none. What stands beside it is of all of them. */
  elements?: readonly JobReport[] | undefined;
}

export interface Launcher {
  readonly name: JobRecord['launcher'];
  /**
   * What can be known to be wrong with a job, without submitting it; `submit` asks this first.
   * @throws JikjiError for what no waiting will bring
   */
  check(job: Job): Promise<void>;
  /**
   * Writes the job's script into its folder and submits it.
   * @throws JikjiError where it cannot be submitted; then nothing of it stays
   */
  submit(job: Job): Promise<JobRecord>;
  /** How a job fares, whoever submitted it. @throws JikjiError where the launcher cannot be asked */
  report(record: JobRecord): Promise<JobReport>;
  /** Ends a job, with time to save what it has, and returns when it has ended. One that had ended stays as it was. */
  cancel(record: JobRecord): Promise<JobReport>;
}

export const hasEnded = ({ state }: JobReport): boolean => state !== 'waiting' && state !== 'running';

/** What is said of all elements: of the first whose state says most. All are done when each is. */
const STATE_PRECEDENCE = ['running', 'waiting', 'failed', 'lost', 'cancelled', 'done'] as const;

/** The report of a job by those of its elements, one at least. */
export function reportOfElements(elements: readonly JobReport[]): JobReport {
  const [first] = STATE_PRECEDENCE.flatMap((state) => elements.find((element) => element.state === state) ?? []);
  const alike = elements.filter(({ state }) => state === first!.state);
  const nodes = [...new Set(alike.map(({ nodes }) => nodes))].filter((names) => names !== '').join(',');
  const starts = alike.flatMap(({ expectedStart }) => expectedStart ?? []).sort();
  return { ...first!, nodes, expectedStart: starts[0] ?? null, elements };
}
