// The access to a cluster: its form in a catalogue, and the error where a catalogue has none. A catalogue comes from other people, so
// its names are used in commands only if they have no special characters.

import { z } from 'zod';
import { idSchema, nearestNameHints } from '../../formats/index.ts';
import { sbatchOptionsSchema } from '../launch/sbatch-options.ts';
import { addressOf } from '../launch/slurmrestd-address.ts';
import { kindOf, knownNames } from './faults.ts';
import { noCluster, notReached } from './refusals.ts';
import type { Catalogue, Cluster, ClusterAccess } from './types.ts';

const NAME_CHARACTERS = 'letters, digits, dots, hyphens and underscores';
const plain = (form: RegExp, message: string) => z.string().regex(form, message);

const PLACE = /^(\/(?!\.{1,2}(\/|$))[\w.+-]+)+$/;
const PLACE_MESSAGE = 'must be an absolute path of letters, digits, dots, pluses, hyphens and underscores';

export const accessSchema = z.strictObject({
  scheduler: z.literal('slurm'),
  /** Checked by `isAddress`: an error from this schema would show the text, which may hold a password. */
  slurmrestd: z.string().max(200).optional(),
  partition: plain(/^\w[\w.-]{0,63}$/, `must be the name of one partition: ${NAME_CHARACTERS}`).optional(),
  login: plain(/^[a-z\d]([a-z\d.-]{0,251}[a-z\d])?$/i, 'must be the name of a host').optional(),
  /** The way by OpenSSH: a host as ssh(1) takes it, the folder of runs there, and Jikji's launcher there. */
  ssh: z
    .strictObject({
      host: plain(/^([a-z_][\w-]{0,31}@)?[a-z\d][a-z\d_.-]{0,251}$/i, 'must be a host of your ssh configuration'),
      folder: plain(PLACE, PLACE_MESSAGE),
      jikji: plain(PLACE, PLACE_MESSAGE),
    })
    .optional(),
  /** What a gigabyte (10^9 bytes) costs that leaves the cluster. */
  egress: z
    .strictObject({
      price: z.number().min(0).max(1e6),
      currency: plain(/^[A-Z]{3}$/, 'must be a currency of three capitals, such as USD'),
    })
    .optional(),
  /** Accounts by consortium. Slurm writes account names in small letters. */
  accounts: z
    .record(idSchema, plain(/^[a-z\d][a-z\d_.-]{0,63}$/, `must be the name of an account: small ${NAME_CHARACTERS}`))
    .refine((accounts) => new Set(Object.values(accounts)).size === Object.keys(accounts).length, {
      error: 'names an account twice: each belongs to one consortium',
    })
    .default({}),
  /** Options of sbatch that every job gets, unless its user gives others. */
  options: sbatchOptionsSchema.default({}),
});

/** Whether a catalogue may name this slurmrestd: a socket, or https, so that the network does not see a token. */
export function isAddress(text: string): boolean {
  const address = addressOf(text);
  return (
    address !== undefined && ('socket' in address ? /^[\w./+-]{1,107}$/.test(address.socket) : /^https:/.test(text))
  );
}

export const accessOf = (given: z.output<typeof accessSchema>): ClusterAccess => ({
  scheduler: given.scheduler,
  slurmrestd: given.slurmrestd ?? null,
  partition: given.partition ?? null,
  login: given.login ?? null,
  ssh: given.ssh ?? null,
  egress: given.egress ?? null,
  accounts: new Map(Object.entries(given.accounts)),
  options: given.options,
});

/**
 * A cluster by its name, with its access.
 * @throws JikjiError `cluster-unknown`, `cluster-not-reached`
 */
export function reachedCluster({ clusters }: Catalogue, name: string): Cluster & { reached: ClusterAccess } {
  const cluster = clusters.get(name);
  if (!cluster) {
    const names = [...clusters.keys()];
    const known =
      names.length > 0
        ? knownNames(kindOf('compute'), names)
        : { en: 'name its catalogue: --catalogue FILE', ko: '목록 파일을 지정하십시오: --catalogue FILE' };
    throw noCluster(name, nearestNameHints(name, names, known));
  }
  const { reached } = cluster;
  if (reached) return { ...cluster, reached };
  throw notReached(name);
}
