// What no single entry of a catalogue shows: names that stand for nothing or for the wrong kind, shares of more than all, rings.

import { type EntryPaths, unknownName } from './entry-paths.ts';
import type { Catalogue, Component, Need } from './types.ts';

const WORDS = { compute: 'cluster', 'data-center': 'site' } as Record<string, string>;
const wordFor = (of: string): string => WORDS[of] ?? of;

/** Sums of shares that people write with two decimals. */
const NEAR = 1e-9;

/** @throws JikjiError `catalogue-unknown`, `catalogue-share`, `catalogue-twice`, `catalogue-ring` */
export function checkNeeds({ components, uses }: Catalogue, entryPaths: EntryPaths): void {
  for (const component of components.values()) checkAll(component.needs, entryPaths.get(component.id)!, components);
  for (const use of uses) checkAll(use.needs, entryPaths.get(`use ${use.id}`)!, components);
  checkRings(components, entryPaths);
}

type Seat = EntryPaths extends Map<string, infer S> ? S : never;

function checkAll(
  needs: readonly Need[],
  { places, needs: written }: Seat,
  components: ReadonlyMap<string, Component>,
) {
  needs.forEach(({ of, anyOf }, i) => {
    const path = written[i]!;
    const seen = new Set<string>();
    let sum = 0;
    for (const { component: id, share, could } of anyOf) {
      const component = components.get(id);
      if (component?.of !== of) {
        const names = [...components.values()].filter((one) => one.of === of).map((one) => one.id);
        if (!component) throw unknownName(places, path, wordFor(of), id, names);
        const hint = `name a ${wordFor(of)}${names.length > 0 ? `: ${names.slice(0, 8).join(', ')}` : ''}`;
        throw places.error('catalogue-unknown', path, `"${id}" is a ${wordFor(component.of)}, no ${wordFor(of)}`, hint);
      }
      if (seen.has(id)) throw places.error('catalogue-twice', path, `"${id}" is there twice`, 'keep one of the two');
      seen.add(id);
      if (share !== null && could !== null && could < share)
        throw places.error(
          'catalogue-share',
          path,
          `"${id}" does ${share} of it, and could do ${could}`,
          'could is at least the share',
        );
      sum += share ?? 0;
    }
    const inUse = anyOf.filter(({ share }) => share !== 0);
    const isWhole = inUse.length === 0 || inUse.some(({ share }) => share === null) || sum > 1 - NEAR;
    if (sum > 1 + NEAR || !isWhole)
      throw places.error(
        'catalogue-share',
        path,
        `shares add up to ${Number(sum.toFixed(6))}`,
        'all of it is 1; for a rest that is not known, name something without a supplier, or leave out a share',
      );
  });
}

/** Depth first with a stack of our own: a chain may be ten thousand long. */
function checkRings(components: ReadonlyMap<string, Component>, entryPaths: EntryPaths): void {
  const done = new Set<string>();
  for (const root of components.keys()) {
    if (done.has(root)) continue;
    const path: { id: string; below: Iterator<string> }[] = [];
    const on = new Set<string>();
    const enter = (id: string) => {
      on.add(id);
      path.push({ id, below: below(components.get(id)!) });
    };
    enter(root);
    while (path.length > 0) {
      const top = path.at(-1)!;
      const next = top.below.next();
      if (next.done) {
        path.pop();
        on.delete(top.id);
        done.add(top.id);
      } else if (on.has(next.value)) {
        const ring = [...path.slice(path.findIndex(({ id }) => id === next.value)).map(({ id }) => id), next.value];
        const { places, path: at } = entryPaths.get(next.value)!;
        const shown = ring.length > 8 ? [...ring.slice(0, 4), '...', ...ring.slice(-3)] : ring;
        throw places.error(
          'catalogue-ring',
          at,
          `"${next.value}" needs itself: ${shown.join(' needs ')}`,
          'remove one of these needs',
        );
      } else if (!done.has(next.value)) enter(next.value);
    }
  }
}

function* below({ needs }: Component): Generator<string, undefined> {
  for (const { anyOf } of needs) for (const { component } of anyOf) yield component;
}
