// Submissions: copied, audited and evaluated in child processes, recorded in the log.
export { type ApplicationFile, readApplicationFile, takeApplicationFile } from './application-files.ts';
export { modelOf } from './paths.ts';
export { submit } from './submit.ts';
export { type IntakeEvent, type WorkCounts, work } from './work.ts';
