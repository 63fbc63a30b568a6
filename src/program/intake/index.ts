// Submissions come into a programme: taken in, audited and evaluated in processes of their own, recorded in the log.
export { modelOf } from './paths.ts';
export { submit } from './submit.ts';
export { type IntakeEvent, type WorkCounts, work } from './work.ts';
