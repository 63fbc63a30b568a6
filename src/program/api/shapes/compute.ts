// Shapes of compute: chips, sites and clusters of the catalogue, allotments, usages.

import { z } from 'zod';
import { chipShape, clusterShape, componentShape, sourcesShape, supplierShape } from '../../../fleet/index.ts';
import { chipCardShape } from '../../../formats/index.ts';
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
    sites: z.array(componentShape),
    /** Memory of chips. */
    memories: z.array(componentShape),
    /** Without the data by which the office reaches them. */
    clusters: z.array(clusterShape),
    allotments: z.array(allotmentShape.extend({ source }).meta({ id: 'Allotment' })),
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
