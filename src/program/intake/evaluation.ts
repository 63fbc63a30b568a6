// Evaluation of a submission: messages between worker and child, and the entry of a result.

import type { Failure } from '../../base/index.ts';
import { sha256Hex } from '../../ledger/index.ts';
import type { Proposal, Row, Tables } from '../state/index.ts';

export interface EvaluateWork {
  files: string;
  digest: string;
  tasks: (Named & { digest: string | null })[];
}

export type Result = Pick<Row<'evaluations'>, 'value' | 'stderr' | 'n' | 'items' | 'clusters'>;

/** A task that gave no value, and why. */
export interface Missing extends Named {
  code: string;
  message: string;
}

export type TaskProgress = Named & ({ result: Result } | { failure: Omit<Failure, 'hint'> });

type Named = Pick<Row<'evaluations'>, 'task' | 'metric'>;

/** Deterministic, so that no result is written twice. */
const evaluationId = (submission: string, { task, metric }: Named): string =>
  `e-${sha256Hex(JSON.stringify([submission, task, metric])).slice(0, 40)}`;

export const isEvaluated = (tables: Tables, submission: string, task: Named): boolean =>
  tables.get('evaluations', evaluationId(submission, task)) !== undefined;

export const evaluationProposal = (submission: string, { task, metric }: Named, result: Result): Proposal => ({
  kind: 'submission-evaluated',
  data: { id: evaluationId(submission, { task, metric }), submission, task, metric, ...result },
});
