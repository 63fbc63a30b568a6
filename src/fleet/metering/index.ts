// Metering: what Slurm's accounting says that jobs used.
export { checkDevice, deviceSeconds } from './device-time.ts';
export { jobsOfAccount, type RanJob } from './sacct.ts';
