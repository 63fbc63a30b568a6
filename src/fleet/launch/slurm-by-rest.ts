// Transport to Slurm by slurmrestd. The answers have the form of the commands' --json, but partitions and nodes come separately.

import { readFileSync } from 'node:fs';
import { jobPaths } from './job-folder.ts';
import { readJobs } from './slurm-answers.ts';
import { SlurmRefusal } from './slurm-command.ts';
import { restDescription } from './slurm-options.ts';
import type { SlurmTransport } from './slurm-transport.ts';
import { slurmrestd } from './slurmrestd.ts';
import { readNumber, readPartitions, readPast } from './slurmrestd-answers.ts';

/** The submitter's environment without the token: sbatch passes it too. */
const environment = (): string[] =>
  Object.entries(process.env).flatMap(([name, text]) => (name === 'SLURM_JWT' ? [] : [`${name}=${text}`]));

/** @param address the form of JIKJI_SLURMRESTD */
export function restTransport(address: string): SlurmTransport {
  const ask = (method: 'GET' | 'POST' | 'DELETE', path: string, body?: object) =>
    slurmrestd(address, method, path, body);
  return {
    async submit(job) {
      const script = readFileSync(jobPaths(job.folder).script, 'utf8');
      const request = { ...restDescription(job, process.cwd()), script, environment: environment() };
      return readNumber(await ask('POST', 'slurm/VERSION/job/submit', { job: request }), 'job/submit');
    },

    async jobs(id) {
      const path = id === undefined ? 'jobs/' : `job/${id}`;
      return readJobs(await ask('GET', `slurm/VERSION/${path}`), path);
    },

    async past(id) {
      return readPast(await ask('GET', `slurmdb/VERSION/job/${id}`), `slurmdb job/${id}`);
    },

    async cancel(id) {
      try {
        await ask('DELETE', `slurm/VERSION/job/${id}`);
      } catch (error) {
        if (!(error instanceof SlurmRefusal && /already completing or completed/i.test(error.message))) throw error;
      }
    },

    async nodeGroups() {
      const [partitions, nodes] = await Promise.all([
        ask('GET', 'slurm/VERSION/partitions/'),
        ask('GET', 'slurm/VERSION/nodes/'),
      ]);
      return readPartitions(partitions, nodes);
    },

    async defaultPartition() {
      return undefined; // no data parser up to v0.0.42 marks it
    },
  };
}
