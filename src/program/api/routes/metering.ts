// Routes of metering: the office reads Slurm's accounting, by sacct of the server's machine or from a file, looks at what would be
// recorded, and records it signed. A request names accounts, days and numbers of jobs only; no text of it becomes an option of a command.

import { z } from 'zod';
import { type Cluster, checkDevice, sacctCommand } from '../../../fleet/index.ts';
import { activeOf, slurmAccountOf } from '../../compute/index.ts';
import { hasSacct, type Reading, Readings } from '../../metering/index.ts';
import { ACTS, type Metering, meteringPreview } from '../../office/index.ts';
import { catalogueAt, requireCluster, requireRow, type Tables } from '../../state/index.ts';
import { byOf } from '../act-route.ts';
import { TEXT } from '../body.ts';
import * as refuse from '../refusals/routes.ts';
import type { Api } from '../route.ts';
import * as shape from '../shapes/metering.ts';
import { piecesOf } from '../upload.ts';

const METERING = '/api/programmes/{programme}/metering';
const READING = `${METERING}/{reading}` as const;
const OFFICE = ACTS.meter.roles;
const MAX_LOOSE = 200;

/** The catalogue says that the office reaches it by Slurm's commands, and this machine has sacct. */
const isAskedHere = ({ reached }: Cluster): boolean => reached !== null && reached.slurmrestd === null && hasSacct();

export function addMetering(api: Api): void {
  const { context } = api;
  const readings = new Readings(context.signal);
  const params = { reading: z.string().regex(/^[0-9a-f]{24}$/) };

  api.on(
    `get ${METERING}`,
    { summary: 'Which clusters can be metered, and how', roles: OFFICE, answer: shape.meteringPage },
    ({ tables }) => choicesOf(tables),
  );
  api.on(
    `post ${METERING}`,
    {
      summary: "Begin to read Slurm's accounting of some accounts",
      roles: OFFICE,
      body: shape.readingWanted,
      maxBody: TEXT,
      answer: shape.reading,
    },
    ({ tables, params: { programme }, body }) => {
      requireCluster(tables, body.cluster);
      for (const consortium of Object.keys(body.accounts)) requireRow(tables, 'consortia', consortium, 'consortium');
      if (body.from > body.to) throw refuse.periodBackwards(body.to, body.to, body.from);
      const cluster = catalogueAt(tables)!.catalogue.clusters.get(body.cluster)!;
      if (body.by === 'sacct' && !isAskedHere(cluster)) throw refuse.clusterAway(body.cluster);
      const accounts = new Map(Object.entries(body.accounts));
      return shownReading(readings.start({ ...body, programme, accounts }));
    },
  );
  api.on(
    `get ${READING}`,
    { summary: 'How far a reading is', roles: OFFICE, params, answer: shape.reading },
    ({ params: { programme, reading } }) => shownReading(readings.get(programme, reading)),
  );
  api.on(
    `post ${READING}/file`,
    {
      summary: 'Upload what sacct --json printed',
      roles: OFFICE,
      params,
      requestType: 'application/json',
      answer: shape.reading,
    },
    async ({ params: { programme, reading }, c }) =>
      shownReading(await readings.takeFile(programme, reading, piecesOf(c.req.raw.body, c.get('remains')))),
  );
  api.on(
    `post ${READING}/preview`,
    {
      summary: 'What would be recorded; records nothing',
      roles: OFFICE,
      params,
      body: shape.previewWanted,
      maxBody: TEXT,
      answer: shape.preview,
    },
    ({ tables, params: { programme, reading }, body }) => {
      const { loose, ...rest } = meteringPreview(tables, meteringOf(readings.requireRead(programme, reading), body));
      const time = (at: number): string => new Date(at).toISOString();
      const jobs = loose.slice(0, MAX_LOOSE).map((job) => ({ ...job, start: time(job.start), end: time(job.end) }));
      return { ...rest, loose: jobs, looseCount: loose.length };
    },
  );
  api.on(
    `post ${READING}/register`,
    {
      summary: 'Record it, signed by the office',
      roles: OFFICE,
      params,
      body: shape.meteringWanted,
      maxBody: TEXT,
      answer: shape.metered,
    },
    async ({ params: { programme: name, reading }, body: { seen, ...body }, viewer, ...place }) => {
      const metering = meteringOf(readings.requireRead(name, reading), body);
      const by = byOf(context, place, viewer);
      const given = { ...metering, seen: new Map(Object.entries(seen)) };
      const { usages, unnamed } = await ACTS.meter.run(place.programme, given, by);
      return { recorded: usages.filter(({ fresh }) => fresh).length, unnamed };
    },
  );
}

function choicesOf(tables: Tables): z.input<typeof shape.meteringPage> {
  const clusters = [...(catalogueAt(tables)?.catalogue.clusters.values() ?? [])];
  const active = activeOf(tables);
  return {
    clusters: clusters.map((cluster) => ({
      id: cluster.id,
      by: isAskedHere(cluster) ? 'sacct' : 'file',
      accounts: Object.fromEntries(active.map((consortium) => [consortium, slurmAccountOf(cluster, consortium)])),
    })),
    submissions: tables.all('submissions').map(({ id, consortium }) => ({ id, consortium })),
  };
}

/** Jobs by consortium. */
const jobsBy = ({ accounts, jobs }: Reading) =>
  [...accounts].map(
    ([consortium, names]) => [consortium, jobs.filter(({ account }) => names.includes(account))] as const,
  );

function shownReading(reading: Reading): z.input<typeof shape.reading> {
  const { accounts, jobs, from, to } = reading;
  const names = [...accounts.values()].flat();
  return {
    ...reading,
    accounts: Object.fromEntries([...accounts].map(([consortium, of]) => [consortium, [...of]])),
    of: names.length,
    command: `${sacctCommand(names, from, to)} > sacct.json`,
    jobs: Object.fromEntries(jobsBy(reading).map(([consortium, of]) => [consortium, of.length])),
    slurm: [...new Set(jobs.flatMap(({ cluster }) => cluster ?? []))].slice(0, 10),
    devices: [...new Set(jobs.flatMap(({ held }) => [...held.keys()]))]
      .filter((name) => name === 'node' || name.startsWith('gres/'))
      .sort()
      .slice(0, 50),
  };
}

/** @throws JikjiError `device-not-held` */
function meteringOf(reading: Reading, { device, submissions }: z.output<typeof shape.previewWanted>): Metering {
  const { cluster, from, to, accounts, jobs, digest } = reading;
  checkDevice(jobs, device);
  const used = new Map(
    jobsBy(reading).map(([consortium, of]) => [consortium, { accounts: [...accounts.get(consortium)!], jobs: of }]),
  );
  const named = Object.entries(submissions).filter(([, numbers]) => numbers.length > 0);
  return { cluster, from, to, device, used, submissions: new Map(named), file: digest };
}
