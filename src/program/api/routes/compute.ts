// Routes of compute: the catalogue in force, allotments, usages and their sums.

import type { z } from 'zod';
import type { Catalogue } from '../../../fleet/index.ts';
import { nearestName } from '../../../formats/index.ts';
import { accountsOf, countedUsages, operationsOf } from '../../../reliance/index.ts';
import { ACTS } from '../../office/index.ts';
import type { Programme } from '../../programme/index.ts';
import { catalogueAt, citationsOf, type Registered, type Tables } from '../../state/index.ts';
import type { Viewer } from '../../users/index.ts';
import { canSeeUsage } from '../access.ts';
import { noteAccess, usagesIn } from '../access-notes.ts';
import { addAct } from '../act-route.ts';
import { FILE, TEXT } from '../body.ts';
import * as refuse from '../refusals/routes.ts';
import { type Api, EVERYBODY } from '../route.ts';
import { recorded } from '../shapes/common.ts';
import * as shape from '../shapes/compute.ts';

const PROGRAMME = '/api/programmes/{programme}';

export function addCompute(api: Api): void {
  api.on(
    `get ${PROGRAMME}/compute`,
    {
      summary: 'Chips, sites and clusters; what was allotted, used and is left',
      roles: EVERYBODY,
      answer: shape.computePage,
    },
    async (asked) => {
      const page = pageOf(asked.tables, asked.viewer);
      await noteAccess(api.context, asked, usagesIn(page.usages));
      return page;
    },
  );
  api.on(
    `get ${PROGRAMME}/chips/{chip}`,
    {
      summary: 'A chip of the catalogue, and its chip cards: what was measured of it, by whom',
      roles: EVERYBODY,
      answer: shape.chipPage,
    },
    ({ programme, params }) => chipOf(programme, params.chip),
  );
  addAct(api, ACTS.checkCatalogue, {
    path: `${PROGRAMME}/catalogue/check`,
    maxBody: FILE,
    answer: shape.checkedCatalogue,
  });
  addAct(api, ACTS.registerCatalogue, { path: `${PROGRAMME}/catalogue`, maxBody: FILE, answer: shape.registered });
  addAct(api, ACTS.allot, { path: `${PROGRAMME}/allotments`, maxBody: TEXT, answer: recorded });
  addAct(api, ACTS.checkAllotments, {
    path: `${PROGRAMME}/allotments/check`,
    maxBody: TEXT,
    answer: shape.checkedAllotments,
  });
  addAct(api, ACTS.giveAllotments, {
    path: `${PROGRAMME}/allotments/all`,
    maxBody: TEXT,
    answer: shape.recordedEntries,
  });
  addAct(api, ACTS.reportUsage, { path: `${PROGRAMME}/usages`, maxBody: TEXT, answer: recorded });
}

/** Name, parts and digest of a catalogue; null if none is in force. */
export function headOf(tables: Tables, found: Registered | undefined): z.input<typeof shape.catalogueHead> | null {
  if (!found) return null;
  return { ...found.catalogue, digest: found.digest, registered: tables.timeOf(found.registeredSeq) };
}

function chipOf({ tables }: Programme, id: string): z.input<typeof shape.chipPage> {
  const { chips, suppliers } = catalogueAt(tables)?.catalogue ?? {};
  const chip = chips?.get(id);
  if (!chip) {
    const near = nearestName(id, [...(chips?.keys() ?? [])].slice(0, 5000));
    throw near ? refuse.chipMeant(id, near.name) : refuse.chipUnknown(id);
  }
  const named = new Set([chip.supplier, chip.fab?.supplier, chip.packaging?.supplier]);
  const mentioned = [...named].flatMap((supplier) => suppliers!.get(supplier ?? '') ?? []);
  return { chip, suppliers: mentioned, cards: chip.cards };
}

type Page = z.input<typeof shape.computePage>;

function operationsIn(catalogue: Catalogue): Page['operations'] {
  const operationOf = operationsOf(catalogue);
  const operated = [...catalogue.sites.values(), ...catalogue.clusters.values()];
  return Object.fromEntries(operated.map((one) => [one.id, operationOf(one)!]));
}

function pageOf(tables: Tables, viewer: Viewer): Page {
  const found = catalogueAt(tables);
  const allotments = tables.all('allotments');
  // Usages that the viewer may not see are not in the sums.
  const usages = tables.all('usages').filter((row) => canSeeUsage(viewer, tables, row));
  const counted = countedUsages(usages);
  const mentioned = new Set([...allotments, ...usages].map(({ consortium }) => consortium));
  const { suppliers, chips, sites, components, clusters } = found?.catalogue ?? {};
  return {
    catalogue: headOf(tables, found),
    suppliers: [...(suppliers?.values() ?? [])],
    chips: [...(chips?.values() ?? [])],
    sites: [...(sites?.values() ?? [])],
    memories: [...(components?.values() ?? [])].filter(({ of }) => of === 'memory'),
    clusters: [...(clusters?.values() ?? [])],
    operations: found ? operationsIn(found.catalogue) : {},
    allotments: allotments.map((one) => ({ ...one, source: citationsOf(one.source) })),
    usages: usages.map((one) => ({ ...one, source: citationsOf(one.source), counted: counted.has(one.id) })),
    accounts: accountsOf(allotments, usages),
    consortia: Object.fromEntries([...mentioned].map((id) => [id, tables.get('consortia', id)!.name])),
  };
}
