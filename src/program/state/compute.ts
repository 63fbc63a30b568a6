// Entries of compute: catalogues of the value chain, allotments, usages.

import { z } from 'zod';
import { type Catalogue, withoutCards } from '../../fleet/index.ts';
import { nearestName } from '../../formats/index.ts';
import type { Json } from '../../ledger/index.ts';
import { type CatalogueText, catalogueAt, catalogueDigest, catalogueOf } from './catalogues.ts';
import { sources } from './fields.ts';
import { kind, requireRow } from './kind.ts';
import * as refuse from './refusals/compute.ts';
import { ROW, type Row } from './rows.ts';
import { checkOffice, usageSubjects } from './signatures.ts';
import { requireActiveConsortium } from './stages.ts';
import type { Tables } from './tables.ts';

/** A catalogue; it is in force for the entries after it. */
export const catalogueRegistered = kind({
  shape: ROW.catalogues.pick({ digest: true, texts: true }),
  check(tables, data) {
    if (catalogueDigest(data.texts) !== data.digest) throw refuse.catalogueDiffers(data.digest);
    if (tables.get('catalogues', data.digest)) throw refuse.catalogueKnown(data.digest);
    const { parts } = catalogueOf(data.digest, data.texts);
    const [stale] = stalePartsOf(tables, parts, data.texts);
    if (stale) throw refuse.catalogueVersion(`${stale.id} ${stale.version}`, stale.needed - 1, stale.needed);
  },
  apply(tables, data, { seq }) {
    const { parts } = catalogueOf(data.digest, data.texts);
    tables.put('catalogues', { ...data, parts, registeredSeq: seq });
  },
});

/** The parts that are registered already with another text and need a higher version. */
export function stalePartsOf(
  tables: Tables,
  parts: Catalogue['parts'],
  texts: readonly CatalogueText[],
): { id: string; version: number; needed: number }[] {
  const files = withoutCards(texts);
  return parts.flatMap(({ id, version }, i) => {
    const before = lastPart(tables, id);
    if (!before || version > before.version || before.text === files[i]!.text) return [];
    return [{ id, version, needed: before.version + 1 }];
  });
}

/** The last registered version of a part of a catalogue. */
const lastPart = (tables: Tables, name: string): { version: number; text: string } | undefined =>
  tables
    .all('catalogues')
    .flatMap(({ parts, texts }) => {
      const files = withoutCards(texts);
      return parts.map(({ id, version }, i) => ({ id, version, text: files[i]!.text }));
    })
    .findLast(({ id }) => id === name);

/** @throws JikjiError `no-catalogue`, `cluster-unknown` */
export function requireCluster(tables: Tables, cluster: string): void {
  const found = catalogueAt(tables);
  if (!found) throw refuse.noCatalogue(cluster);
  const { clusters } = found.catalogue;
  if (clusters.has(cluster)) return;
  const names = [...clusters.keys()];
  const near = nearestName(cluster, names.slice(0, 5000));
  if (near) throw refuse.clusterMeant(cluster, near.name);
  throw names.length > 0 ? refuse.clusterUnknown(cluster, names.slice(0, 8).join(', ')) : refuse.noClusters(cluster);
}

function checkPeriod({ id: name, from, to }: { id: string; from: string; to: string }): void {
  if (from > to) throw refuse.periodBackwards(name, to, from);
}

/** Device hours for a consortium on a cluster, first and last day included. An allotment of the same id replaces it. */
export const allotmentGiven = kind({
  shape: ROW.allotments.omit({ seq: true }).extend({ source: sources.optional() }),
  check(tables, data) {
    // The allotment of a team that has left may only shrink.
    const before = tables.get('allotments', data.id);
    const less =
      before?.consortium === data.consortium &&
      before.cluster === data.cluster &&
      data.deviceHours <= before.deviceHours &&
      data.to <= before.to;
    if (!less) requireActiveConsortium(tables, data.consortium);
    requireCluster(tables, data.cluster);
    checkPeriod(data);
  },
  apply: (tables, data, { seq }) => tables.put('allotments', { ...data, source: data.source ?? null, seq }),
});

const { sessions, runtime, data } = ROW.usages.shape;

/** Usage: stated by the maker, mostly in a submission's records, or metered by the office. */
export const usageReported = kind({
  shape: ROW.usages.omit({ seq: true }).extend({
    sessions: sessions.unwrap().optional(),
    runtime: runtime.unwrap().optional(),
    data: data.unwrap().optional(),
    source: sources.optional(),
    /** The office's signature on a metered usage; one that it enters by hand has none. */
    signature: z.string().max(10_000).optional(),
  }),
  check(tables, { signature, ...data }) {
    requireRow(tables, 'consortia', data.consortium, 'consortium');
    if (data.cluster !== null) requireCluster(tables, data.cluster);
    checkPeriod(data);
    if (data.submission !== null) {
      const { consortium } = requireRow(tables, 'submissions', data.submission, 'submission');
      if (consortium !== data.consortium) throw refuse.usageOfOther(data.submission, consortium);
    }
    // A metered usage may be corrected; a maker's statement cannot change.
    const before = tables.get('usages', data.id);
    if (before && (before.word !== 'office' || data.word !== 'office')) throw refuse.usageThere(data.id);
    if (data.word === 'maker' && data.submission !== null && makerUsageOf(tables, data.submission))
      throw refuse.usageStated(data.submission);
    if (signature !== undefined) checkOffice(tables, 'usage', signature, usageSubjects(data as Json));
  },
  apply: (tables, { signature: _, ...data }, { seq }) =>
    tables.put('usages', {
      ...data,
      sessions: data.sessions ?? null,
      runtime: data.runtime ?? null,
      data: data.data ?? null,
      source: data.source ?? null,
      seq,
    }),
});

/** The usage that a submission's maker stated. */
export const makerUsageOf = (tables: Tables, submission: string): Row<'usages'> | undefined =>
  tables.of('usages', 'submission', submission).find(({ word }) => word === 'maker');
