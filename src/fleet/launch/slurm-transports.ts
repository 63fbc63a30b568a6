// By which of its transports Slurm is asked: its own commands, or slurmrestd where somebody says where that listens.

import type { Job } from './launcher.ts';
import { byCommand } from './slurm-by-command.ts';
import { byRest } from './slurm-by-rest.ts';
import type { SlurmTransport } from './slurm-transport.ts';

/** `slurmrestd` as a job has it. */
export const slurmTransport = (slurmrestd: Job['slurmrestd'] = process.env.JIKJI_SLURMRESTD): SlurmTransport =>
  slurmrestd ? byRest(slurmrestd) : byCommand;
