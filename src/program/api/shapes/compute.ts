// Shapes of compute: chips, sites and clusters of the catalogue, allotments, usages.

import { z } from 'zod';
import {
  chipShape,
  clusterShape,
  componentShape,
  differenceShape,
  siteShape,
  sourcesShape,
  supplierShape,
} from '../../../fleet/index.ts';
import { chipCardShape } from '../../../formats/index.ts';
import { accountShape, allotmentShape, operationShape, usageShape } from '../../../reliance/index.ts';
import { citation, failure, recorded, title } from './common.ts';

export const catalogueHead = z
  .object({
    digest: z.string(),
    /** When it was registered. */
    registered: z.string(),
    parts: z.array(z.object({ id: z.string(), version: z.int(), title })),
    /** Countries that count as home. */
    home: z.array(z.string()),
  })
  .meta({ id: 'Catalogue' });

const source = sourcesShape.nullable();
const usage = usageShape
  .extend({
    sessions: z
      .object({
        count: z.int(),
        /** Sessions without a recorded end: their hours are not counted. */
        withoutEnd: z.int(),
        devices: z.array(z.string()),
      })
      .nullable(),
    source,
    /** False where the office metered the same submission. */
    counted: z.boolean(),
  })
  .meta({ id: 'Usage' });

export const computePage = z
  .object({
    /** Null: no catalogue is registered. */
    catalogue: catalogueHead.nullable(),
    suppliers: z.array(supplierShape),
    chips: z.array(chipShape),
    sites: z.array(siteShape),
    /** Memory of chips. */
    memories: z.array(componentShape),
    /** Without the data by which the office reaches them. */
    clusters: z.array(clusterShape),
    /** Owners of sites and clusters, and laws that bind their operators, by id: beside the index, never in it. */
    operations: z.record(z.string(), operationShape),
    allotments: z.array(allotmentShape.extend({ source, seq: z.int() }).meta({ id: 'Allotment' })),
    usages: z.array(usage),
    accounts: z.array(accountShape),
    /** Names of the mentioned consortia. */
    consortia: z.record(z.string(), title),
  })
  .meta({ id: 'Compute' });

export const chipPage = z
  .object({
    chip: chipShape,
    suppliers: z.array(supplierShape),
    cards: z.array(chipCardShape),
  })
  .meta({ id: 'ChipPage' });

export const registered = z.object({
  digest: z.string(),
  components: z.int(),
  uses: z.int(),
  /** Consortia in the catalogue that the programme does not have. */
  strangers: z.array(z.string()),
});

export const checkedCatalogue = z
  .object({
    digest: z.string(),
    /** Digest of the catalogue in force that the differences are to; null without one. */
    before: z.string().nullable(),
    /** True: it was registered before, and cannot be registered again. */
    known: z.boolean(),
    components: z.int(),
    uses: z.int(),
    /** Consortia in the catalogue that the programme does not have. */
    strangers: z.array(z.string()),
    /** Parts that are registered with another text: they need this version. */
    stale: z.array(z.object({ id: z.string(), version: z.int(), needed: z.int() })),
    /** Clusters that it lacks, and the allotments on them. */
    lost: z.array(z.object({ cluster: z.string(), allotments: z.array(z.string()) })),
    added: z.int(),
    removed: z.int(),
    changed: z.int(),
    /** Of very many only the first. */
    differences: z.array(differenceShape),
  })
  .meta({ id: 'CheckedCatalogue' });

const day = z.string();

export const checkedAllotments = z
  .object({
    changes: z.array(
      z.object({
        /** With its id, which is proposed if none was given. */
        allotment: allotmentShape.extend({
          source: z.union([citation, z.array(citation), z.literal('not recorded')]).optional(),
        }),
        replaces: z.int().nullable(),
        before: allotmentShape.nullable(),
        /** The programme has it already. */
        same: z.boolean(),
        /** Why it would be refused. */
        problem: failure.shape.error.nullable(),
      }),
    ),
    /** Clusters whose allotments change. What would be refused does not count. */
    clusters: z.array(
      z.object({
        cluster: z.string(),
        /** Sums of device-hours. */
        before: z.number(),
        after: z.number(),
        /** Null: not known. */
        chips: z.number().nullable(),
        /** The days for which most is allotted, with hours spread evenly over the days of each allotment. */
        fullest: z.object({ from: day, to: day, hoursPerDay: z.number() }).nullable(),
      }),
    ),
    overlaps: z.array(
      z.object({
        consortium: z.string(),
        cluster: z.string(),
        ids: z.array(z.string()),
        from: day,
        to: day,
      }),
    ),
  })
  .meta({ id: 'CheckedAllotments' });

export const recordedEntries = z.object({ entries: z.array(recorded) });
