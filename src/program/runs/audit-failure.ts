// Why an audit has no result, by how its process ended.

import type { ChildOutcome } from '../../apart/index.ts';
import type { ErrorCode, Failure } from '../../base/index.ts';

const FAILURES = {
  // Done, but the run changed.
  done: ['run-changed', 'the run changed while it was audited', 'audit it when no process writes it'],
  'too-long': ['audit-too-long', 'the audit took longer than a day', 'audit it on the command line: jikji audit'],
  'too-big': ['audit-too-big', 'the audit took more memory than there is for one', 'use a larger machine'],
  stopped: ['interrupted', 'the audit was stopped', 'start it again: an audit leaves nothing behind'],
  crashed: ['audit-crashed', 'the audit ended unexpectedly', 'run jikji audit on this run'],
} as const satisfies Record<string, [code: ErrorCode, message: string, hint: string]>;

/** @param changed whether the run's files changed meanwhile */
export function failureOf(ended: ChildOutcome<unknown>, changed: boolean, input: string): Failure {
  if (ended.how === 'failed' && !changed) return ended.failure;
  const [code, message, hint] = FAILURES[changed || ended.how === 'failed' ? 'done' : ended.how];
  return { code, message, input, hint };
}
