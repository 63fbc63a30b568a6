// An open programme: its state, and writing to its log.
export { Programme, type Proposed, submissionOfJob, type Where } from './programme.ts';
export { verifyLog } from './read-log.ts';
