// Acts on allotments: one, or several at once, all or none; and what several would change. An allotment is never removed: it ends on an
// earlier day, or has no hours any more.

import { isDeepStrictEqual } from 'node:util';
import { z } from 'zod';
import { type Failure, JikjiError } from '../../base/index.ts';
import { type Allotment, fullestDays, hoursOn, overlapsOf } from '../../reliance/index.ts';
import { allotmentsOf } from '../compute/index.ts';
import type { Proposed } from '../programme/index.ts';
import { catalogueAt, checkProposal, freeId, type Proposal, type Tables } from '../state/index.ts';
import { act, entryAct, OFFICE } from './act.ts';
import { MAX_ALLOTMENTS, readAllotmentTable } from './allotment-table.ts';
import * as refuse from './refusals/compute.ts';
import { id, period, source } from './shapes.ts';
import { programmeOf } from './times.ts';

const given = {
  consortium: id.describe('whose they are'),
  cluster: id.describe('a cluster of the catalogue'),
  ...period,
  source: source.optional(),
};

export const allot = entryAct({
  summary: 'Give a consortium hours of a cluster; one of the same id replaces it',
  roles: OFFICE,
  input: z.strictObject({ id: id.describe('what it is called'), ...given }),
  kind: 'allotment-given',
});

/** Number of the entry that it replaces, as the office saw it; null: it is new. */
const replaces = z.int().min(1).nullable().default(null);
const draft = z.strictObject({ id: id.optional(), ...given, replaces });
const whole = z.strictObject({ id, ...given, replaces });
type Whole = z.output<typeof whole>;

const dataOf = ({ replaces: _, source, ...data }: Whole) => ({ ...data, ...(source !== undefined && { source }) });
const proposalOf = (one: Whole): Proposal => ({ kind: 'allotment-given', data: dataOf(one) });

/** Whether the programme has this allotment already. */
function isThere(tables: Tables, one: Whole): boolean {
  const before = tables.get('allotments', one.id);
  if (!before) return false;
  const { seq: _, ...row } = before;
  return isDeepStrictEqual(row, { source: null, ...dataOf(one) });
}

/** @throws JikjiError `allotment-exists`, `allotment-moved`, and as the log refuses it */
function checkOne(tables: Tables, one: Whole): void {
  const before = tables.get('allotments', one.id);
  if (before && one.replaces === null) throw refuse.allotmentExists(one.id);
  if ((before?.seq ?? null) !== one.replaces) throw refuse.allotmentMoved(one.id);
  // What an allotment needs does not depend on its place in the log.
  checkProposal(tables, proposalOf(one), { seq: 1, time: '', actor: '', before: '' });
}

/** @throws JikjiError `allotment-twice` */
function requireOnce(all: readonly { id: string }[]): void {
  const seen = new Set<string>();
  for (const { id } of all) {
    if (seen.has(id)) throw refuse.allotmentTwice(id);
    seen.add(id);
  }
}

/** Gives each allotment an id: its own, or a free one of its consortium, cluster and month. */
function named(tables: Tables, drafts: readonly z.output<typeof draft>[]): Whole[] {
  const taken = new Set(drafts.flatMap((one) => one.id ?? []));
  return drafts.map((one) => {
    if (one.id !== undefined) return { ...one, id: one.id };
    const wish = `${one.consortium.slice(0, 24)}-${one.cluster.slice(0, 20)}-${one.from.slice(0, 7)}`;
    let free = freeId(tables, 'allotments', wish);
    for (let n = 2; taken.has(free); n++) free = freeId(tables, 'allotments', `${wish}-${n}`);
    taken.add(free);
    return { ...one, id: free };
  });
}

const failureOf = (error: unknown): Failure => {
  if (error instanceof JikjiError) return error.failure;
  throw error;
};

function problemOf(tables: Tables, one: Whole): Failure | null {
  try {
    checkOne(tables, one);
    return null;
  } catch (error) {
    return failureOf(error);
  }
}

/** Chips of a cluster; null if the number of any is not known. */
function chipsOf(tables: Tables, cluster: string): number | null {
  const chips = catalogueAt(tables)?.catalogue.clusters.get(cluster)?.chips ?? [];
  if (chips.length === 0) return null;
  return chips.reduce<number | null>((sum, { count }) => (sum === null || count === null ? null : sum + count), 0);
}

/** The allotments of the programme once these are given. */
function afterwards(before: readonly Allotment[], changed: readonly Allotment[]): Allotment[] {
  const all = new Map([...before, ...changed].map((one) => [one.id, one]));
  return [...all.values()];
}

export const checkAllotments = act({
  summary: 'What these allotments, or those of a table (CSV), would change; records nothing',
  roles: OFFICE,
  input: z.strictObject({
    allotments: z.array(draft).max(MAX_ALLOTMENTS).default([]),
    /** Columns consortium, cluster, from, to, hours, and id; one of a known id replaces it. */
    table: z.string().max(200_000).optional(),
  }),
  async run({ tables }, { allotments, table }) {
    programmeOf(tables);
    const typed = table === undefined ? [] : readAllotmentTable(table);
    const known = (id: string | undefined) => (id === undefined ? undefined : tables.get('allotments', id));
    // A table has no column for the source: an allotment that is there keeps its own.
    const fromTable = typed.map((row) => {
      const there = known(row.id);
      return { ...row, replaces: there?.seq ?? null, source: there?.source ?? undefined };
    });
    const all = named(tables, [...allotments, ...fromTable]);
    requireOnce(all);
    const before = allotmentsOf(tables);
    const old = new Map(before.map((one) => [one.id, one]));
    const changes = all.map((one) => {
      const same = isThere(tables, one);
      const problem = same ? null : problemOf(tables, one);
      return { allotment: dataOf(one), replaces: one.replaces, before: old.get(one.id) ?? null, same, problem };
    });
    const changed = changes.filter(({ same, problem }) => !same && problem === null);
    const after = afterwards(
      before,
      changed.map(({ allotment }) => allotment),
    );
    const touched = new Set(
      changed.flatMap(({ allotment, before }) => [allotment.cluster, ...(before ? [before.cluster] : [])]),
    );
    return {
      changes,
      clusters: [...touched].map((cluster) => ({
        cluster,
        before: hoursOn(before, cluster),
        after: hoursOn(after, cluster),
        chips: chipsOf(tables, cluster),
        fullest: fullestDays(after, cluster) ?? null,
      })),
      overlaps: overlapsOf(after, new Set(changed.map(({ allotment }) => allotment.id))),
    };
  },
});

/** What the programme has already is not written again. */
export const giveAllotments = act({
  summary: 'Give or change several allotments at once, all or none',
  roles: OFFICE,
  input: z.strictObject({ allotments: z.array(whole).min(1).max(MAX_ALLOTMENTS) }),
  async run(programme, { allotments }, by) {
    programmeOf(programme.tables);
    requireOnce(allotments);
    const entries = await programme.recordOnce(by.actor, (tables): Proposed[] =>
      allotments.flatMap((one) => {
        if (isThere(tables, one)) return [];
        try {
          checkOne(tables, one);
        } catch (error) {
          // The error names the cluster or the consortium; of several it must name the allotment too.
          if (error instanceof JikjiError && error.input !== one.id)
            throw error.reworded({ input: `${one.id}: ${error.input}` });
          throw error;
        }
        return [proposalOf(one)];
      }),
    );
    return { entries: entries.map(({ seq }) => ({ seq })) };
  },
});
