// Slurm accounts for allotments on a cluster: the account of a consortium, and its hours on a day. Knows no command of Slurm.

import type { Cluster } from '../../fleet/index.ts';
import { accountsOf } from '../../reliance/index.ts';
import type { Tables } from '../state/index.ts';
import { activeOf } from './chain.ts';
import { allotmentsOf } from './rows.ts';

/** The account of a consortium by the catalogue; by default its own name. */
export const slurmAccountOf = ({ reached }: Cluster, consortium: string): string =>
  reached?.accounts.get(consortium) ?? consortium;

export interface SlurmAccount {
  consortium: string;
  account: string;
  /** Device-hours in the period of the day; 0 outside all periods. */
  hours: number;
  /** First and last day of that period. */
  period: { from: string; to: string } | null;
}

/** Accounts of the active consortia with any allotment on this cluster. */
export function slurmAccounts(tables: Tables, cluster: Cluster, day: string): SlurmAccount[] {
  const active = new Set(activeOf(tables));
  const periods = accountsOf(allotmentsOf(tables), []).filter((one) => one.cluster === cluster.id);
  const consortia = new Set(periods.map(({ consortium }) => consortium));
  return [...consortia]
    .filter((consortium) => active.has(consortium))
    .map((consortium) => {
      const now = periods.find((one) => one.consortium === consortium && one.from <= day && day <= one.to);
      return {
        consortium,
        account: slurmAccountOf(cluster, consortium),
        hours: now?.allotted ?? 0,
        period: now ? { from: now.from, to: now.to } : null,
      };
    });
}
