// Readings of Slurm's accounting, in child processes, for metering from a server.
export { hasSacct, type Reading, Readings } from './readings.ts';
