// The index of self-reliance by layer, with its parts: for a use, a consortium or the programme. Floors are checked first, then weights give
// a score. Without data a share is unknown. Knows no stages and rule books.

import { LAYERS, type Layer, PROVIDES, REQUIRED_BY, type Use } from '../fleet/index.ts';
import type { Graph } from './graph.ts';
import { partsOf } from './index-parts.ts';
import { layerShares } from './layer-shares.ts';
import { unknownOf } from './need-shares.ts';
import type { Index, LayerIndex, Part, SelfRelianceRules } from './shapes.ts';

const MAX_PARTS = 200;
/** Tolerance of sums of shares. */
const NEAR = 1e-9;

type Rules = SelfRelianceRules | null;
type Layered = Omit<LayerIndex, 'weight' | 'floor'>;

/** The index of one use of the graph. */
export const indexOfUse = (graph: Graph, use: Use, rules: Rules): Index =>
  withRules({ kind: 'use', id: use.id }, layersOf(graph, [[use]]), rules);

/** The mean over a consortium's uses, in each layer over those that need it. */
export const indexOfConsortium = (graph: Graph, id: string, rules: Rules): Index =>
  withRules({ kind: 'consortium', id }, layersOf(graph, [usesOf(graph, id)]), rules);

/** The mean over the consortia, each with equal weight; in each layer over those that need it. */
export function indexOfProgramme(graph: Graph, consortia: readonly string[], rules: Rules): Index {
  const groups = consortia.map((id) => usesOf(graph, id));
  return withRules({ kind: 'programme', id: '' }, layersOf(graph, groups), rules);
}

/** The mean over all uses of the graph: each consortium has equal weight, and so have all uses without one together. */
export function indexOfCatalogue(graph: Graph, rules: Rules): Omit<Index, 'of'> {
  const groups = [...Map.groupBy(graph.uses, ({ consortium }) => consortium).values()];
  const { of: _, ...index } = withRules({ kind: 'programme', id: '' }, layersOf(graph, groups), rules);
  return index;
}

const usesOf = ({ uses }: Graph, id: string): Use[] => uses.filter(({ consortium }) => consortium === id);

const isNeeded = ({ kind, needs }: Use, layer: Layer): boolean =>
  [...REQUIRED_BY[kind], ...needs.map(({ of }) => of)].some((of) => PROVIDES[of].includes(layer));

/** By layer, the mean over groups of the mean over their uses that need the layer. */
function layersOf(graph: Graph, groups: readonly (readonly Use[])[]): Layered[] {
  return LAYERS.flatMap((layer) => {
    const needing = groups.map((uses) => uses.filter((use) => isNeeded(use, layer)));
    // A group without known uses may need every layer; so may an empty list of groups.
    const counting = needing.filter((uses, g) => uses.length > 0 || groups[g]!.length === 0);
    return groups.length > 0 && counting.length === 0 ? [] : [layerOf(graph, layer, counting)];
  });
}

/** The mean over groups of the mean over their uses. A group without uses is unknown, and so is an empty list of groups. */
function layerOf(graph: Graph, layer: Layer, groups: readonly (readonly Use[])[]): Layered {
  const values = layerShares(graph, layer);
  const parts: Part[] = [];
  let home = 0;
  let abroad = 0;
  for (const uses of groups.length > 0 ? groups : [[]]) {
    const whole = 1 / Math.max(1, groups.length);
    if (uses.length === 0)
      parts.push({ component: null, of: layer, use: null, share: whole, place: 'unknown', because: null, among: [] });
    for (const { id } of uses) {
      const use = graph.itemOfUse(id)!;
      const weight = whole / uses.length;
      home += weight * values.home[use]!;
      abroad += weight * values.abroad[use]!;
      for (const part of partsOf(graph, layer, use, weight)) parts.push(part);
    }
  }
  parts.sort((a, b) => b.share - a.share);
  return {
    layer,
    home,
    abroad,
    unknown: unknownOf(home, abroad),
    uses: groups.flat().length,
    parts: parts.slice(0, MAX_PARTS),
    more: Math.max(0, parts.length - MAX_PARTS),
  };
}

function withRules(of: Index['of'], layered: readonly Layered[], rules: SelfRelianceRules | null): Index {
  const given = layered.reduce((sum, { layer }) => sum + (rules?.weights[layer] ?? 0), 0);
  const layers = layered.map((one) => {
    const weight = rules?.weights[one.layer] ?? null;
    // The weight of layers that are not needed is distributed over the others.
    const counts = weight === null || given === 0 ? weight : (weight * 100) / given;
    return { ...one, weight: counts, floor: rules?.floors[one.layer] ?? null };
  });
  const below = layers.filter(({ home, floor }) => floor !== null && home < floor - NEAR).map(({ layer }) => layer);
  const state = below.length > 0 ? 'below-floor' : given > 0 ? 'scored' : 'no-rules';
  const score = state === 'scored' ? layers.reduce((sum, { weight, home }) => sum + (weight ?? 0) * home, 0) : null;
  const minimum = Math.min(...layers.map(({ home }) => home));
  const lowest = layers.filter(({ home }) => home <= minimum + NEAR).map(({ layer }) => layer);
  return { of, layers, overall: { state, score, below }, lowest };
}
