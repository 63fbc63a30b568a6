// What the evaluation of a submission is asked, what it tells task by task, and what that comes to in the log.

import type { Failure } from '../../apart/index.ts';
import { sha256Hex } from '../../ledger/index.ts';
import type { Proposal, Tables } from '../state/index.ts';

export interface EvaluateWork {
  files: string;
  digest: string;
  tasks: { task: string; metric: string; digest: string | null }[];
}

export interface Result {
  value: number;
  stderr: number | null;
  n: number;
  items: number[] | null;
}

/** A task that gave no value, and why. */
export interface Missing {
  task: string;
  metric: string;
  code: string;
  message: string;
}

export type TaskProgress = Named & ({ result: Result } | { failure: Omit<Failure, 'hint'> });

interface Named {
  task: string;
  metric: string;
}

/** The same for the same, so that none is written twice. */
const evaluationId = (submission: string, { task, metric }: Named): string =>
  `e-${sha256Hex(JSON.stringify([submission, task, metric])).slice(0, 40)}`;

export const isEvaluated = (tables: Tables, submission: string, task: Named): boolean =>
  tables.get('evaluations', evaluationId(submission, task)) !== undefined;

export const evaluated = (
  submission: string,
  { task, metric }: Named,
  { value, stderr, n, items }: Result,
): Proposal => ({
  kind: 'submission-evaluated',
  data: {
    id: evaluationId(submission, { task, metric }),
    submission,
    task,
    metric,
    value,
    stderr,
    n,
    items,
  },
});
