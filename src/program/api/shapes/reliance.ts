// Shapes of self-reliance: questions, and answers with the components that they mention; the value chain by layer.

import { z } from 'zod';
import { layerShape, useShape } from '../../../fleet/index.ts';
import {
  componentFactsShape,
  flowFatesShape,
  flowPictureShape,
  indexShape,
  overallShape,
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

/** Mentioned components of the catalogue, by id. */
const components = z.record(z.string(), componentFactsShape);
const uses = z.array(useShape.omit({ needs: true }).meta({ id: 'Use' }));

export const asked = z.object({
  of: z.enum(['programme', 'consortium', 'use']).default('programme'),
  /** Id of the consortium or use. */
  id: z
    .string()
    .regex(/^[a-z0-9][a-z0-9-]{0,99}$/, 'must be lower-case letters, digits and hyphens')
    .optional(),
});
export const reliancePage = z
  .object({
    /** Countries that count as home. */
    home: z.array(z.string()),
    /** Null: no catalogue is registered, and the other members are empty. */
    catalogue: catalogueHead.nullable(),
    index: indexShape.nullable(),
    rules: z.object({
      /** Digest of the rule book. */
      ruleBook: z.string().nullable(),
      /** The stage of the rules; null: the rules of the last registered rule book. */
      stage: z.string().nullable(),
      selfReliance: selfRelianceRulesShape.nullable(),
    }),
    components,
    uses,
    /** The index at the end of each closed stage, in order; not for a use. */
    course: z.array(
      z.object({
        stage: z.string(),
        title,
        closed: z.string(),
        /** The parts of the catalogue that were in force. */
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
    layers: z.array(z.object({ layer, ...sharesShape.shape })),
    /** Sites and clouds in the index: whose they are, and whose law binds their operators. */
    operated: components,
    /** What rests on what, with the share of the programme's work. */
    picture: flowPictureShape,
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
    /** The uses in `uses`. */
    about: uses,
    /** By index of the nodes and links of the chain's picture. */
    picture: flowFatesShape,
  })
  .meta({ id: 'WhatIf' });

export const smallestAsked = z.object({ by: by.default('supplier'), kind: scope.default('all') });
const { by: _, ...found } = smallestSetsShape.shape;
export const smallestPage = z
  .object({
    by,
    kind: scope,
    /** Number of uses in the question. */
    uses: z.int(),
    ...found,
    /** Mentioned suppliers, by id. */
    suppliers: z.record(z.string(), z.object({ name: title, country: z.string().nullable() })),
  })
  .meta({ id: 'SmallestSets' });

export const choicesPage = z
  .object({
    suppliers: z.array(z.object({ id: z.string(), name: title, country: z.string().nullable(), components: z.int() })),
    countries: z.array(z.object({ code: z.string(), suppliers: z.int() })),
  })
  .meta({ id: 'Choices' });
