// Metering: the usage of jobs from Slurm's accounting.
export { checkDevice, deviceSeconds } from './device-time.ts';
export { checkAccounts, isAccountName, jobsOfAccount, type RanJob, readSacct, sacctCommand } from './sacct.ts';
