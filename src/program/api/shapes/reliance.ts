// Self-reliance as pages show it: the index and what it is made of, the value chain as a picture, what if something falls away.

import { z } from 'zod';
import { title } from './common.ts';
import { catalogueHead, of, sources } from './compute.ts';

const share = z.number();
const layer = of.exclude(['compute']);
const place = z.enum(['home', 'abroad', 'unknown']);
/** They add up to 1. */
const shares = { home: share, abroad: share, unknown: share };
const kind = z.enum(['training', 'serving']);
const fate = z.enum(['stops', 'goes-on', 'goes-on-as-far-as-known']);

/** What an answer mentions of the catalogue, by its id. */
const components = z.record(
  z.string(),
  z
    .object({
      name: title,
      of,
      /** `verified` of where it is based. */
      supplier: z.object({ id: z.string(), name: title, verified: z.boolean() }).nullable(),
      country: z.string().nullable(),
      held: z.boolean(),
      source: sources,
      verified: z.boolean(),
    })
    .meta({ id: 'Mentioned' }),
);
const uses = z.array(
  z
    .object({
      id: z.string(),
      kind,
      name: title,
      model: z.string().nullable(),
      consortium: z.string().nullable(),
      /** Somebody's word, or a run's evidence. */
      word: z.enum(['stated', 'evidence']),
      source: sources,
      verified: z.boolean(),
    })
    .meta({ id: 'Use' }),
);

const overall = z.object({
  state: z.enum(['scored', 'below-floor', 'no-rules']),
  /** 0 to 100. */
  score: z.number().nullable(),
  below: z.array(layer),
});

const index = z
  .object({
    of: z.object({ kind: z.enum(['use', 'consortium', 'programme']), id: z.string() }),
    layers: z.array(
      z.object({
        layer,
        ...shares,
        uses: z.int(),
        /** Percent; null where the rules have none. */
        weight: z.number().nullable(),
        floor: z.number().nullable(),
        parts: z.array(
          z.object({
            component: z.string().nullable(),
            of,
            use: z.string().nullable(),
            share,
            place,
            /** Why a thing of home does not count as home: the id of what it needs. */
            because: z.string().nullable(),
            /** One of these, nobody says which; then there is no component. */
            among: z.array(z.string()),
          }),
        ),
        more: z.int(),
      }),
    ),
    overall,
    /** Layers with the least share of home. */
    lowest: z.array(layer),
  })
  .meta({ id: 'Index' });

export const asked = z.object({
  of: z.enum(['programme', 'consortium', 'use']).default('programme'),
  /** Of the consortium or use. */
  id: z
    .string()
    .regex(/^[a-z0-9][a-z0-9-]{0,99}$/, 'must be lower-case letters, digits and hyphens')
    .optional(),
});
export const reliancePage = z
  .object({
    /** Countries that count as home. */
    home: z.array(z.string()),
    /** Null: none was registered; then there is nothing else. */
    catalogue: catalogueHead.nullable(),
    index: index.nullable(),
    rules: z.object({
      /** Digest of the rule book. */
      ruleBook: z.string().nullable(),
      /** Whose rules they are; null: of the rule book that was registered last. */
      stage: z.string().nullable(),
      selfReliance: z
        .object({
          /** The least share of home by layer, 0 to 1. */
          floors: z.partialRecord(layer, z.number()),
          /** Percent; they add up to 100. */
          weights: z.partialRecord(layer, z.number()),
        })
        .nullable(),
    }),
    components,
    uses,
    /** At the end of each stage that is closed, in their order; of the programme and of consortia. */
    course: z.array(
      z.object({
        stage: z.string(),
        title,
        closed: z.string(),
        /** The parts of the catalogue that it was worked out with. */
        catalogue: z.array(z.object({ id: z.string(), version: z.int() })),
        layers: z.array(z.object({ layer, ...shares })),
        overall,
      }),
    ),
  })
  .meta({ id: 'Reliance' });

