// Options and result of an evaluation. Data only.

import type { Signer } from '../../ledger/index.ts';

export interface EvaluateOptions {
  /** A run folder or a Hugging Face model folder. */
  model: string;
  /** Task files, names of shipped tasks, or names of a run's held-out sets; empty: all held-out sets of the run. */
  tasks: readonly string[];
  /** Scores the first `limit` items of each task only. */
  limit?: number | undefined;
  threads: number;
  /** Path of the statement: a file (.json) for one task, or a folder; default: `evaluations` in the run's folder. */
  out?: string | undefined;
  /** Path of the results in lm-evaluation-harness's form. */
  peers?: string | undefined;
  /** Also returns the value of each item, for metrics that are a mean of items. */
  items?: boolean | undefined;
  /** Path of these values as JSON lines: one for each item of each task. */
  itemsOut?: string | undefined;
  /** The digest (SHA-256) that each task must have. */
  taskDigest?: string | undefined;
  /** Called before the work begins if a statement is to be signed; without it no statement is written. */
  signer?: () => Promise<Signer>;
  onProgress?: (progress: EvaluateProgress) => void;
  onNote?: (note: string) => void;
  signal?: AbortSignal | undefined;
}

export interface EvaluateProgress {
  task: string;
  /** Number of the task, from 1, and of all tasks. */
  number: number;
  count: number;
  /** Finished share of this task, 0 to 1, and tokens computed for all tasks. */
  fraction: number;
  tokens: number;
}

export interface EvaluateResult {
  model: string;
  /** The model's digest. */
  digest: string;
  results: {
    task: string;
    /** The part of the task; undefined for the whole task. */
    part?: string;
    metric: string;
    /** Null where it is not finite. */
    value: number | null;
    stderr: number | null;
    n: number;
    /** Values in the order of the task; only with `items` and for a metric that is their mean. */
    items?: number[];
    /** The cluster of each item, where the task names them. */
    clusters?: number[];
  }[];
  /** Paths of the statements written. */
  statements: string[];
  tokens: number;
  seconds: number;
}
