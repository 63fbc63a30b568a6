// Shapes and types of the answers of this room.

import { z } from 'zod';
import { componentKindShape, layerShape } from '../fleet/index.ts';

const share = z.number();
/** Shares from home, from abroad, and unknown: they add up to 1. */
export const sharesShape = z.object({ home: share, abroad: share, unknown: share });
export type Shares = z.infer<typeof sharesShape>;

export const PLACES = ['home', 'abroad', 'unknown'] as const;
export const placeShape = z.enum(PLACES);
export type Place = z.infer<typeof placeShape>;

/** One component's part in the shares of a layer. */
const part = z.object({
  /** Null: unknown, or several options of unknown share. */
  component: z.string().nullable(),
  of: componentKindShape,
  /** The use that has this part; null if no use is known. */
  use: z.string().nullable(),
  /** Share of the whole index. */
  share,
  place: placeShape,
  /**
   * The needed component that makes it count as this place. For several options of unknown share: the option with the smallest share from
   * abroad. Null: the component itself, or unknown needs.
   */
  because: z.string().nullable(),
  /** For several options of unknown share: the first of them. */
  among: z.array(z.string()),
});
export type Part = z.infer<typeof part>;

const layerIndex = z.object({
  layer: layerShape,
  ...sharesShape.shape,
  /** Number of uses that need it. */
  uses: z.int(),
  /** Percent of the needed layers; null if the rules give it no weight. The score is the sum of weight times home. */
  weight: z.number().nullable(),
  floor: z.number().nullable(),
  /** The largest first; parts of one place add up to the layer's share of that place. */
  parts: z.array(part),
  /** Number of smaller parts that are left out. */
  more: z.int(),
});
export type LayerIndex = z.infer<typeof layerIndex>;

export const overallShape = z.object({
  /** `no-rules`: there are no rules, or they give no weight to a needed layer. */
  state: z.enum(['scored', 'below-floor', 'no-rules']),
  /** 0 to 100; null unless scored. */
  score: z.number().nullable(),
  below: z.array(layerShape),
});

export const indexShape = z
  .object({
    /** The id of a programme is empty: the graph does not know it. */
    of: z.object({ kind: z.enum(['use', 'consortium', 'programme']), id: z.string() }),
    /** The needed layers: serving a model needs no data, for example. All layers if no use is known. */
    layers: z.array(layerIndex),
    overall: overallShape,
    /** The layers with the smallest home share. */
    lowest: z.array(layerShape),
  })
  .meta({ id: 'Index' });
export type Index = z.infer<typeof indexShape>;

export const selfRelianceRulesShape = z.object({
  /** Minimum home share, 0 to 1. */
  floors: z.partialRecord(layerShape, z.number()),
  /** Percent; they add up to 100. */
  weights: z.partialRecord(layerShape, z.number()),
});
export type SelfRelianceRules = z.infer<typeof selfRelianceRulesShape>;

/** Suppliers and countries (ISO 3166) that withdraw. */
const without = z.object({ suppliers: z.array(z.string()), countries: z.array(z.string()) });
export type Without = z.infer<typeof without>;

/** The smallest and the largest possible value of a share, 0 to 1, given the known data. */
export const intervalShape = z.object({ low: share, high: share }).meta({ id: 'Interval' });
export type Interval = z.infer<typeof intervalShape>;
/** Remaining share of the present work: by present shares, and if all options take over what they could. */
const remaining = z.object({ now: intervalShape, could: intervalShape }).meta({ id: 'Remaining' });
export type Remaining = z.infer<typeof remaining>;

const fate = z.enum(['stops', 'goes-on', 'goes-on-as-far-as-known']);
export type Fate = z.infer<typeof fate>;

const outcome = {
  fate,
  remaining,
  /** Ids on a shortest path to a withdrawn component, both ends included; empty if no component in use is withdrawn. */
  because: z.array(z.string()),
  /** Number of ids that are left out of the middle of a long path, after the first twenty. */
  leftOut: z.int(),
};

const chips = z.object({ chip: z.string(), count: z.int() });
export type ChipCount = z.infer<typeof chips>;

const takeOver = z.object({
  component: z.string(),
  of: componentKindShape,
  /** Share of the work before the withdrawal; null: in use, share unknown. */
  share: share.nullable(),
  /** The largest share that it could do; null: unknown. */
  could: share.nullable(),
  /** The chips that stop and those that would work in their place, as a plan can compare them; null: not known. */
  chips: z.object({ stopped: chips, instead: chips }).nullable(),
});
export type TakeOver = z.infer<typeof takeOver>;

const useFate = z.object({
  use: z.string(),
  ...outcome,
  /** If it is unknown whether it stops: the layers with unknown data. */
  unknown: z.array(layerShape),
  /** Options that go on where another option in use stops, the nearest first. */
  takeOver: z.array(takeOver),
  /** Not all are listed. */
  more: z.boolean(),
});
export type UseFate = z.infer<typeof useFate>;

export const whatIfShape = z.object({
  without,
  uses: z.array(useFate),
  /** The mean over its uses; unknown for a consortium without uses in the question. */
  consortia: z.array(z.object({ consortium: z.string(), remaining })),
  /** The mean over the consortia; null without any. */
  programme: remaining.nullable(),
  /** Sites and clusters. */
  sites: z.array(z.object({ component: z.string(), ...outcome })),
  /** Components that are withdrawn themselves, not for lack of others. */
  fallen: z.array(z.string()),
  /** Components of the withdrawn suppliers that go on because a copy is held. */
  held: z.array(z.string()),
});
export type WhatIf = z.infer<typeof whatIfShape>;

export const smallestSetsShape = z.object({
  by: z.enum(['supplier', 'country']),
  /** Size of the sets; null if there are none: a use goes on without abroad, or there is no use. */
  size: z.int().nullable(),
  /** Ids of suppliers or countries, each set in alphabetical order. */
  sets: z.array(z.array(z.string())),
  /** True: no smaller set exists. False: the one listed set stops all uses, and a smaller one may exist. */
  exact: z.boolean(),
  /** No set is smaller than this. */
  atLeast: z.int(),
  /** There may be more sets of this size. */
  more: z.boolean(),
  /** The first use that, as far as known, goes on without everything foreign. */
  none: z.string().nullable(),
  /** Number of uses that stop if one foreign supplier or country withdraws alone, the largest first. */
  alone: z.array(z.object({ id: z.string(), stops: z.int() })),
  /** Limits of the search: steps of work, listed sets. */
  limit: z.object({ steps: z.number(), sets: z.int() }),
});
export interface SmallestSets extends z.infer<typeof smallestSetsShape> {
  /** The uses that must stop. */
  scope: { uses: string[] };
}
