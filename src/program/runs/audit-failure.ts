// Why an audit has no result, by how its process ended.

import type { ChildOutcome } from '../../apart/index.ts';
import type { Failure } from '../../base/index.ts';
import * as refuse from './refusals.ts';

const FAILURES = {
  'too-long': refuse.auditTooLong,
  'too-big': refuse.auditTooBig,
  stopped: refuse.auditStopped,
  crashed: refuse.auditCrashed,
};

/** @param changed whether the run's files changed meanwhile */
export function failureOf(ended: ChildOutcome<unknown>, changed: boolean, input: string): Failure {
  if (ended.how === 'failed' && !changed) return ended.failure;
  const isChanged = changed || ended.how === 'done' || ended.how === 'failed';
  return (isChanged ? refuse.runChanged : FAILURES[ended.how])(input).failure;
}
