// `jikji program accounts`: prints a shell script that sets each consortium's allotment as limits of Slurm accounts. Runs nothing: an
// administrator reads the script first.

import { JikjiError, shellWord } from '../../base/index.ts';
import type { SlurmAccount } from '../../program/index.ts';
import { fleet } from '../rooms.ts';
import { fit } from '../text.ts';
import { hoursText } from './compute.ts';
import { DEVICE_OPTION } from './meter.ts';
import type { NewVerb } from './verb.ts';

/** Resources that Slurm tracks without configuration. */
const TRACKED = /^(cpu|mem|energy|node|billing)$/;

export function addAccounts(verb: NewVerb): void {
  verb('accounts', 'print what gives each consortium an account of Slurm with the hours allotted to it today')
    .example('accounts --on titan > accounts.sh   # read it, then: bash accounts.sh')
    .requiredOption('--on <cluster>', 'a cluster of the catalogue')
    .option(...DEVICE_OPTION)
    .handle(({ on, device }: { on: string; device: string }) => {
      checkDeviceName(device);
      const day = new Date().toISOString().slice(0, 10);
      return async ({ tables, room, nameOf }) => {
        const { checkAccounts } = await fleet();
        room.requireCluster(tables, on);
        const found = room.slurmAccounts(tables, room.catalogueAt(tables)!.catalogue.clusters.get(on)!, day);
        checkAccounts(new Map(found.map(({ consortium, account }) => [consortium, [account]])));
        const accounts = found.map((one) => ({ ...one, name: nameOf(one.consortium) }));
        if (accounts.length === 0)
          throw new JikjiError('nothing-allotted', 'nothing was allotted on this cluster', on, 'see program allot');
        const script = scriptOf(accounts, { on, device, day });
        return { json: { cluster: on, device, day, accounts, script }, lines: [script.trimEnd()] };
      };
    });
}

function checkDeviceName(device: string): void {
  if (/^[a-z]+(\/[\w.-]+(:[\w.-]+)?)?$/.test(device)) return;
  const hint = 'sacctmgr show tres lists them, such as gres/gpu';
  throw new JikjiError('usage', '--device takes the name of a resource of Slurm', `--device ${device}`, hint);
}

function scriptOf(
  accounts: readonly (SlurmAccount & { name: string })[],
  { on, device, day }: { on: string; device: string; day: string },
) {
  const lines = [
    `# What is allotted of ${on} on ${day}, as limits of accounts of Slurm. Read this, then run it on that cluster, as somebody who may`,
    '# change accounts. It may be run again, deletes nothing, and leaves other limits as they are.',
    '# Slurm keeps to it if its slurm.conf says',
    '#   AccountingStorageEnforce=safe      a job begins only where its whole time limit is left',
    ...(TRACKED.test(device) ? [] : [`#   AccountingStorageTRES=${device}`]),
    '#   PriorityType=priority/multifactor  this is what counts the hours',
    '#   PriorityDecayHalfLife=0            else what was used is forgotten, half of it each week',
    '#   PriorityUsageResetPeriod=YEARLY    without one Slurm does not start with that; then all is forgotten on 1 January',
    'set -eu',
    "cluster=$(scontrol show config | sed -n 's/^ClusterName *= *//p')",
    '[ -n "$cluster" ]',
    'has() { [ -n "$(sacctmgr --noheader --parsable2 show assoc "cluster=$cluster" "account=$1" format=account)" ]; }',
  ];
  for (const { name: consortium, account, hours, period } of accounts) {
    const name = shellWord(account);
    const modify = `sacctmgr --immediate modify account where "name=${account}" "cluster=$cluster" set`;
    const what = period
      ? `${hoursText(hours)} hours from ${period.from} to ${period.to}`
      : 'nothing is allotted on this day';
    lines.push(
      '',
      `# ${fit(consortium, 100)}: ${what}`,
      `has ${name} || sacctmgr --immediate add account ${name} "cluster=$cluster"`,
      `${modify} GrpTRESMins=${device}=${Math.floor(60 * hours)}`,
    );
    if (period)
      lines.push(`# What it used before ${period.from} counts too, unless on that day, once: ${modify} RawUsage=0`);
  }
  lines.push('', '# Who may use an account: sacctmgr add user NAME account=ACCOUNT', '');
  return lines.join('\n');
}
