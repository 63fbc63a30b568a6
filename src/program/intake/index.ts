// Submissions come into a programme: taken in, audited and evaluated in processes of their own, recorded in the log. Other rooms
// have work done in such processes too.
export {
  type ChildLimits,
  childScript,
  type Ended,
  killGroup,
  MOST_BYTES,
  runChild,
  startChild,
  watchMemory,
} from './child.ts';
export type { Missing } from './evaluation.ts';
export { modelOf } from './places.ts';
export { type SubmitOptions, type Submitted, submit } from './submit.ts';
export { answer, endWithParent, type Failure, failureOf, type Said } from './talk.ts';
export { type IntakeEvent, type WorkCounts, type WorkOptions, work } from './work.ts';
