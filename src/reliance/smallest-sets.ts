// All smallest sets of foreign suppliers or countries without which no use goes on. Ignores shares: a substitute of any size keeps a use
// going, and unknown counts as going on.

import { foreignCandidates } from './candidates.ts';
import type { Graph } from './graph.ts';
import { smallestHittingSets } from './hitting-set.ts';
import type { SmallestSets } from './shapes.ts';
import { SupportSets } from './support-sets.ts';
import { itemsOfUses } from './what-if.ts';

/** Limit of work: about half a second. */
const MAX_STEPS = 5e7;
const MAX_SETS = 100;

/**
 * @param uses ids of uses; default: all
 * @throws JikjiError `use-unknown`
 */
export function smallestSets(
  graph: Graph,
  { by, uses }: { by: 'supplier' | 'country'; uses?: readonly string[] },
): SmallestSets {
  const items = itemsOfUses(graph, uses);
  const below = graph.below(items);
  const candidates = foreignCandidates(graph, by, below);
  const supports = new SupportSets(graph, candidates, items, below);
  const name = (candidate: number): string => candidates.ids[candidate]!;
  const limit = { steps: MAX_STEPS, sets: MAX_SETS };
  const stops = supports.stopsByOne();
  const scope = { uses: items.map((item) => graph.idOf(item)) };
  const alone = stops
    .map((count, c) => ({ id: name(c), stops: count }))
    .sort((a, b) => b.stops - a.stops || (a.id < b.id ? -1 : 1));
  const without = supports.survivor();
  if (items.length === 0 || without !== undefined) {
    const none = without === undefined ? null : graph.idOf(without);
    return { scope, by, size: null, sets: [], exact: true, atLeast: 0, more: false, none, alone, limit };
  }
  const missed = (chosen: readonly number[]) => supports.missed(chosen);
  const { sets, ...found } = smallestHittingSets(candidates.ids.length, missed, { ...limit, asking: below.length });
  const named = sets.map((set) => set.map(name).sort());
  named.sort((a, b) => (a.join() < b.join() ? -1 : 1));
  return { scope, by, sets: named, ...found, none: null, alone, limit };
}
