// The index of self-reliance: by layer, for a use, a consortium or the programme, each with the parts it comes from; floors reject
// first, weights rank afterwards. What rests on nothing known counts as not known. Knows nothing of stages and of where rules are kept.

import { LAYERS, type Layer, PROVIDES, REQUIRED_BY, type Use } from '../fleet/index.ts';
import type { Graph } from './graph.ts';
import { partsOf } from './index-parts.ts';
import { layerShares } from './layer-shares.ts';
import { unknownOf } from './need-shares.ts';
import type { Index, LayerIndex, Part, SelfRelianceRules } from './shapes.ts';

const MOST_PARTS = 200;
/** Sums of shares that should be equal. */
const NEAR = 1e-9;

/** The index of one use of the graph. */
export function indexOfUse(graph: Graph, use: Use, rules: SelfRelianceRules | null): Index {
  const item = graph.itemOfUse(use.id);
  if (item === undefined) throw new RangeError(`the graph has no use ${use.id}`);
  const layers = LAYERS.filter((layer) => isNeeded(use, layer));
  return withRules(
    { kind: 'use', id: use.id },
    layers.map((layer) => layerOf(graph, layer, [[item]])),
    rules,
  );
}

/** The mean over its uses, in each layer those that need it. */
export function indexOfConsortium(graph: Graph, id: string, rules: SelfRelianceRules | null): Index {
  return withRules({ kind: 'consortium', id }, ofConsortia(graph, [id]), rules);
}

/** The mean over the consortia, each of which counts the same however many uses it has; in a layer, those that need it. */
export function indexOfProgramme(graph: Graph, consortia: readonly string[], rules: SelfRelianceRules | null): Index {
  return withRules({ kind: 'programme', id: '' }, ofConsortia(graph, consortia), rules);
}

/** The mean over all uses of the graph: each consortium counts the same, and so do the uses of none, taken together. */
export function indexOfCatalogue(graph: Graph, rules: SelfRelianceRules | null): Omit<Index, 'of'> {
  const groups = [...Map.groupBy(graph.uses, ({ consortium }) => consortium).values()];
  const { of: _, ...index } = withRules({ kind: 'programme', id: '' }, ofGroups(graph, groups), rules);
  return index;
}

const isNeeded = ({ kind, needs }: Use, layer: Layer): boolean =>
  [...REQUIRED_BY[kind], ...needs.map(({ of }) => of)].some((of) => PROVIDES[of].includes(layer));

type Layered = Omit<LayerIndex, 'weight' | 'floor'>;

const ofConsortia = (graph: Graph, consortia: readonly string[]): Layered[] =>
  ofGroups(
    graph,
    consortia.map((id) => graph.uses.filter(({ consortium }) => consortium === id)),
  );

/** The mean over groups of uses of the mean over each, in a layer those that need it. */
function ofGroups(graph: Graph, uses: readonly (readonly Use[])[]): Layered[] {
  return LAYERS.flatMap((layer) => {
    // One of which no use is known may need everything; nobody at all is such a one.
    const needing = uses.filter((theirs) => theirs.length === 0 || theirs.some((use) => isNeeded(use, layer)));
    if (uses.length > 0 && needing.length === 0) return [];
    const items = needing.map((theirs) =>
      theirs.filter((use) => isNeeded(use, layer)).map(({ id }) => graph.itemOfUse(id)!),
    );
    return [layerOf(graph, layer, items)];
  });
}

/** The mean over groups of uses of the mean over each; of a group without uses nothing is known, and so of no group at all. */
function layerOf(graph: Graph, layer: Layer, groups: readonly (readonly number[])[]): Layered {
  const values = layerShares(graph, layer);
  const parts: Part[] = [];
  let home = 0;
  let abroad = 0;
  for (const uses of groups.length > 0 ? groups : [[]]) {
    const whole = 1 / Math.max(1, groups.length);
    if (uses.length === 0)
      parts.push({ component: null, of: layer, use: null, share: whole, place: 'unknown', because: null, among: [] });
    for (const use of uses) {
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
    parts: parts.slice(0, MOST_PARTS),
    more: Math.max(0, parts.length - MOST_PARTS),
  };
}

function withRules(of: Index['of'], layered: readonly Layered[], rules: SelfRelianceRules | null): Index {
  const given = layered.reduce((sum, { layer }) => sum + (rules?.weights[layer] ?? 0), 0);
  const layers = layered.map((one) => {
    const weight = rules?.weights[one.layer] ?? null;
    // Layers that do not count here leave their weight to the others.
    const counts = weight === null || given === 0 ? weight : (weight * 100) / given;
    return { ...one, weight: counts, floor: rules?.floors[one.layer] ?? null };
  });
  const below = layers.filter(({ home, floor }) => floor !== null && home < floor - NEAR).map(({ layer }) => layer);
  const state = below.length > 0 ? 'below-floor' : given > 0 ? 'scored' : 'no-rules';
  const score = state === 'scored' ? layers.reduce((sum, { weight, home }) => sum + (weight ?? 0) * home, 0) : null;
  const least = Math.min(...layers.map(({ home }) => home));
  const lowest = layers.filter(({ home }) => home <= least + NEAR).map(({ layer }) => layer);
  return { of, layers, overall: { state, score, below }, lowest };
}
