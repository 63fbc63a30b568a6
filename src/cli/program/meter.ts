// `jikji program meter`: records the usage of each consortium's jobs from Slurm's accounting, signed by the office.

import { JikjiError } from '../../base/index.ts';
import { calledAs } from '../called-as.ts';
import { fleet, formats } from '../rooms.ts';
import { table } from '../text.ts';
import { hoursText } from './compute.ts';
import { officeSigner } from './office-key.ts';
import type { OpenProgramme } from './opened.ts';
import type { ActingProgramme, NewVerb } from './verb.ts';

export const DEVICE_OPTION = [
  '--device <resource>',
  "what one device is, by Slurm's name of it; without accelerators: node",
  'gres/gpu',
] as const;

/** Slurm accounts by consortium. */
type Accounts = ReadonlyMap<string, string[]>;

interface Days {
  from: string;
  to: string;
  device: string;
}

interface Options extends Days {
  on: string;
  account?: string[];
  submission?: string[];
}

interface Metering extends Days {
  cluster: string;
  accounts: Accounts;
  submissions: Map<string, string[]>;
}

export function addMeter(verb: NewVerb): void {
  verb('meter', "take what consortia used from Slurm's accounting; the same days metered again count once")
    .example('meter --on titan --from 2026-01-01 --to 2026-01-31 --account han=han-gpu --submission han-1=4711,4712')
    .requiredOption('--on <cluster>', 'a cluster of the catalogue: the one whose Slurm answers here')
    .requiredOption('--from <day>', 'the first day, such as 2026-01-01, in UTC')
    .requiredOption('--to <day>', 'the last day')
    .repeatable(
      '--account <consortium=account>',
      "an account of Slurm's, may be given several times (default: as the catalogue says, else each has one of its own name)",
    )
    .repeatable('--submission <id=jobs>', "these jobs made it: their hours replace its maker's word")
    .option(...DEVICE_OPTION)
    .handle(async ({ on: cluster, from, to, device, account, submission }: Options) => {
      await checkDays(from, to);
      const accounts = pairs('--account', account, 'han=han-gpu');
      const submissions = pairs('--submission', submission, 'han-1=4711,4712');
      return (opened) => meterSlurm(opened, { cluster, from, to, device, accounts, submissions });
    });
}

/** Slurm accounts by consortium: the ones of --account, else those of every active consortium. @throws JikjiError `consortium-unknown` */
function accountsAsked({ tables, room }: OpenProgramme, cluster: string, named: Accounts) {
  const described = room.catalogueAt(tables)!.catalogue.clusters.get(cluster)!;
  const defaults = room.activeOf(tables).map((id): [string, string[]] => [id, [room.slurmAccountOf(described, id)]]);
  const asked = named.size > 0 ? named : new Map(defaults);
  for (const id of asked.keys()) {
    if (tables.get('consortia', id)) continue;
    const hint = `${calledAs()} program status names them`;
    throw new JikjiError('consortium-unknown', 'there is no consortium of this name', id, hint);
  }
  return asked;
}

/** Reads the usage of the accounts from Slurm and records it. */
async function meterSlurm(opened: ActingProgramme, { accounts, ...metering }: Metering) {
  const { cluster, from, to, device } = metering;
  const { tables, room, nameOf, perform } = opened;
  const { checkAccounts, checkDevice, jobsOfAccount, describeLimit, slurmQueue } = await fleet();
  const signer = await officeSigner(tables);
  room.requireCluster(tables, cluster);
  const asked = accountsAsked(opened, cluster, accounts);
  checkAccounts(asked);
  const used = new Map<string, { accounts: string[]; jobs: Awaited<ReturnType<typeof jobsOfAccount>> }>();
  for (const [consortium, accounts] of asked) {
    const jobs = [];
    for (const account of accounts) jobs.push(...(await jobsOfAccount(account, from, to)));
    used.set(consortium, { accounts, jobs });
  }
  const jobs = [...used.values()].flatMap(({ jobs }) => jobs);
  checkDevice(jobs, device);
  const queue = await slurmQueue();
  const metered = await perform('meter', { ...metering, used }, { signer: async () => signer });
  const waiting = [...asked].flatMap(([consortium, accounts]) =>
    queue.flatMap(({ job_id, account, state_reason }) => {
      const why = accounts.includes(account ?? '') ? describeLimit(state_reason ?? '') : undefined;
      return why === undefined ? [] : [{ consortium, job: String(job_id), reason: state_reason, why }];
    }),
  );
  const head = ['consortium', 'submission', 'jobs', 'device-hours', ''];
  const rows = metered.usages.map(({ consortium, submission, jobs, deviceHours, fresh }) => [
    nameOf(consortium),
    submission ?? '',
    String(jobs),
    hoursText(deviceHours),
    fresh ? 'signed' : deviceHours === 0 ? '' : 'as it was metered before',
  ]);
  const isOver = to < new Date().toISOString().slice(0, 10);
  return {
    json: { cluster, from, to, device, ...metered, waiting },
    lines: [
      `Hours of ${device} on ${cluster}, from ${from} to ${to}, as Slurm has them`,
      ...table([head, ...rows], [2, 3]).map((line) => `  ${line}`),
      ...(isOver ? [] : ['These days are not over: meter them again when they are.']),
      ...metered.unnamed.map(
        (id) => `The maker's word on ${id} counts beside this: name its jobs with --submission ${id}=...`,
      ),
      ...waiting.map(
        ({ consortium, job, reason, why }) => `Job ${job} of ${nameOf(consortium)} waits: ${why} (${reason})`,
      ),
    ],
  };
}

async function checkDays(from: string, to: string): Promise<void> {
  const { dateSchema } = await formats();
  for (const [option, day] of Object.entries({ '--from': from, '--to': to })) {
    const { error } = dateSchema.safeParse(day);
    if (error) throw new JikjiError('usage', `${option} ${error.issues[0].message}`, `${option} ${day}`, 'give a day');
  }
  if (from > to)
    throw new JikjiError('period-backwards', `it ends on ${to}, before ${from}`, `--to ${to}`, 'change the two days');
}

/** Parses the values of a repeatable option `NAME=ONE,OTHER`. @throws JikjiError `usage` */
function pairs(option: string, texts: readonly string[] = [], example: string): Map<string, string[]> {
  const found = new Map<string, string[]>();
  for (const text of texts) {
    const [, name, list] = /^([^=,\s]+)=([^=,\s]+(?:,[^=,\s]+)*)$/.exec(text) ?? [];
    if (!name || !list)
      throw new JikjiError('usage', `${option} takes NAME=NAME`, `${option} ${text}`, `write for example ${example}`);
    found.set(name, [...(found.get(name) ?? []), ...list.split(',')]);
  }
  return found;
}
