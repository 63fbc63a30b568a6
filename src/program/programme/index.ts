// An open programme: its state, and writing to its log.
export { submissionOfJob } from './jobs.ts';
export { Programme, type Proposed, type Where } from './programme.ts';
export { verifyLog } from './read-log.ts';
