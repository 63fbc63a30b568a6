// Compute as pages show it: the catalogue's chips, sites and clusters, what was allotted, what was used.

import { z } from 'zod';
import { chipShape, clusterShape, componentShape, sourcesShape, supplierShape } from '../../../fleet/index.ts';
import { accountShape, allotmentShape, usageShape } from '../../../reliance/index.ts';
import { title } from './common.ts';

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
        /** They began and have no end on record: their hours are not among those of the usage. */
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
    /** Null: none was registered. */
    catalogue: catalogueHead.nullable(),
    suppliers: z.array(supplierShape),
    chips: z.array(chipShape),
    sites: z.array(componentShape),
    /** What chips have as memory. */
    memories: z.array(componentShape),
    /** How they are reached is for nobody outside, and not in their shape. */
    clusters: z.array(clusterShape),
    allotments: z.array(allotmentShape.extend({ source }).meta({ id: 'Allotment' })),
    usages: z.array(usage),
    accounts: z.array(accountShape),
    /** Names of the consortia that are mentioned. */
    consortia: z.record(z.string(), title),
  })
  .meta({ id: 'Compute' });

export const registered = z.object({
  digest: z.string(),
  components: z.int(),
  uses: z.int(),
  /** Consortia that it names and that the programme does not have. */
  strangers: z.array(z.string()),
});
