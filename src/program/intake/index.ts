// Submissions come into a programme: taken in, audited and evaluated in processes of their own, recorded in the log.
export type { Missing } from './evaluation.ts';
export { modelOf } from './places.ts';
export { type SubmitOptions, type Submitted, submit } from './submit.ts';
export { type IntakeEvent, type WorkCounts, type WorkOptions, work } from './work.ts';
