// What reliance answers, stated once: shapes for whoever checks or documents an answer, types for those who make and read it.

import { z } from 'zod';
import { layerShape, ofShape } from '../fleet/index.ts';

const share = z.number();
/** How far something is of home, from abroad, or not known: they add up to 1. */
export const sharesShape = z.object({ home: share, abroad: share, unknown: share });
export type Shares = z.infer<typeof sharesShape>;

export const PLACES = ['home', 'abroad', 'unknown'] as const;
export const placeShape = z.enum(PLACES);
export type Place = z.infer<typeof placeShape>;

/** One component's part in the shares of a layer. */
const part = z.object({
  /** Null: something that is not known, or several whose shares are not known. */
  component: z.string().nullable(),
  of: ofShape,
  /** The use that it has this part through; null where nothing is known of any. */
  use: z.string().nullable(),
  /** Of the whole that was asked for. */
  share,
  place: placeShape,
  /**
   * Why it counts as of this place although it is not of it itself: the component, needed by it, that is. Of several whose shares
   * are not known: the one that is least from abroad. Null: by itself, or because what it needs is not known.
   */
  because: z.string().nullable(),
  /** Where it is one of several, nobody says which: the first of them. */
  among: z.array(z.string()),
});
export type Part = z.infer<typeof part>;

const layerIndex = z.object({
  layer: layerShape,
  ...sharesShape.shape,
  /** How many uses need it. */
  uses: z.int(),
  /** Percent, of the layers that count here; null where the rules give it none. The score is the sum of weight times home. */
  weight: z.number().nullable(),
  floor: z.number().nullable(),
  /** The largest first; parts of one place add up to the layer's share of that place. */
  parts: z.array(part),
  /** How many smaller ones are left out. */
  more: z.int(),
});
export type LayerIndex = z.infer<typeof layerIndex>;

export const overallShape = z.object({
  /** `no-rules`: there are none, or they give no weight to any layer here. */
  state: z.enum(['scored', 'below-floor', 'no-rules']),
  /** 0 to 100; null unless scored. */
  score: z.number().nullable(),
  below: z.array(layerShape),
});

export const indexShape = z
  .object({
    /** The id of a programme is empty: its graph does not know it. */
    of: z.object({ kind: z.enum(['use', 'consortium', 'programme']), id: z.string() }),
    /** Those that are needed: who only serves a model needs no data. All of them where there is no use: nothing is known of any. */
    layers: z.array(layerIndex),
    overall: overallShape,
    /** The layers with the least share of home. */
    lowest: z.array(layerShape),
  })
  .meta({ id: 'Index' });
export type Index = z.infer<typeof indexShape>;

export const selfRelianceRulesShape = z.object({
  /** The least share of home, 0 to 1. */
  floors: z.partialRecord(layerShape, z.number()),
  /** Percent; they add up to 100. */
  weights: z.partialRecord(layerShape, z.number()),
});
export type SelfRelianceRules = z.infer<typeof selfRelianceRulesShape>;

/** Suppliers and countries (ISO 3166) that fall away. */
const without = z.object({ suppliers: z.array(z.string()), countries: z.array(z.string()) });
export type Without = z.infer<typeof without>;

/** Of a share, 0 to 1: the least and the most that it may be, as far as anything is known. */
const interval = z.object({ low: share, high: share }).meta({ id: 'Interval' });
export type Interval = z.infer<typeof interval>;
/** Of the present work: by present shares, and when all take over what they could. */
const remaining = z.object({ now: interval, could: interval }).meta({ id: 'Remaining' });
export type Remaining = z.infer<typeof remaining>;

const fate = z.enum(['stops', 'goes-on', 'goes-on-as-far-as-known']);
export type Fate = z.infer<typeof fate>;

const outcome = {
  fate,
  remaining,
  /** Names on a shortest way down to a component that fell, both ends included; empty where nothing fell that is in use. */
  because: z.array(z.string()),
  /** How many names in the middle of a long way are left out, after the first twenty. */
  leftOut: z.int(),
};

const takeOver = z.object({
  component: z.string(),
  of: ofShape,
  /** Of the work before anything fell; null: in use, how much is not known. */
  share: share.nullable(),
  /** The most it could do; null: not known. */
  could: share.nullable(),
});
export type TakeOver = z.infer<typeof takeOver>;

const useFate = z.object({
  use: z.string(),
  ...outcome,
  /** Where it may stop or go on: the layers in which something is not known. */
  unknown: z.array(layerShape),
  /** What goes on where something else in use stops, the nearest to the use first. */
  takeOver: z.array(takeOver),
  /** There are more that are not listed. */
  more: z.boolean(),
});
export type UseFate = z.infer<typeof useFate>;

export const whatIfShape = z.object({
  without,
  uses: z.array(useFate),
  /** The mean over its uses; of one without any that is asked about nothing is known. */
  consortia: z.array(z.object({ consortium: z.string(), remaining })),
  /** The mean over the consortia; null where there is none. */
  programme: remaining.nullable(),
  /** Sites and clusters. */
  sites: z.array(z.object({ component: z.string(), ...outcome })),
  /** Components that fall themselves, not for want of others. */
  fallen: z.array(z.string()),
  /** Theirs too, but a copy is held: they go on. */
  held: z.array(z.string()),
});
export type WhatIf = z.infer<typeof whatIfShape>;

export const smallestSetsShape = z.object({
  by: z.enum(['supplier', 'country']),
  /** Of the sets; null where there is none, since a use goes on without abroad or there is no use. */
  size: z.int().nullable(),
  /** Suppliers' names or countries, each set in alphabetical order. */
  sets: z.array(z.array(z.string())),
  /** No smaller set exists. Else the one set that is listed does it, and a smaller one may exist. */
  exact: z.boolean(),
  /** No set is smaller than this. */
  atLeast: z.int(),
  /** There may be sets of this size that are not listed. */
  more: z.boolean(),
  /** The first use that goes on without all that is foreign, as far as known. */
  none: z.string().nullable(),
  /** How many of the uses stop when one falls away alone, the most first: of all that are foreign and that a use may rest on. */
  alone: z.array(z.object({ id: z.string(), stops: z.int() })),
  /** Where the search ends: steps of work, sets listed. */
  limit: z.object({ steps: z.number(), sets: z.int() }),
});
export interface SmallestSets extends z.infer<typeof smallestSetsShape> {
  /** The uses that are to stop. */
  scope: { uses: string[] };
}
