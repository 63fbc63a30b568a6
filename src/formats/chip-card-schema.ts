// The form of a chip card in its file: members, limits, the results that each section may have. Reads nothing.

import { z } from 'zod';

const MAX_FINDINGS = 2000;

/** What findings are about, in the order of a card. */
export const CARD_SECTIONS = [
  'multiply-add',
  'product-inputs',
  'product-sums',
  'subnormal-inputs',
  'subnormal-outputs',
  'rounding',
  'repeat-run',
  'repeat-address',
  'repeat-threads',
  'repeat-batch',
  'accuracy',
] as const;
export type CardSection = (typeof CARD_SECTIONS)[number];

/** Results of measured findings. `exactly`, `at-least`: of the bits that a sum keeps. */
export const CARD_RESULTS = [
  'fused',
  'separate',
  'not-seen',
  'neither',
  'mixed',
  'full',
  'reduced',
  'exactly',
  'at-least',
  'kept',
  'flushed',
  'nearest-even',
  'nearest-away',
  'toward-zero',
  'up',
  'down',
  'other',
  'same',
  'differs',
  'finite',
  'not-finite',
] as const;
export type CardResult = (typeof CARD_RESULTS)[number];
export const NOT_MEASURED = 'not-measured';

/** Text on one line without characters that change its direction. */
const line = (max: number) =>
  z
    .string()
    .min(1)
    .max(max)
    .refine((text) => text.isWellFormed() && !/[\u0000-\u001f\u007f-\u009f\u2028-\u202e\u2066-\u2069]/.test(text), {
      message: 'must be text on one line',
      params: { text: true },
    });
const count = z.int().min(0).max(1e9);
const figure = z.number().min(0).max(1e15).nullable();
const digest = z.string().regex(/^[0-9a-f]{64}$/, 'must be a SHA-256 in hex');

const counts = <Names extends string>(...names: Names[]) =>
  z.strictObject(Object.fromEntries(names.map((name) => [name, count])) as Record<Names, typeof count>);
const subnormal = { numbers: counts('flushed', 'kept', 'neither'), results: ['kept', 'flushed', 'neither', 'mixed'] };
const repeat = { numbers: counts('distinct', 'tries'), results: ['same', 'differs'] };

/** The numbers of each section and its possible results. */
const SECTIONS: Record<CardSection, { numbers: z.ZodType<Record<string, number | null>>; results: string[] }> = {
  'multiply-add': {
    numbers: counts('fused', 'neither', 'separate'),
    results: ['fused', 'separate', 'neither', 'mixed', 'not-seen'],
  },
  'product-inputs': { numbers: counts('kept', 'type'), results: ['full', 'reduced'] },
  'product-sums': { numbers: counts('kept', 'most'), results: ['exactly', 'at-least'] },
  'subnormal-inputs': subnormal,
  'subnormal-outputs': subnormal,
  rounding: {
    numbers: counts('cases', 'nearestEven', 'towardZero'),
    results: ['nearest-even', 'nearest-away', 'toward-zero', 'up', 'down', 'other'],
  },
  'repeat-run': repeat,
  'repeat-address': repeat,
  'repeat-threads': repeat,
  'repeat-batch': {
    numbers: counts('rows', 'rowsDiffering', 'sizes', 'sizesDiffering'),
    results: ['same', 'differs'],
  },
  accuracy: {
    numbers: z.strictObject({
      compared: count,
      elements: count,
      largest: figure,
      largestRounded: figure,
      rms: figure,
      rmsRounded: figure,
    }),
    results: ['finite', 'not-finite'],
  },
};

const row = { about: z.enum(CARD_SECTIONS), dtype: line(20), of: line(100) };
const unmeasured = z.strictObject({ ...row, reason: line(300), result: z.literal(NOT_MEASURED) });
const measured = Object.fromEntries(
  CARD_SECTIONS.map((about) => [
    about,
    z.strictObject({
      ...row,
      ...(about === 'accuracy' && { bits: digest }),
      numbers: SECTIONS[about].numbers,
      result: z.enum([...SECTIONS[about].results, NOT_MEASURED]),
    }),
  ]),
);

/** The schema of a finding, by two of its members. */
export const findingSchema = (about: CardSection, result: unknown) =>
  result === NOT_MEASURED ? unmeasured : measured[about];

/** A card; the findings are checked one by one. */
export const cardSchema = z.strictObject({
  by: line(200),
  device: z.strictObject({ asked: line(100), capability: line(100).nullable(), name: line(300) }),
  findings: z
    .array(z.looseObject({ about: z.enum(CARD_SECTIONS) }))
    .min(1)
    .max(MAX_FINDINGS),
  formatVersion: z.literal(1),
  kind: z.literal('chip-card'),
  settings: z.strictObject({
    deterministic: z.boolean(),
    flags: z.record(z.string().regex(/^[A-Z0-9_]{1,60}$/, 'must be a name of an environment variable'), line(300)),
    float32Products: line(40),
    threads: z.int().min(1).max(1e6),
  }),
  software: z.record(z.string().regex(/^[a-z]{1,20}$/, 'must be a short name of small letters'), line(300)),
  time: z
    .string()
    .regex(/^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\dZ$/, 'must be a time such as 2026-01-15T12:00:00Z')
    .refine((time) => new Date(time).toJSON()?.startsWith(time.slice(0, 19)) ?? false, 'is not a time of the calendar'),
  vectors: z.strictObject({ sha256: digest, size: z.int().min(1).max(1e9) }),
});
