// What the programme builds on and hands out: the catalogue of the value chain, allotments of compute, what was used of it.

import { z } from 'zod';
import { JikjiError } from '../../base/index.ts';
import { nearestName } from '../../formats/index.ts';
import type { Json } from '../../ledger/index.ts';
import { catalogueAt, catalogueDigest, catalogueOf } from './catalogues.ts';
import { sources } from './fields.ts';
import { kind, requireRow } from './kind.ts';
import { refusal } from './refusals.ts';
import { ROW } from './rows.ts';
import { checkOffice, usageSubjects } from './signed.ts';
import { requireActiveConsortium } from './stages.ts';
import type { Tables } from './tables.ts';

/** Replaces the one before for what comes after it. */
export const catalogueRegistered = kind({
  shape: ROW.catalogues.pick({ digest: true, texts: true }),
  check(tables, data) {
    if (catalogueDigest(data.texts) !== data.digest)
      throw refusal('catalogue-differs', 'the files are not those of this digest', data.digest);
    if (tables.get('catalogues', data.digest))
      throw refusal('catalogue-exists', 'it is registered already', data.digest);
    const { parts } = catalogueOf(data.digest, data.texts);
    parts.forEach((part, i) => {
      const before = lastPart(tables, part.id);
      if (!before || part.version > before.version || before.text === data.texts[i]!.text) return;
      throw new JikjiError(
        'catalogue-version',
        `version ${before.version} of it is registered already`,
        `${part.id} ${part.version}`,
        `give it version ${before.version + 1}`,
      );
    });
  },
  apply(tables, data, { seq }) {
    const { parts } = catalogueOf(data.digest, data.texts);
    tables.put('catalogues', { ...data, parts, registeredSeq: seq });
  },
});

/** A part of a catalogue as it was registered last. */
function lastPart(tables: Tables, name: string): { version: number; text: string } | undefined {
  let last: { version: number; text: string } | undefined;
  for (const row of tables.all('catalogues')) {
    row.parts.forEach(({ id, version }, i) => {
      if (id === name) last = { version, text: row.texts[i]!.text };
    });
  }
  return last;
}

/** @throws JikjiError `no-catalogue`, `cluster-unknown` */
export function requireCluster(tables: Tables, cluster: string): void {
  const found = catalogueAt(tables);
  if (!found) throw refusal('no-catalogue', 'no catalogue is registered yet', cluster);
  const { clusters } = found.catalogue;
  if (clusters.has(cluster)) return;
  const names = [...clusters.keys()];
  const near = nearestName(cluster, names);
  const some = names.length > 0 ? `there are: ${names.slice(0, 8).join(', ')}` : 'there is none';
  const hint = near ? `did you mean ${near.name}?` : some;
  throw new JikjiError('cluster-unknown', 'the catalogue has no cluster of this name', cluster, hint);
}

function checkPeriod({ id: name, from, to }: { id: string; from: string; to: string }): void {
  if (from > to) throw refusal('period-backwards', `it ends on ${to}, before ${from}`, name);
}

/** Hours of devices for a consortium on a cluster, first and last day included; one of the same id replaces it. */
export const allotmentGiven = kind({
  shape: ROW.allotments.omit({ seq: true }).extend({ source: sources.optional() }),
  check(tables, data) {
    // What a team that is out has left may be taken back, and nothing added.
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

/** What was used: by the maker's word, mostly a submission's records, or as the office metered it. */
export const usageReported = kind({
  shape: ROW.usages.omit({ seq: true }).extend({
    sessions: sessions.unwrap().optional(),
    runtime: runtime.unwrap().optional(),
    data: data.unwrap().optional(),
    source: sources.optional(),
    /** The office's, on what it metered; what it enters by hand may come without. */
    signature: z.string().max(10_000).optional(),
  }),
  check(tables, { signature, ...data }) {
    requireRow(tables, 'consortia', data.consortium, 'consortium');
    if (data.cluster !== null) requireCluster(tables, data.cluster);
    checkPeriod(data);
    if (data.submission !== null) {
      const { consortium } = requireRow(tables, 'submissions', data.submission, 'submission');
      if (consortium !== data.consortium)
        throw refusal('usage-differs', `this submission is ${consortium}'s`, data.submission);
    }
    // What was metered may be put right; a maker's word stays as it was given.
    const before = tables.get('usages', data.id);
    if (before && (before.word !== 'office' || data.word !== 'office'))
      throw refusal('usage-exists', 'there is a usage of this name already', data.id, 'choose another name');
    if (data.word === 'maker' && data.submission !== null && makerUsageOf(tables, data.submission))
      throw refusal('usage-exists', 'its maker has said what it used', data.submission);
    if (signature !== undefined) checkOffice(tables, 'usage', signature, usageSubjects(data as Json), 'metered usage');
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

/** What a submission's maker said that it used. */
export function makerUsageOf(tables: Tables, submission: string) {
  for (const usage of tables.of('usages', 'submission', submission)) if (usage.word === 'maker') return usage;
  return undefined;
}
