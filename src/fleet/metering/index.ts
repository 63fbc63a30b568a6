// Metering: the usage of jobs from Slurm's accounting.
export { checkDevice, deviceSeconds } from './device-time.ts';
export { jobsOfAccount, type RanJob } from './sacct.ts';
