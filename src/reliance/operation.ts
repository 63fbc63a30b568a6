// Who owns a thing that somebody operates, and whose law binds its operator: told beside an index, never counted in it. Knows only what the
// catalogue records: what is not recorded is not known.

import { z } from 'zod';
import { type Catalogue, type Component, type ComponentKind, supplierShape } from '../fleet/index.ts';

export const operationShape = z
  .object({
    /** A site's own owner; of a cloud or cluster the owner of its supplier; null: not known. */
    owner: supplierShape.pick({ id: true, name: true, country: true }).nullable(),
    /** Countries whose law binds an operator or an owner, as far as recorded: ISO 3166; null: not known. */
    laws: z.array(z.string()).nullable(),
    /** The earliest day on which one of these statements was compared with its source; null without any. */
    asOf: z.string().nullable(),
    /** False if nobody has checked one of them against a source. */
    verified: z.boolean(),
  })
  .meta({ id: 'Operation' });
export type Operation = z.infer<typeof operationShape>;

/** Whoever runs a cluster's cloud operates the cluster, and operates in its site. */
const OPERATED: ReadonlySet<ComponentKind> = new Set(['data-center', 'cloud', 'compute']);

/** What is known of the operation of each thing; null: nobody operates a thing of this kind. */
export function operationsOf({ suppliers, components, sites, clusters }: Catalogue) {
  const standing = Map.groupBy(clusters.values(), ({ site }) => site);
  const supplierOf = (id: string | null | undefined) => suppliers.get(id ?? '');
  const partsOf = ({ needs }: Component, kinds: readonly ComponentKind[]) =>
    needs
      .filter(({ of }) => kinds.includes(of))
      .flatMap(({ anyOf }) => anyOf.map((option) => components.get(option.component)!));

  return (component: Component): Operation | null => {
    if (!OPERATED.has(component.of)) return null;
    const things = [
      component,
      ...(clusters.has(component.id) ? partsOf(component, ['cloud', 'data-center']) : []),
      ...(standing.get(component.id) ?? []).flatMap((cluster) => partsOf(cluster, ['cloud'])),
    ];
    const own = things.flatMap(({ id }) => sites.get(id) ?? []);
    const bound = new Set([
      ...things.map(({ supplier }) => supplierOf(supplier)),
      ...own.map(({ owner }) => supplierOf(owner?.supplier)),
    ]);
    // Law that binds an owner reaches what it owns. Owners may own each other.
    for (const one of bound) bound.add(supplierOf(one?.owner?.supplier));
    const laws = [...own, ...bound].flatMap((one) => one?.jurisdiction ?? []);
    const { owner } = sites.get(component.id) ?? supplierOf(component.supplier) ?? { owner: null };
    const whose = supplierOf(owner?.supplier);
    const statements = [...(owner ? [owner] : []), ...laws];
    return {
      owner: whose ? { id: whose.id, name: whose.name, country: whose.country } : null,
      laws: laws.length === 0 ? null : [...new Set(laws.flatMap(({ countries }) => countries))].sort(),
      asOf: statements.map(({ asOf }) => asOf).sort()[0] ?? null,
      verified: statements.every(({ verified }) => verified),
    };
  };
}
