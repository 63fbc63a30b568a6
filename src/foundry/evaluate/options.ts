// What is asked of an evaluation, and what comes of it.

import type { Signer } from '../../ledger/index.ts';

export interface EvaluateOptions {
  /** A run folder or a Hugging Face model folder. */
  model: string;
  /** Task files, names of shipped tasks, names of a run's own sets; empty: all own sets of a run. */
  tasks: readonly string[];
  /** Items of each task that are scored at most: its first ones. */
  limit?: number | undefined;
  threads: number;
  /** Where the statement goes: a file (.json) for one task, or a folder; default: the run's folder `evaluations`. */
  out?: string | undefined;
  /** Where lm-evaluation-harness's form of the results goes. */
  peers?: string | undefined;
  /** What each item gave is handed back too, where a metric is their mean. */
  items?: boolean | undefined;
  /** Where it goes, as JSON lines: one for each item of each task. */
  itemsOut?: string | undefined;
  /** SHA-256 that each task must have, as statements name it. */
  taskDigest?: string | undefined;
  /** Asked for when there is a statement to sign, before the work begins; left out, none is written. */
  signer?: () => Promise<Signer>;
  onProgress?: (progress: EvaluateProgress) => void;
  onNote?: (note: string) => void;
  signal?: AbortSignal | undefined;
}

export interface EvaluateProgress {
  task: string;
  /** Its number, from 1, and how many there are. */
  number: number;
  count: number;
  /** Share of this task that is done, and tokens computed of all of them. */
  fraction: number;
  tokens: number;
}

export interface EvaluateResult {
  model: string;
  /** The model's digest. */
  digest: string;
  results: {
    task: string;
    /** Which part of the task; undefined for all of it. */
    part?: string;
    metric: string;
    /** Null where it is not finite. */
    value: number | null;
    stderr: number | null;
    n: number;
    /** In the order of the task; only where it was asked for, and the metric is their mean. */
    items?: number[];
  }[];
  /** Statements that were written. */
  statements: string[];
  tokens: number;
  seconds: number;
}
