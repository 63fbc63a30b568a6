// Chooses the transport to Slurm: slurmrestd if its address is given, else Slurm's commands.

import type { Job } from './launcher.ts';
import { commandTransport } from './slurm-by-command.ts';
import { restTransport } from './slurm-by-rest.ts';
import type { SlurmTransport } from './slurm-transport.ts';

/** @param slurmrestd `slurmrestd` of a job */
export const slurmTransport = (slurmrestd: Job['slurmrestd'] = process.env.JIKJI_SLURMRESTD): SlurmTransport =>
  slurmrestd ? restTransport(slurmrestd) : commandTransport;
