// The transport to Slurm that the launcher needs: slurmrestd if its address is given, else the commands sbatch, squeue, sacct, scancel, sinfo.

import { readFileSync } from 'node:fs';
import { JikjiError } from '../../base/index.ts';
import { jobPaths } from './job-folder.ts';
import type { Job } from './launcher.ts';
import type { NodeGroup, SlurmJob } from './slurm-answers.ts';
import { readJobs, readNodeGroups } from './slurm-answers.ts';
import { runSlurm, SlurmRefusal } from './slurm-command.ts';
import { restDescription, sbatchArguments } from './slurm-options.ts';
import { slurmrestd } from './slurmrestd.ts';
import type { PastJob } from './slurmrestd-answers.ts';
import { readNames, readNumber, readPartitions, readPast } from './slurmrestd-answers.ts';

const linesOf = (answer: string): string[] => answer.split('\n').filter((line) => line !== '');

const commandTransport: SlurmTransport = {
  async submit(job) {
    const answer = await runSlurm('sbatch', ['--parsable', ...sbatchArguments(job), jobPaths(job.folder).script]);
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

  async qualities() {
    try {
      return linesOf(await runSlurm('sacctmgr', ['--noheader', '--parsable2', 'show', 'qos', 'format=name']));
    } catch {
      return undefined; // usually there is no accounting
    }
  },

  async reservations() {
    const answer = await runSlurm('scontrol', ['--oneliner', 'show', 'reservation']);
    return linesOf(answer).flatMap((line) => /^ReservationName=(\S+)/.exec(line)?.[1] ?? []);
  },

  async defaultPartition() {
    // JSON does not mark it; in this format a star follows its name.
    const names = (await runSlurm('sinfo', ['--all', '--noheader', '--format=%P'])).split('\n');
    return names.find((name) => name.endsWith('*'))?.slice(0, -1) ?? null;
  },
};

/** The submitter's environment without the token: sbatch passes it too. */
const environment = (): string[] =>
  Object.entries(process.env).flatMap(([name, text]) => (name === 'SLURM_JWT' ? [] : [`${name}=${text}`]));

/** @param address the form of JIKJI_SLURMRESTD */
function restTransport(address: string): SlurmTransport {
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

    async qualities() {
      try {
        return readNames(await ask('GET', 'slurmdb/VERSION/qos/'), 'qos');
      } catch {
        return undefined;
      }
    },

    async reservations() {
      return readNames(await ask('GET', 'slurm/VERSION/reservations/'), 'reservations');
    },

    async defaultPartition() {
      return undefined; // no data parser up to v0.0.42 marks it
    },
  };
}

/**
 * Every method throws JikjiError if Slurm cannot be asked, and SlurmRefusal (slurm-command.ts) with Slurm's message; both transports
 * throw the same ones.
 */
export interface SlurmTransport {
  /** Submits the script in the job's folder; returns the job number. */
  submit(job: Job): Promise<string>;
  /** The jobs that the controller knows, ended ones too; with `id` that job or its elements. Refused if there is no such job. */
  jobs(id?: string): Promise<SlurmJob[]>;
  /**
   * A job or its elements in the accounting, in the order of their runs; each requeue adds a row. Usually refused, because there is
   * no accounting.
   */
  past(id: string): Promise<PastJob[]>;
  /** Ends a job; returns before it has ended. A job that has just ended is not an error. */
  cancel(id: string): Promise<void>;
  nodeGroups(): Promise<NodeGroup[]>;
  /** The names of qualities of service; undefined if there is no accounting that knows them. */
  qualities(): Promise<string[] | undefined>;
  /** The names of reservations that are not over. */
  reservations(): Promise<string[]>;
  /** The default partition; null if there is none, undefined if this transport cannot know it. */
  defaultPartition(): Promise<string | null | undefined>;
}

/** @param slurmrestd `slurmrestd` of a job */
export const slurmTransport = (slurmrestd: Job['slurmrestd'] = process.env.JIKJI_SLURMRESTD): SlurmTransport =>
  slurmrestd ? restTransport(slurmrestd) : commandTransport;
