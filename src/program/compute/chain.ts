// The value chain of a programme at an entry of its log: the catalogue in force, its uses, and the runs that were submitted until then.

import type { Catalogue } from '../../fleet/index.ts';
import { type RunEvidence, useOfRun, withRuns } from '../../reliance/index.ts';
import { catalogueAt, makerUsageOf, type Registered, type Row, type Tables } from '../state/index.ts';

export interface Chain {
  registered: Registered;
  /** The catalogue, with the submitted runs as uses and with their components. */
  catalogue: Catalogue;
}

/**
 * The chain at the end of the log, or before entry `before`; undefined without a catalogue in force.
 * @param seen selects the submissions whose audits may be shown
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
    // A refuted run is no evidence.
    return audit && audit.verdict !== 'refuted' && audit.seq < before && seen(row);
  });
  const uses = runs.map((row) => useOfRun(evidenceOf(tables, catalogue, row, taken), catalogue));
  return { registered, catalogue: withRuns(catalogue, uses) };
}

/** The evidence of a run in the log: its usage as stated by its maker, and the maker. */
function evidenceOf(
  tables: Tables,
  { clusters }: Catalogue,
  { id: submission, consortium }: Row<'submissions'>,
  taken: Set<string>,
): RunEvidence {
  const usage = makerUsageOf(tables, submission);
  const maker = tables.get('organisations', tables.get('consortia', consortium)!.lead);
  const on = usage?.cluster;
  return {
    id: freeName(`submission-${submission}`, taken),
    kind: 'training',
    name: submission,
    model: null,
    consortium,
    devices: usage?.sessions?.devices ?? [],
    // A later catalogue may not have this cluster.
    on: on && clusters.has(on) ? on : null,
    runtime: usage?.runtime ?? null,
    data: usage?.data ?? [],
    maker: maker ? { name: maker.name.en, country: maker.country === 'not recorded' ? null : maker.country } : null,
    libraries: [],
  };
}

/** An unused name: a use of the catalogue may have the wished one. */
function freeName(wish: string, taken: Set<string>): string {
  let name = wish;
  for (let n = 2; taken.has(name); n++) name = `${wish}-${n}`;
  taken.add(name);
  return name;
}

/** Ids of the consortia that no decision has excluded. */
export const activeOf = (tables: Tables): string[] =>
  tables
    .all('consortia')
    .filter(({ status }) => status === 'active')
    .map(({ id }) => id);

/** Ids of the uses of a consortium; without `consortium`, of all active consortia and of none. */
export function usesIn(tables: Tables, { uses }: Catalogue, consortium?: string): string[] {
  const active = new Set(activeOf(tables));
  const isOut = (name: string) => tables.get('consortia', name) !== undefined && !active.has(name);
  return uses
    .filter((use) =>
      consortium === undefined ? use.consortium === null || !isOut(use.consortium) : use.consortium === consortium,
    )
    .map(({ id }) => id);
}
