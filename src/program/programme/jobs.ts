// What a programme's jobs are about. The database keeps their input and knows nothing of it; a job of another release may have any.

import type { Job } from '../database/index.ts';

/** The submission that a job was asked for; undefined where its input names none. */
export function submissionOfJob({ input }: Pick<Job, 'input'>): string | undefined {
  const named = (input as { submission?: unknown } | null)?.submission;
  return typeof named === 'string' ? named : undefined;
}
