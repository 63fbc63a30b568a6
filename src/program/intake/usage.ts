// The usage of a run as its maker states it: device hours from session records, versions from its genesis. Verifies nothing, and ignores
// what it cannot read: the audit reports that.

import { join } from 'node:path';
import { readSmallFile } from '../../formats/index.ts';
import type { Recipe } from '../../foundry/index.ts';
import { type Json, parseStatement } from '../../ledger/index.ts';
import { corpusSource } from '../../reliance/index.ts';
import { GENESIS, parseSessions, SESSIONS } from '../../run-folder/index.ts';
import {
  catalogueAt,
  freeId,
  MAX_DEVICE_HOURS,
  makerUsageOf,
  type Proposal,
  type Row,
  sameFiles,
  type Tables,
} from '../state/index.ts';
import { tryRead } from './try-read.ts';

/** Days are of UTC. */
export type RunUsage = Pick<Row<'usages'>, 'from' | 'to' | 'deviceHours'> &
  Known<'sessions'> &
  Partial<Known<'runtime' | 'data'>>;
type Known<Column extends keyof Row<'usages'>> = { [C in Column]: NonNullable<Row<'usages'>[C]> };

/** Sessions are a line or two each; a file beyond this is not read. */
const MAX_SESSIONS = 4 << 20;
const MAX_STATEMENT = 1 << 20;
const MAX_DEVICES = 100;
const MAX_TEXT = 300;
const LAST_MOMENT = Date.UTC(9999, 11, 31);

/** Text for the log: one line, without control characters and marks of writing direction. */
const plain = (text: string): string =>
  text
    .replace(/[\p{Cc}\u2028-\u202e\u2066-\u2069]/gu, ' ')
    .toWellFormed()
    .slice(0, MAX_TEXT)
    .toWellFormed();

const readText = (folder: string, file: string, maxBytes: number): string =>
  readSmallFile(join(folder, file), maxBytes);

/** Milliseconds since 1970; undefined if the value is not a valid time. */
function moment(value: unknown): number | undefined {
  const time = typeof value === 'string' ? Date.parse(value) : Number.NaN;
  return time >= 0 && time < LAST_MOMENT ? time : undefined;
}

/** The usage in a run folder's records; undefined without a session. A session counts one device for each machine. */
export function readUsage(folder: string, recipe: Recipe | undefined): RunUsage | undefined {
  const devices = new Set<string>();
  const text = tryRead(() => readText(folder, SESSIONS, MAX_SESSIONS));
  const sessions = parseSessions(text ?? '').flatMap(({ machines, ...said }) => {
    const start = moment(said.start);
    if (start === undefined) return [];
    for (const device of machines) if (devices.size < MAX_DEVICES) devices.add(plain(device));
    const end = moment(said.end);
    return [{ start, end: end !== undefined && end >= start ? end : undefined, count: Math.max(1, machines.length) }];
  });
  if (sessions.length === 0) return undefined;
  const hours = sessions.reduce((sum, { start, end = start, count }) => sum + (count * (end - start)) / 3_600_000, 0);
  const dayOf = (time: number): string => new Date(time).toISOString().slice(0, 10);
  const runtime = tryRead(() => runtimeOf(folder));
  return {
    from: dayOf(sessions.reduce((first, { start }) => Math.min(first, start), LAST_MOMENT)),
    to: dayOf(sessions.reduce((last, { start, end = start }) => Math.max(last, end), 0)),
    deviceHours: Math.min(hours, MAX_DEVICE_HOURS),
    sessions: {
      count: sessions.length,
      withoutEnd: sessions.filter(({ end }) => end === undefined).length,
      devices: [...devices],
    },
    ...(runtime && { runtime }),
    ...(recipe && { data: recipe.corpus.sources.slice(0, 1000).map(({ npm }) => plain(corpusSource(npm))) }),
  };
}

/** @throws JikjiError if genesis.json is missing or broken */
function runtimeOf(folder: string): RunUsage['runtime'] {
  const { predicate } = parseStatement(readText(folder, GENESIS, MAX_STATEMENT), 'genesis', GENESIS);
  const { node, v8, version } = predicate.circumstances;
  return { node: plain(node), v8: plain(v8), version: plain(version) };
}

/** The entry of a submission's usage; none if the log has one already, of it or of the same run in another stage: its hours count once. */
export function usageProposals(tables: Tables, submission: string, used: RunUsage | undefined): Proposal[] {
  const row = tables.get('submissions', submission);
  if (!used || !row) return [];
  if ([row, ...sameFiles(tables, row)].some(({ id }) => makerUsageOf(tables, id))) return [];
  const placed = row.cluster;
  // The catalogue may have changed since the submission named its cluster.
  const cluster = placed && catalogueAt(tables)?.catalogue.clusters.has(placed) ? placed : null;
  const id = freeId(tables, 'usages', submission);
  const data = { ...used, id, consortium: row.consortium, cluster, word: 'maker', submission };
  return [{ kind: 'usage-reported', data: data as unknown as Json }];
}
