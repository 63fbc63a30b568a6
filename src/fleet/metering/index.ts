// Metering: what Slurm's accounting says that jobs used, and why it lets others wait.
export { checkDevice, deviceSeconds } from './device-time.ts';
export { limitWords } from './limits.ts';
export { jobsOfAccount, type RanJob } from './sacct.ts';
