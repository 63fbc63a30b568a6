// How a cluster is reached: what a catalogue may say of that, and what is said where it does not. A catalogue comes from other people,
// so a name in it becomes a word of a command only where it is a plain one.

import { z } from 'zod';
import { JikjiError } from '../../base/index.ts';
import { idSchema, nearestNameHint } from '../../formats/index.ts';
import { addressOf } from '../launch/slurmrestd-address.ts';
import type { Catalogue, Cluster, ClusterAccess } from './types.ts';

const HINT = 'letters, digits, dots, hyphens and underscores';
const plain = (form: RegExp, message: string) => z.string().regex(form, message);

export const accessSchema = z.strictObject({
  scheduler: z.literal('slurm'),
  /** Looked at by `isAddress`: a complaint here would show what is written, and that may have a password in it. */
  slurmrestd: z.string().max(200).optional(),
  partition: plain(/^\w[\w.-]{0,63}$/, `must be the name of one partition: ${HINT}`).optional(),
  login: plain(/^[a-z\d]([a-z\d.-]{0,251}[a-z\d])?$/i, 'must be the name of a host').optional(),
  /** By consortium. Slurm writes names of accounts in small letters. */
  accounts: z
    .record(idSchema, plain(/^[a-z\d][a-z\d_.-]{0,63}$/, `must be the name of an account: small ${HINT}`))
    .refine((accounts) => new Set(Object.values(accounts)).size === Object.keys(accounts).length, {
      error: 'names an account twice: each is of one consortium',
    })
    .default({}),
});

/** Of what a catalogue may name: a socket, or an address at which a token is not seen by the network. */
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
  accounts: new Map(Object.entries(given.accounts)),
});

/**
 * A cluster by its name, with how it is reached.
 * @throws JikjiError `cluster-unknown`, `cluster-not-reached`
 */
export function reachedCluster({ clusters }: Catalogue, name: string): Cluster & { reached: ClusterAccess } {
  const cluster = clusters.get(name);
  if (!cluster) {
    const names = [...clusters.keys()];
    const some =
      names.length > 0 ? `there are: ${names.slice(0, 8).join(', ')}` : 'say which one has it: --catalogue FILE';
    const hint = nearestNameHint(name, names, some);
    throw new JikjiError('cluster-unknown', 'no catalogue has a cluster of this name', name, hint);
  }
  const { reached } = cluster;
  if (reached) return { ...cluster, reached };
  throw new JikjiError(
    'cluster-not-reached',
    'the catalogue does not say how this cluster is reached',
    name,
    "a catalogue says it by the cluster's key reached; on its own login node --on slurm will do",
  );
}
