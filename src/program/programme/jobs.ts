// Reads the input of a programme's jobs. The database does not know its shape, and a job of another release may have any input.

import type { Job } from '../database/index.ts';

/** The submission of a job; undefined if its input names none. */
export function submissionOfJob({ input }: Pick<Job, 'input'>): string | undefined {
  const named = (input as { submission?: unknown } | null)?.submission;
  return typeof named === 'string' ? named : undefined;
}
