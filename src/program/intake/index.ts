// Submissions: copied, audited and evaluated in child processes, recorded in the log.
export { readApplicationFile, takeApplicationFile } from './application-files.ts';
export { modelOf } from './paths.ts';
export { submit } from './submit.ts';
export { type IntakeEvent, type WorkCounts, work } from './work.ts';
