// The launchers of jobs behind one interface.

import type { JobRecord, Launcher } from './launcher.ts';
import { localLauncher } from './local.ts';
import { slurmLauncher } from './slurm.ts';

export const LAUNCHERS: Record<JobRecord['launcher'], Launcher> = { local: localLauncher, slurm: slurmLauncher };

/** The launcher that took a job. */
export const launcherOf = ({ launcher }: JobRecord): Launcher => LAUNCHERS[launcher];

export { describeLimit } from './account-limits.ts';
export { type ClusterStatus, clusterStatus, clusterStatusShape } from './cluster-status.ts';
export { jobPaths, readJob } from './job-folder.ts';
export { hasEnded, type Job, type JobRecord, type JobReport, type Launcher } from './launcher.ts';
export { checkSbatchOption, SBATCH_OPTION_NAMES, SBATCH_OPTIONS, type SbatchOptions } from './sbatch-options.ts';
export { errorOf, lastSession, OutputLines } from './session.ts';
export { slurmQueue } from './slurm.ts';