export const chainPage = z
  .object({
    home: z.array(z.string()),
    layers: z.array(
      z.object({
        layer,
        ...shares,
        /** The largest first. */
        items: z.array(
          z.object({
            /** Null: not known. */
            component: z.string().nullable(),
            name: title.nullable(),
            /** One of these, nobody says which; then there is no component. */
            among: z.array(title),
            supplier: title.nullable(),
            country: z.string().nullable(),
            place,
            share,
            /** In how many of them it is. */
            uses: z.int(),
            kinds: z.array(kind),
          }),
        ),
        more: z.int(),
      }),
    ),
  })
  .meta({ id: 'ValueChain' });

/** Given several times: `?supplier=a&supplier=b`. */
const several = (one: z.ZodString) =>
  z
    .union([one, z.array(one).max(100)])
    .default([])
    .transform((given) => (typeof given === 'string' ? [given] : given));
export const without = z.object({
  supplier: several(z.string().min(1).max(500)),
  country: several(z.string().min(1).max(20)),
});
/** A shortest way from something down to what fell. */
const because = {
  because: z.array(z.string()),
  /** How many in the middle of a long way are left out, after the first twenty. */
  leftOut: z.int(),
};

/** Of a share, 0 to 1: the least and the most that it may be, as far as anything is known. */
const interval = z.object({ low: share, high: share }).meta({ id: 'Interval' });
/** Of the present work: at once, and when all take over what they could. */
const remaining = z.object({ now: interval, could: interval }).meta({ id: 'Remaining' });

export const whatIfPage = z
  .object({
    without: z.object({ suppliers: z.array(z.string()), countries: z.array(z.string()) }),
    uses: z.array(
      z.object({
        use: z.string(),
        fate,
        remaining,
        ...because,
        unknown: z.array(layer),
        takeOver: z.array(
          z.object({ component: z.string(), of, share: z.number().nullable(), could: z.number().nullable() }),
        ),
        /** There are more that could take over. */
        more: z.boolean(),
      }),
    ),
    /** The mean over its runs and models. */
    consortia: z.array(z.object({ consortium: z.string(), remaining })),
    /** The mean over the consortia; null where there is none. */
    programme: remaining.nullable(),
    sites: z.array(z.object({ component: z.string(), fate, remaining, ...because })),
    fallen: z.array(z.string()),
    /** Theirs, but a copy is held: they go on. */
    held: z.array(z.string()),
    components,
    /** What `uses` tells the fates of. */
    about: uses,
  })
  .meta({ id: 'WhatIf' });

export const smallestAsked = z.object({
  by: z.enum(['supplier', 'country']).default('supplier'),
  kind: z.enum(['training', 'serving', 'all']).default('all'),
});
export const smallestPage = z
  .object({
    by: z.enum(['supplier', 'country']),
    kind: z.enum(['training', 'serving', 'all']),
    /** How many uses were asked about. */
    uses: z.int(),
    /** Null: no set stops all of them, or none was found within the limit. */
    size: z.int().nullable(),
    sets: z.array(z.array(z.string())),
    exact: z.boolean(),
    /** No smaller set stops all. */
    atLeast: z.int(),
    /** There are more sets of this size than are listed. */
    more: z.boolean(),
    /** A use that goes on without anything from abroad. */
    none: z.string().nullable(),
    /** How many uses stop without each alone; the largest first. */
    alone: z.array(z.object({ id: z.string(), stops: z.int() })),
    /** Where the search ends: steps of work, sets listed. */
    limit: z.object({ steps: z.number(), sets: z.int() }),
    /** Of suppliers that are mentioned. */
    suppliers: z.record(z.string(), z.object({ name: title, country: z.string().nullable() })),
  })
  .meta({ id: 'SmallestSets' });

export const choicesPage = z
  .object({
    suppliers: z.array(z.object({ id: z.string(), name: title, country: z.string().nullable(), components: z.int() })),
    countries: z.array(z.object({ code: z.string(), suppliers: z.int() })),
  })
  .meta({ id: 'Choices' });
