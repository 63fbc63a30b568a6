// A programme that is open: what its log says, and what is written to it.
export { submissionOfJob } from './jobs.ts';
export { Programme, type Proposed, type Where } from './programme.ts';
export { verifyLog } from './read-log.ts';
