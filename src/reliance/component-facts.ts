// The components and suppliers of a catalogue that an answer mentions by id.

import { z } from 'zod';
import { type Catalogue, componentKindShape, type Supplier, sourcesShape, supplierShape } from '../fleet/index.ts';
import { titleShape } from '../formats/index.ts';
import { operationShape, operationsOf } from './operation.ts';
import type { Index, SmallestSets, WhatIf } from './shapes.ts';

/** A component that an answer mentions. */
export const componentFactsShape = z
  .object({
    name: titleShape,
    of: componentKindShape,
    /** `verified`: of the supplier's country. */
    supplier: supplierShape.pick({ id: true, name: true, verified: true }).nullable(),
    country: z.string().nullable(),
    held: z.boolean(),
    /** Null: nobody operates a thing of this kind. */
    operation: operationShape.nullable(),
    source: sourcesShape,
    verified: z.boolean(),
  })
  .meta({ id: 'Mentioned' });
export type ComponentFacts = z.infer<typeof componentFactsShape>;

/** The components of the catalogue among these ids. */
export function componentFacts(catalogue: Catalogue, ids: Iterable<string | null>): Record<string, ComponentFacts> {
  const { components, suppliers } = catalogue;
  const operationOf = operationsOf(catalogue);
  const found: Record<string, ComponentFacts> = {};
  for (const id of ids) {
    const component = id === null ? undefined : components.get(id);
    if (!component) continue;
    const supplier = suppliers.get(component.supplier ?? '') ?? null;
    found[component.id] = componentFactsShape.parse({
      ...component,
      supplier,
      operation: operationOf(component),
    });
  }
  return found;
}

/** Ids in the parts of an index. */
export const idsInIndex = ({ layers }: Pick<Index, 'layers'>): (string | null)[] =>
  layers.flatMap(({ parts }) => parts.flatMap(({ component, because, among }) => [component, because, ...among]));

/** Ids in the fates of a what-if. */
export const idsInFates = ({ uses, sites, held, fallen }: Omit<WhatIf, 'consortia' | 'programme'>): string[] => [
  ...uses.flatMap(({ because, takeOver }) => [...because, ...takeOver.map(({ component }) => component)]),
  ...sites.flatMap(({ component, because }) => [component, ...because]),
  ...fallen,
  ...held,
];

/** Suppliers of the catalogue by id. */
export function suppliersNamed(
  { suppliers }: Catalogue,
  ids: readonly string[],
): Record<string, Pick<Supplier, 'name' | 'country'>> {
  const pick = ({ name, country }: Supplier) => ({ name, country });
  return Object.fromEntries(ids.map((id) => [id, pick(suppliers.get(id)!)]));
}

/** Ids of suppliers or countries in the smallest sets. */
export const idsInSets = ({ sets, alone }: Pick<SmallestSets, 'sets' | 'alone'>): string[] => [
  ...sets.flat(),
  ...alone.map(({ id }) => id),
];
