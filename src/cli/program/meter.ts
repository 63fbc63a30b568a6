// `jikji program meter`: what Slurm's accounting says that each consortium's jobs used, signed by the office, into the programme's accounts.

import type { Command } from 'commander';
import { JikjiError } from '../../base/index.ts';
import { calledAs } from '../called-as.ts';
import { collect } from '../option-values.ts';
import type { Output } from '../output.ts';
import { fleet, formats } from '../rooms.ts';
import { table } from '../text.ts';
import { type Common, type Opened, officeSigner, verb, withProgramme } from './common.ts';
import { hoursText } from './compute.ts';

interface Options extends Common {
  on: string;
  from: string;
  to: string;
  device: string;
  account?: string[];
  submission?: string[];
}

export function addMeter(program: Command, output: Output): void {
  verb(
    program,
    'meter',
    "take what consortia used from Slurm's accounting; the same days metered again count once",
    'meter --on titan --from 2026-01-01 --to 2026-01-31 --account han=han-gpu --submission han-1=4711,4712',
  )
    .requiredOption('--on <cluster>', 'a cluster of the catalogue: the one whose Slurm answers here')
    .requiredOption('--from <day>', 'the first day, such as 2026-01-01, in UTC')
    .requiredOption('--to <day>', 'the last day')
    .option(
      '--account <consortium=account>',
      "an account of Slurm's, may be given several times (default: as the catalogue says, else each has one of its own name)",
      collect,
    )
    .option('--submission <id=jobs>', "these jobs made it: their hours replace its maker's word", collect)
    .option('--device <resource>', "what one device is, by Slurm's name of it; without accelerators: node", 'gres/gpu')
    .action(async (options: Options) => {
      await checkDays(options.from, options.to);
      const accounts = pairs('--account', options.account, 'han=han-gpu');
      const submissions = pairs('--submission', options.submission, 'han-1=4711,4712');
      const { names, result } = await withProgramme(options, (opened) =>
        meterSlurm(opened, options, accounts, submissions),
      );
      output.result(result, () => describe(output, result, names));
    });
}

/** Accounts of Slurm's by consortium: those that were named, else each active consortium's. */
function accountsAsked({ tables, room }: Opened, cluster: string, named: ReadonlyMap<string, string[]>) {
  const described = room.catalogueAt(tables)!.catalogue.clusters.get(cluster)!;
  const own = room.activeOf(tables).map((id): [string, string[]] => [id, [room.slurmAccountOf(described, id)]]);
  const asked = named.size > 0 ? named : new Map(own);
  for (const id of asked.keys()) {
    if (tables.get('consortia', id)) continue;
    const hint = `${calledAs()} program status names them`;
    throw new JikjiError('consortium-unknown', 'there is no consortium of this name', id, hint);
  }
  checkAccounts(asked);
  return asked;
}

type Found = Awaited<ReturnType<typeof meterSlurm>>['result'];

/** Asks Slurm what the accounts used, and takes it down. */
async function meterSlurm(
  opened: Opened,
  { on: cluster, from, to, device }: Options,
  accounts: ReadonlyMap<string, string[]>,
  submissions: Map<string, string[]>,
) {
  const { tables, room, nameOf, perform } = opened;
  const { checkDevice, jobsOfAccount, limitWords, slurmQueue } = await fleet();
  const signer = await officeSigner(tables);
  room.existingCluster(tables, cluster);
  const asked = accountsAsked(opened, cluster, accounts);
  const used = new Map<string, { accounts: string[]; jobs: Awaited<ReturnType<typeof jobsOfAccount>> }>();
  for (const [consortium, own] of asked) {
    const jobs = [];
    for (const account of own) jobs.push(...(await jobsOfAccount(account, from, to)));
    used.set(consortium, { accounts: own, jobs });
  }
  checkDevice(
    [...used.values()].flatMap(({ jobs }) => jobs),
    device,
  );
  const queue = await slurmQueue();
  const metering = { cluster, from, to, device, used, submissions };
  const metered = await perform('meter', metering, { by: { signer: async () => signer } });
  const waiting = [...asked].flatMap(([consortium, own]) =>
    queue.flatMap(({ job_id, account, state_reason }) => {
      const why = own.includes(account ?? '') ? limitWords(state_reason ?? '') : undefined;
      return why === undefined ? [] : [{ consortium, job: String(job_id), reason: state_reason, why }];
    }),
  );
  const names = new Map([...asked.keys()].map((id) => [id, nameOf(id)]));
  return { names, result: { cluster, from, to, device, ...metered, waiting } };
}

function describe(output: Output, found: Found, names: ReadonlyMap<string, string>): void {
  const { cluster, from, to, device, usages, unnamed, waiting } = found;
  const head = ['consortium', 'submission', 'jobs', 'device-hours', ''];
  const rows = usages.map(({ consortium, submission, jobs, deviceHours, fresh }) => [
    names.get(consortium) ?? consortium,
    submission ?? '',
    String(jobs),
    hoursText(deviceHours),
    fresh ? 'signed' : deviceHours === 0 ? '' : 'as it was metered before',
  ]);
  output.line(`Hours of ${device} on ${cluster}, from ${from} to ${to}, as Slurm has them`);
  for (const line of table([head, ...rows], [2, 3])) output.line(`  ${line}`);
  if (to >= new Date().toISOString().slice(0, 10))
    output.line('These days are not over: meter them again when they are.');
  for (const id of unnamed)
    output.line(`The maker's word on ${id} counts beside this: name its jobs with --submission ${id}=...`);
  for (const { consortium, job, reason, why } of waiting)
    output.line(`Job ${job} of ${names.get(consortium)} waits: ${why} (${reason})`);
}

async function checkDays(from: string, to: string): Promise<void> {
  const { dateSchema } = await formats();
  for (const [option, day] of [
    ['--from', from],
    ['--to', to],
  ] as const) {
    const read = dateSchema.safeParse(day);
    if (!read.success)
      throw new JikjiError('usage', `${option} ${read.error.issues[0]!.message}`, `${option} ${day}`, 'give a day');
  }
  if (from > to)
    throw new JikjiError('period-backwards', `it ends on ${to}, before ${from}`, `--to ${to}`, 'change the two days');
}

/** `NAME=ONE,OTHER`, given several times, by names. */
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

/** Each account is one consortium's, or its hours would count twice. */
export function checkAccounts(asked: ReadonlyMap<string, readonly string[]>): void {
  const taken = new Set<string>();
  for (const account of [...asked.values()].flat()) {
    if (taken.has(account))
      throw new JikjiError('account-twice', 'this account is named twice', account, 'an account is of one consortium');
    taken.add(account);
  }
}
