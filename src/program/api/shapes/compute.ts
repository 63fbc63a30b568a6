// Compute as pages show it: the catalogue's chips, sites and clusters, what was allotted, what was used.

import { z } from 'zod';
import { citation, title } from './common.ts';

export const sources = z.union([z.array(citation), z.literal('not recorded')]);
/** Between 0 and 1. */
const share = z.number().min(0).max(1);
export const of = z.enum([
  'chip',
  'memory',
  'server',
  'data-center',
  'cloud',
  'software',
  'data',
  'weights',
  'compute',
]);

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

const supplier = z
  .object({
    id: z.string(),
    name: title,
    /** Null: not known. */
    country: z.string().nullable(),
    source: sources,
    /** False where nobody read it in a source. */
    verified: z.boolean(),
  })
  .meta({ id: 'Supplier' });

const need = z.object({
  of,
  /** None: what meets it is not known. */
  anyOf: z.array(
    z.object({
      component: z.string(),
      /** Null: in use, how much is not known; 0: a substitute, not in use. */
      share: share.nullable(),
      /** What it could take over at most; null: not known. */
      could: share.nullable(),
    }),
  ),
  /** Something that is not known may meet it too. */
  others: z.literal(true).optional(),
});

const component = z
  .object({
    id: z.string(),
    of,
    name: title,
    supplier: z.string().nullable(),
    country: z.string().nullable(),
    /** A copy under an open licence is held. */
    held: z.boolean(),
    needs: z.array(need),
    source: sources,
    verified: z.boolean(),
  })
  .meta({ id: 'Component' });

const figure = z.object({
  value: z.number(),
  /** The source says "about". */
  about: z.boolean(),
  verified: z.boolean(),
  source: sources,
});

const chip = component
  .extend({
    of: z.literal('chip'),
    uses: z.array(z.enum(['training', 'inference'])),
    devices: z.array(z.string()),
    memoryKind: z.string().nullable(),
    /** TFLOP/s dense, TFLOP/s, GB, TB/s, W. */
    figures: z.object({
      bf16: figure.optional(),
      fp8: figure.optional(),
      memory: figure.optional(),
      bandwidth: figure.optional(),
      power: figure.optional(),
    }),
  })
  .meta({ id: 'Chip' });

const cluster = component
  .extend({
    of: z.literal('compute'),
    site: z.string().nullable(),
    chips: z.array(z.object({ chip: z.string(), count: z.number().nullable() })),
  })
  .meta({ id: 'Cluster' });

const allotment = z
  .object({
    id: z.string(),
    consortium: z.string(),
    cluster: z.string(),
    /** First and last day. */
    from: z.string(),
    to: z.string(),
    deviceHours: z.number(),
    source: sources.nullable(),
  })
  .meta({ id: 'Allotment' });

const usage = z
  .object({
    id: z.string(),
    consortium: z.string(),
    cluster: z.string().nullable(),
    from: z.string(),
    to: z.string(),
    deviceHours: z.number(),
    /** Whose word it is: the maker's, from his session records, or the office's, which metered it. */
    word: z.enum(['maker', 'office']),
    submission: z.string().nullable(),
    sessions: z
      .object({
        count: z.int(),
        /** They began and have no end on record: their hours are not among those of the usage. */
        withoutEnd: z.int(),
        devices: z.array(z.string()),
      })
      .nullable(),
    source: sources.nullable(),
    /** False where the office metered the same submission. */
    counted: z.boolean(),
  })
  .meta({ id: 'Usage' });

/** Allotments of one consortium on one cluster whose periods overlap, or what was used outside all of them. Hours of devices. */
const account = z
  .object({
    consortium: z.string(),
    /** Null: which one was used is not known. */
    cluster: z.string().nullable(),
    from: z.string(),
    to: z.string(),
    /** Null: used outside any allotment. */
    allotted: z.number().nullable(),
    /** By the maker's word, whether or not it counts. */
    said: z.number(),
    metered: z.number(),
    /** Metered where it was, else the maker's word. */
    counted: z.number(),
    /** Less than 0: more was used than was allotted. Null outside any allotment. */
    left: z.number().nullable(),
    allotments: z.array(z.string()),
    /** A usage that goes beyond the period is among those of several accounts, by days. */
    usages: z.array(z.string()),
  })
  .meta({ id: 'Account' });

export const computePage = z
  .object({
    /** Null: none was registered. */
    catalogue: catalogueHead.nullable(),
    suppliers: z.array(supplier),
    chips: z.array(chip),
    sites: z.array(component),
    /** What chips have as memory. */
    memories: z.array(component),
    clusters: z.array(cluster),
    allotments: z.array(allotment),
    usages: z.array(usage),
    accounts: z.array(account),
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
