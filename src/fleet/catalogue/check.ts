// Checks what no single entry of a catalogue shows: unknown names, names of the wrong kind, sums of shares, rings of needs.

import { type EntryPath, type EntryPaths, unknownName } from './entry-paths.ts';
import { FAULTS, kindOf } from './faults.ts';
import type { Catalogue, Component, Need } from './types.ts';

/** Tolerance for sums of shares, which people write with two decimals. */
const TOLERANCE = 1e-9;

/** @throws JikjiError `catalogue-unknown`, `catalogue-share`, `catalogue-twice`, `catalogue-ring` */
export function checkNeeds({ components, uses }: Catalogue, entryPaths: EntryPaths): void {
  for (const component of components.values()) checkAll(component.needs, entryPaths.get(component.id)!, components);
  for (const use of uses) checkAll(use.needs, entryPaths.get(`use ${use.id}`)!, components);
  checkRings(components, entryPaths);
}

function checkAll(
  needs: readonly Need[],
  { places, needs: paths }: EntryPath,
  components: ReadonlyMap<string, Component>,
) {
  needs.forEach(({ of, anyOf }, i) => {
    const path = paths[i]!;
    const seen = new Set<string>();
    let sum = 0;
    for (const { component: id, share, could } of anyOf) {
      const component = components.get(id);
      if (component?.of !== of) {
        const names = [...components.values()].filter((one) => one.of === of).map((one) => one.id);
        if (!component) throw unknownName(places, { path, what: kindOf(of), name: id, names });
        throw places.fault('catalogue-unknown', path, FAULTS.otherKind(id, kindOf(component.of), kindOf(of), names));
      }
      if (seen.has(id)) throw places.fault('catalogue-twice', path, FAULTS.listedTwice(id));
      seen.add(id);
      if (share !== null && could !== null && could < share)
        throw places.fault('catalogue-share', path, FAULTS.couldBelowShare(id, share, could));
      sum += share ?? 0;
    }
    const inUse = anyOf.filter(({ share }) => share !== 0);
    const isWhole = inUse.length === 0 || inUse.some(({ share }) => share === null) || sum > 1 - TOLERANCE;
    if (sum > 1 + TOLERANCE || !isWhole)
      throw places.fault('catalogue-share', path, FAULTS.shares(Number(sum.toFixed(6))));
  });
}

/** Depth-first search with an explicit stack: a chain may be ten thousand long. */
function checkRings(components: ReadonlyMap<string, Component>, entryPaths: EntryPaths): void {
  const checked = new Set<string>();
  for (const root of components.keys()) {
    if (checked.has(root)) continue;
    const path: { id: string; needs: Iterator<string> }[] = [];
    const onPath = new Set<string>();
    const enter = (id: string) => {
      onPath.add(id);
      path.push({ id, needs: neededBy(components.get(id)!) });
    };
    enter(root);
    while (path.length > 0) {
      const top = path.at(-1)!;
      const next = top.needs.next();
      if (next.done) {
        path.pop();
        onPath.delete(top.id);
        checked.add(top.id);
      } else if (onPath.has(next.value)) {
        const ring = [...path.slice(path.findIndex(({ id }) => id === next.value)).map(({ id }) => id), next.value];
        const { places, path: at } = entryPaths.get(next.value)!;
        const shown = ring.length > 8 ? [...ring.slice(0, 4), '...', ...ring.slice(-3)] : ring;
        throw places.fault('catalogue-ring', at, FAULTS.ring(next.value, shown));
      } else if (!checked.has(next.value)) enter(next.value);
    }
  }
}

function* neededBy({ needs }: Component): Generator<string, undefined> {
  for (const { anyOf } of needs) for (const { component } of anyOf) yield component;
}
