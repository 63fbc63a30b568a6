// Self-reliance as pages show it: what reliance answers with all that it names, the value chain as a picture, and what is asked.

import { z } from 'zod';
import { layerShape, useShape } from '../../../fleet/index.ts';
import {
  indexShape,
  mentionedShape,
  overallShape,
  placeShape,
  selfRelianceRulesShape,
  sharesShape,
  smallestSetsShape,
  whatIfShape,
} from '../../../reliance/index.ts';
import { title } from './common.ts';
import { catalogueHead } from './compute.ts';

const layer = layerShape;
const by = z.enum(['supplier', 'country']);
const scope = z.enum(['training', 'serving', 'all']);

/** What an answer mentions of the catalogue, by its id. */
const components = z.record(z.string(), mentionedShape);
const uses = z.array(useShape.omit({ needs: true }).meta({ id: 'Use' }));

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
    index: indexShape.nullable(),
    rules: z.object({
      /** Digest of the rule book. */
      ruleBook: z.string().nullable(),
      /** Whose rules they are; null: of the rule book that was registered last. */
      stage: z.string().nullable(),
      selfReliance: selfRelianceRulesShape.nullable(),
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
        layers: z.array(z.object({ layer, ...sharesShape.shape })),
        overall: overallShape,
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
        ...sharesShape.shape,
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
            place: placeShape,
            share: z.number(),
            /** In how many of them it is. */
            uses: z.int(),
            kinds: z.array(useShape.shape.kind),
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
export const whatIfPage = whatIfShape
  .extend({
    components,
    /** What `uses` tells the fates of. */
    about: uses,
  })
  .meta({ id: 'WhatIf' });

export const smallestAsked = z.object({ by: by.default('supplier'), kind: scope.default('all') });
const { by: _, ...found } = smallestSetsShape.shape;
export const smallestPage = z
  .object({
    by,
    kind: scope,
    /** How many uses were asked about. */
    uses: z.int(),
    ...found,
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
