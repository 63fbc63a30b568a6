// Transport to Slurm by its commands: sbatch, squeue, sacct, scancel, sinfo.

import { JikjiError } from '../../base/index.ts';
import { jobPaths } from './job-folder.ts';
import { readJobs, readNodeGroups } from './slurm-answers.ts';
import { runSlurm } from './slurm-command.ts';
import type { SlurmTransport } from './slurm-transport.ts';

export const commandTransport: SlurmTransport = {
  async submit({ folder }) {
    const answer = await runSlurm('sbatch', ['--parsable', jobPaths(folder).script]);
    const id = /^(\d+)(;|$)/m.exec(answer)?.[1]; // with several clusters, `;CLUSTER` follows
    if (id !== undefined) return id;
    throw new JikjiError('slurm-strange-answer', 'sbatch prints no job number', answer.trim(), 'see squeue --me');
  },

  async jobs(id) {
    const filter = id === undefined ? [] : [`--jobs=${id}`];
    return readJobs(await runSlurm('squeue', ['--json', '--states=all', ...filter]), 'squeue --json');
  },

  async past(id) {
    const args = ['-X', '--noheader', '--parsable2', `--jobs=${id}`, '--format=JobID,State,ExitCode'];
    return (await runSlurm('sacct', args)).split('\n').flatMap((row) => {
      // "7|COMPLETED|0:0", "7_2|CANCELLED by 1000|0:15", "7_[3-9]|CANCELLED by 1000|0:0"
      const [, element, state, code] = /^\d+(?:_(?:(\d+)|\[.*\]))?\|(\w+).*\|(\d+):/.exec(row) ?? [];
      if (state === undefined) return [];
      return [{ element: element === undefined ? null : Number(element), state, exitCode: Number(code) }];
    });
  },

  async cancel(id) {
    await runSlurm('scancel', [id]);
  },

  async nodeGroups() {
    return readNodeGroups(await runSlurm('sinfo', ['--all', '--json']));
  },

  async defaultPartition() {
    // JSON does not mark it; in this format a star follows its name.
    const names = (await runSlurm('sinfo', ['--all', '--noheader', '--format=%P'])).split('\n');
    return names.find((name) => name.endsWith('*'))?.slice(0, -1) ?? null;
  },
};
