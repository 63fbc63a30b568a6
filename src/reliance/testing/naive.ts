// Answers by plain recursion over a catalogue, for the tests to compare with: no graph, no order, no cache.

import {
  type Catalogue,
  type Component,
  LAYERS,
  type Layer,
  type Need,
  PROVIDES,
  REQUIRED,
  REQUIRED_BY,
  type Use,
} from '../../fleet/index.ts';

/** With those that must be there and are not. */
export function needsOf(thing: Component | Use): Need[] {
  const must = 'kind' in thing ? REQUIRED_BY[thing.kind] : REQUIRED[thing.of];
  return [
    ...thing.needs,
    ...must.filter((of) => !thing.needs.some((need) => need.of === of)).map((of) => ({ of, anyOf: [] })),
  ];
}

/** Something that nobody named meets the need too: those of unknown share cannot do all that is left for them. */
export function isOpen({ anyOf, others }: Need): boolean {
  const known = anyOf.reduce((sum, { share }) => sum + (share ?? 0), 0);
  const most = anyOf.reduce((sum, { share, could }) => sum + (share === null ? (could ?? 1) : 0), 0);
  return known < 1 - 1e-9 && (others === true || known + most < 1 - 1e-9);
}

export type Third = 'stops' | 'goes-on-as-far-as-known' | 'goes-on';

/** Whether a component itself falls, for sure, perhaps, or not. */
export function ownFate(
  catalogue: Catalogue,
  component: Component,
  without: { suppliers: string[]; countries: string[] },
): Third {
  if (component.held) return 'goes-on';
  const { suppliers } = catalogue;
  // All who might be its supplier; undefined stands for one that the catalogue does not name, from wherever the component is.
  const possible =
    component.supplier !== null
      ? [suppliers.get(component.supplier)!]
      : [
          undefined,
          ...[...suppliers.values()].filter(
            ({ country }) => country === null || component.country === null || country === component.country,
          ),
        ];
  const fell = possible.map((supplier) => {
    if (supplier && without.suppliers.includes(supplier.id)) return true;
    if (component.country !== null && without.countries.includes(component.country)) return true;
    if (component.supplier !== null && without.countries.includes(supplier!.country ?? '')) return true;
    const isPlaced = component.country !== null && (component.supplier === null || supplier!.country !== null);
    return !isPlaced && without.countries.length > 0 ? undefined : false;
  });
  if (fell.every((one) => one === true)) return 'stops';
  return fell.every((one) => one === false) ? 'goes-on' : 'goes-on-as-far-as-known';
}

/** Two-valued: does it go on, where `own` tells of each component itself and `open` whether what nobody named goes on? */
export function goesOn(
  catalogue: Catalogue,
  thing: Component | Use,
  own: (component: Component) => boolean,
  open: boolean,
): boolean {
  if (!('kind' in thing) && !own(thing)) return false;
  return needsOf(thing).every(
    (need) =>
      (isOpen(need) && open) ||
      need.anyOf.some(({ component }) => goesOn(catalogue, catalogue.components.get(component)!, own, open)),
  );
}

/** The catalogue with each lost supplier of unknown country in a country: one that has something without a supplier, or elsewhere. */
export function whereabouts(catalogue: Catalogue, without: { suppliers: string[]; countries: string[] }): Catalogue[] {
  const { suppliers, components } = catalogue;
  const open = [...components.values()].flatMap(({ supplier, country }) => (supplier === null ? (country ?? []) : []));
  let all = [suppliers];
  for (const id of new Set(without.suppliers)) {
    const lost = suppliers.get(id)!;
    if (lost.country !== null) continue;
    const places = [...new Set(['elsewhere', ...open])];
    all = all.flatMap((one) => places.map((country) => new Map(one).set(id, { ...lost, country })));
  }
  return all.map((one) => ({ ...catalogue, suppliers: one }));
}

/** Stops where it does at best, goes on where it does at worst, wherever the lost suppliers are: all else that is not known is AND and OR alone. */
export function fate(
  catalogue: Catalogue,
  thing: Component | Use,
  without: { suppliers: string[]; countries: string[] },
): Third {
  const isNobody = without.suppliers.length + without.countries.length === 0;
  const all = whereabouts(catalogue, without);
  const best = all.some((one) => goesOn(one, thing, (component) => ownFate(one, component, without) !== 'stops', true));
  const worst = all.every((one) =>
    goesOn(one, thing, (component) => ownFate(one, component, without) === 'goes-on', isNobody),
  );
  return worst ? 'goes-on' : best ? 'goes-on-as-far-as-known' : 'stops';
}

/** Layers in which something is not known that the answer hangs on. */
export function unknownLayers(
  catalogue: Catalogue,
  thing: Component | Use,
  without: { suppliers: string[]; countries: string[] },
): Layer[] {
  const found = new Set<Layer>();
  const visit = (one: Catalogue, at: Component | Use) => {
    if (fate(one, at, without) !== 'goes-on-as-far-as-known') return;
    if (!('kind' in at) && ownFate(one, at, without) === 'goes-on-as-far-as-known')
      for (const layer of at.of === 'compute' ? PROVIDES.compute : [at.of]) found.add(layer);
    for (const { of, anyOf } of needsOf(at)) {
      const options = anyOf.map(({ component }) => one.components.get(component)!);
      if (options.some((option) => fate(one, option, without) === 'goes-on')) continue;
      if (isOpen({ of, anyOf })) for (const layer of PROVIDES[of]) found.add(layer);
      for (const option of options) visit(one, option);
    }
  };
  for (const one of whereabouts(catalogue, without)) visit(one, thing);
  return LAYERS.filter((layer) => found.has(layer));
}
