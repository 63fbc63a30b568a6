// The value chain of a programme at a moment of its log: the catalogue in force, what it says is made and served, and the runs that
// were submitted until then.

import type { Catalogue } from '../../fleet/index.ts';
import { type RunEvidence, useOfRun, withRuns } from '../../reliance/index.ts';
import { catalogueAt, makerUsageOf, type Registered, type Row, type Tables } from '../state/index.ts';

export interface Chain {
  registered: Registered;
  /** With the runs among its uses, and what they rest on beside what it has. */
  catalogue: Catalogue;
}

/**
 * The chain at the end of the log, or before its entry `before`; undefined where no catalogue is in force. `seen` lets through the
 * submissions whose audits may be shown.
 */
export function chainAt(
  tables: Tables,
  seen: (submission: Row<'submissions'>) => boolean,
  before = Number.POSITIVE_INFINITY,
): Chain | undefined {
  const registered = catalogueAt(tables, before);
  if (!registered) return undefined;
  const { catalogue } = registered;
  const taken = new Set(catalogue.uses.map(({ id }) => id));
  const runs = tables.all('submissions').filter((row) => {
    const audit = tables.get('audits', row.id);
    // What its audit refuted is evidence of nothing.
    return audit && audit.verdict !== 'refuted' && audit.seq < before && seen(row);
  });
  const uses = runs.map((row) => useOfRun(evidenceOf(tables, catalogue, row, taken), catalogue));
  return { registered, catalogue: withRuns(catalogue, uses) };
}

/** What the log has of a run: what its maker said that it used, and who he is. */
function evidenceOf(
  tables: Tables,
  { clusters }: Catalogue,
  { id: submission, consortium }: Row<'submissions'>,
  taken: Set<string>,
): RunEvidence {
  const said = makerUsageOf(tables, submission);
  const maker = tables.get('organisations', tables.get('consortia', consortium)!.lead);
  const on = said?.cluster;
  return {
    id: freeName(`submission-${submission}`, taken),
    kind: 'training',
    name: submission,
    model: null,
    consortium,
    devices: said?.sessions?.devices ?? [],
    // A later catalogue may not have it any more.
    on: on && clusters.has(on) ? on : null,
    runtime: said?.runtime ?? null,
    data: said?.data ?? [],
    maker: maker ? { name: maker.name.en, country: maker.country === 'not recorded' ? null : maker.country } : null,
    libraries: [],
  };
}

/** A use of the catalogue may have been called as a submission's. */
function freeName(wish: string, taken: Set<string>): string {
  let name = wish;
  for (let n = 2; taken.has(name); n++) name = `${wish}-${n}`;
  taken.add(name);
  return name;
}

/** Consortia that are in the programme: those that no decision took out. */
export const activeOf = (tables: Tables): string[] =>
  tables
    .all('consortia')
    .filter(({ status }) => status === 'active')
    .map(({ id }) => id);

/** Names of the uses of a consortium; else of those that are in the programme, and of nobody in particular. */
export function usesIn(tables: Tables, { uses }: Catalogue, consortium?: string): string[] {
  const active = new Set(activeOf(tables));
  const isOut = (name: string) => tables.get('consortia', name) !== undefined && !active.has(name);
  return uses
    .filter((use) =>
      consortium === undefined ? use.consortium === null || !isOut(use.consortium) : use.consortium === consortium,
    )
    .map(({ id }) => id);
}
