// Checks options of sbatch against the cluster, where Slurm says what there is, and explains its refusals of them. Does not know their
// form (sbatch-options.ts), nor whether a job fits into a partition.

import { type ErrorCode, JikjiError } from '../../base/index.ts';
import { nearestNameHint } from '../../formats/index.ts';
import type { Job } from './launcher.ts';
import { checkSbatchOption, type SbatchOptionName } from './sbatch-options.ts';
import type { SlurmRefusal } from './slurm-command.ts';
import type { SlurmTransport } from './slurm-transports.ts';

/** The most names that a hint lists. */
const MAX_NAMES = 20;

function hintOf(name: string, names: readonly string[], none: string): string {
  if (names.length === 0) return none;
  return nearestNameHint(name, names, `there are: ${names.slice(0, MAX_NAMES).join(', ')}`);
}

/**
 * Checks what sbatch itself would let pass or refuse without saying which names there are: without AccountingStorageEnforce=qos, Slurm
 * takes a job of a quality of service that does not exist.
 * @throws JikjiError `slurm-option`, `slurm-unknown-qos`, `slurm-unknown-reservation`
 */
export async function checkOptions({ options = {} }: Job, transport: SlurmTransport): Promise<void> {
  for (const [name, text] of Object.entries(options)) if (text !== undefined) checkSbatchOption(name, text);
  const { qos, reservation } = options;
  const qualities = qos === undefined ? undefined : await transport.qualities();
  if (qos !== undefined && qualities?.includes(qos) === false) {
    const hint = hintOf(qos, qualities, 'leave it out');
    throw new JikjiError('slurm-unknown-qos', 'Slurm has no such quality of service', `--qos ${qos}`, hint);
  }
  if (reservation === undefined) return;
  const there = await transport.reservations();
  const missing = reservation.split(',').find((name) => !there.includes(name));
  if (missing === undefined) return;
  const hint = hintOf(missing, there, 'there is none that you may use; Slurm forgets one that is over');
  const message = 'Slurm has no such reservation, or it is over';
  throw new JikjiError('slurm-unknown-reservation', message, `--reservation ${missing}`, hint);
}

/** Slurm's messages, the option that they are about, and the errors that they mean. */
const REFUSALS: readonly [RegExp, SbatchOptionName, code: ErrorCode, message: string, hint: string][] = [
  [
    /invalid qos/i,
    'qos',
    'slurm-unknown-qos',
    'Slurm does not let you use this quality of service',
    'sacctmgr show assoc user=$USER format=account,qos lists yours',
  ],
  [
    /reservation/i,
    'reservation',
    'slurm-unknown-reservation',
    'Slurm does not let you use this reservation',
    'scontrol show reservation says whose it is, and when',
  ],
  [/invalid node name/i, 'exclude', 'slurm-unknown-node', 'Slurm has no such node', 'sinfo -N lists the nodes'],
  [
    /invalid feature/i,
    'constraint',
    'slurm-unknown-feature',
    'no node has these features, or they are joined wrongly',
    "sinfo --format='%f %N' lists them; a number of nodes stands in brackets: [first*1&second*2]",
  ],
  [
    /generic resource|invalid gres/i,
    'gres',
    'slurm-unknown-gres',
    'Slurm has no such resource',
    "sinfo --format='%G %N' lists them",
  ],
];

/** The error for a refusal that is about an option of the job; undefined for another refusal. */
export function optionError({ options = {} }: Job, { message, output }: SlurmRefusal): JikjiError | undefined {
  for (const [pattern, name, code, words, hint] of REFUSALS) {
    if (options[name] !== undefined && pattern.test(output))
      return new JikjiError(code, words, `--${name} ${options[name]}`, hint);
  }
  const asked = Object.entries(options).flatMap(([name, text]) => (text === undefined ? [] : [`--${name} ${text}`]));
  if (asked.length === 0 || !/node configuration is not available/i.test(message)) return undefined;
  const hint = `it asks for ${asked.join(' ')}: ask for less, or leave one out`;
  return new JikjiError('slurm-no-such-nodes', 'no nodes together have what the job asks for', message, hint);
}
