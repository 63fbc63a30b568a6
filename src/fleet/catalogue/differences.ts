// The differences between two catalogues: which thing was added, removed or changed, in which field, from what to what. The order in which
// a catalogue lists things, options or sources means nothing and is no difference. Does not know which catalogue is in force.

import { z } from 'zod';
import {
  type Catalogue,
  type Component,
  componentKindShape,
  type Need,
  needOptionsShape,
  type Sources,
  type Step,
  type Supplier,
  sourcesShape,
  type Use,
} from './types.ts';

/** A value of a field; null: there is none, or it is not known. */
const value = z
  .union([
    z.object({ text: z.string() }),
    z.object({ number: z.number() }),
    z.object({ yes: z.boolean() }),
    /** Names and words; of a difference only those that the other side lacks. */
    z.object({ list: z.array(z.string()) }),
    /** Needs of one kind, each with its options; of a difference only those that the other side lacks. */
    z.object({ needs: z.array(needOptionsShape) }),
    z.object({ sources: sourcesShape }),
  ])
  .nullable();
export type CatalogueValue = z.infer<typeof value>;

export const differenceShape = z
  .object({
    /** `catalogue`: a file of it. `home`: the countries that count as home. */
    of: z.enum(['catalogue', 'home', 'supplier', 'use', ...componentKindShape.options]),
    id: z.string(),
    name: z.object({ en: z.string(), ko: z.string().optional() }).nullable(),
    change: z.enum(['added', 'removed', 'changed']),
    fields: z.array(
      z.object({
        /** `supplier`, `name.ko`, `needs.chip`, `figures.bf16.value`, ... */
        field: z.string(),
        before: value,
        after: value,
      }),
    ),
  })
  .meta({ id: 'CatalogueDifference' });
export type CatalogueDifference = z.infer<typeof differenceShape>;

type Fields = Map<string, CatalogueValue>;
type Thing = Pick<CatalogueDifference, 'of' | 'id' | 'name'> & { fields: Fields };

const text = (of: string | null | undefined): CatalogueValue => (of === null || of === undefined ? null : { text: of });
const yes = (of: boolean): CatalogueValue => ({ yes: of });
const list = (of: readonly string[]): CatalogueValue => (of.length === 0 ? null : { list: [...of] });
const sources = (of: Sources): CatalogueValue => ({ sources: of });

const entryFields = ({
  name,
  source,
  verified,
}: Pick<Supplier, 'name' | 'source' | 'verified'>): [string, CatalogueValue][] => [
  ['name.en', text(name.en)],
  ['name.ko', text(name.ko)],
  ['source', sources(source)],
  ['verified', yes(verified)],
];

/** A statement that stands in both is compared member by member: a later day alone is a change too. */
function statedFields(
  key: string,
  of: Step | Supplier['owner'] | Supplier['jurisdiction'],
): [string, CatalogueValue][] {
  if (of === null) return [];
  return [
    ...('countries' in of ? [[`${key}.countries`, list(of.countries)] satisfies [string, CatalogueValue]] : []),
    ...('supplier' in of ? [[`${key}.supplier`, text(of.supplier)] satisfies [string, CatalogueValue]] : []),
    ...('process' in of ? [[`${key}.process`, text(of.process)] satisfies [string, CatalogueValue]] : []),
    [`${key}.asOf`, text(of.asOf)],
    [`${key}.source`, sources(of.source)],
    [`${key}.verified`, yes(of.verified)],
  ];
}

const dutyFields = ({ owner, jurisdiction }: Pick<Supplier, 'owner' | 'jurisdiction'>): [string, CatalogueValue][] => [
  ...statedFields('owner', owner),
  ...statedFields('jurisdiction', jurisdiction),
];

function needFields(needs: readonly Need[]): [string, CatalogueValue][] {
  const kinds = [...new Set(needs.map(({ of }) => of))];
  return kinds.map((kind) => [
    `needs.${kind}`,
    { needs: needs.filter(({ of }) => of === kind).map(({ anyOf }) => anyOf) },
  ]);
}

const supplierThing = (supplier: Supplier): Thing => ({
  of: 'supplier',
  id: supplier.id,
  name: supplier.name,
  fields: new Map([...entryFields(supplier), ['country', text(supplier.country)], ...dutyFields(supplier)]),
});

function componentThing(component: Component, known: readonly string[], { chips, sites, clusters }: Catalogue): Thing {
  const { id, of, name, supplier, country, held, needs } = component;
  const fields: Fields = new Map([
    ...entryFields(component),
    ['kind', text(of)],
    ['supplier', text(supplier)],
    ['country', text(country)],
    ['held', yes(held)],
    ['known', list(known)],
    ...needFields(needs),
    ...dutyFields(sites.get(id) ?? { owner: null, jurisdiction: null }),
  ]);
  const chip = chips.get(id);
  if (chip) {
    fields.set('uses', list(chip.uses));
    fields.set('devices', list(chip.devices));
    fields.set('memoryKind', text(chip.memoryKind));
    for (const step of ['fab', 'packaging'] as const)
      if (chip[step]) for (const [field, of] of statedFields(step, chip[step])) fields.set(field, of);
    fields.set('cards', list(chip.cards.map(({ file, digest }) => `${file} ${digest}`)));
    for (const [figure, of] of Object.entries(chip.figures)) {
      fields.set(`figures.${figure}.value`, { number: of.value });
      fields.set(`figures.${figure}.about`, yes(of.about));
      fields.set(`figures.${figure}.verified`, yes(of.verified));
      fields.set(`figures.${figure}.source`, sources(of.source));
    }
  }
  const cluster = clusters.get(id);
  if (cluster) {
    for (const { chip, count } of cluster.chips) fields.set(`count.${chip}`, count === null ? null : { number: count });
    const { accounts, options, ssh, egress, ...reached } = cluster.reached ?? {};
    for (const [key, of] of Object.entries(reached)) fields.set(`reached.${key}`, text(of));
    if (ssh) fields.set('reached.ssh', text(`${ssh.host} ${ssh.folder} ${ssh.jikji}`));
    if (egress) fields.set('reached.egress', text(`${egress.price} ${egress.currency}`));
    fields.set('reached.options', list(Object.entries(options ?? {}).map(([option, given]) => `${option}=${given}`)));
    fields.set('reached.accounts', list([...(accounts ?? [])].map(([team, account]) => `${team}=${account}`)));
  }
  return { of, id, name, fields };
}

const useThing = (use: Use): Thing => ({
  of: 'use',
  id: use.id,
  name: use.name,
  fields: new Map([
    ...entryFields(use),
    ['kind', text(use.kind)],
    ['model', text(use.model)],
    ['consortium', text(use.consortium)],
    ...needFields(use.needs),
  ]),
});

/** Everything that a catalogue holds, by a key that is the same in both catalogues. */
function thingsOf(catalogue: Catalogue): Map<string, Thing> {
  const { parts, home, suppliers, components, uses, known } = catalogue;
  const names = new Map<string, string[]>();
  for (const [name, id] of known) names.set(id, [...(names.get(id) ?? []), name]);
  const things = new Map<string, Thing>();
  for (const { id, version, title } of parts) {
    const fields: [string, CatalogueValue][] = [
      ['version', { number: version }],
      ['name.en', text(title.en)],
      ['name.ko', text(title.ko)],
    ];
    things.set(`part ${id}`, { of: 'catalogue', id, name: title, fields: new Map(fields) });
  }
  if (home.length > 0)
    things.set('home', { of: 'home', id: 'home', name: null, fields: new Map([['countries', list(home)]]) });
  for (const one of suppliers.values()) things.set(`supplier ${one.id}`, supplierThing(one));
  // A component of another kind with the same id is the same component, changed.
  for (const one of components.values())
    things.set(`component ${one.id}`, componentThing(one, names.get(one.id) ?? [], catalogue));
  for (const one of uses) things.set(`use ${one.id}`, useThing(one));
  return things;
}

/** A text that is equal for values that mean the same. */
function keyOf(of: unknown): string {
  if (Array.isArray(of)) return `[${of.map(keyOf).sort().join()}]`;
  if (of === null || typeof of !== 'object') return JSON.stringify(of) ?? 'null';
  const members = Object.entries(of).map(([name, member]) => `${JSON.stringify(name)}:${keyOf(member)}`);
  return `{${members.sort().join()}}`;
}

/** The elements of `of` that `other` has not, or has less often. */
function without<T>(of: readonly T[], other: readonly T[]): T[] {
  const counts = new Map<string, number>();
  for (const one of other) counts.set(keyOf(one), (counts.get(keyOf(one)) ?? 0) + 1);
  return of.filter((one) => {
    const left = counts.get(keyOf(one)) ?? 0;
    counts.set(keyOf(one), left - 1);
    return left <= 0;
  });
}

/** Of two lists of one field, only what the other lacks: a use may need thousands of components. */
function narrowed(of: CatalogueValue, other: CatalogueValue): CatalogueValue {
  if (of === null || other === null) return of;
  if ('list' in of && 'list' in other) return { list: without(of.list, other.list) };
  if ('needs' in of && 'needs' in other) return { needs: without(of.needs, other.needs) };
  return of;
}

function changedFields(before: Fields, after: Fields): CatalogueDifference['fields'] {
  return [...new Set([...before.keys(), ...after.keys()])].flatMap((field) => {
    const [old, now] = [before.get(field) ?? null, after.get(field) ?? null];
    if (keyOf(old) === keyOf(now)) return [];
    return [{ field, before: narrowed(old, now), after: narrowed(now, old) }];
  });
}

/** What `after` has otherwise than `before`: what was removed, then changed, then added. Without `before`, all is added. */
export function catalogueDifferences(before: Catalogue | undefined, after: Catalogue): CatalogueDifference[] {
  const [old, now] = [before ? thingsOf(before) : new Map<string, Thing>(), thingsOf(after)];
  const differences: CatalogueDifference[] = [];
  const add = ({ of, id, name }: Thing, change: CatalogueDifference['change'], one: Fields, other: Fields): void => {
    const fields = changedFields(one, other);
    if (change === 'changed' && fields.length === 0) return;
    differences.push({ of, id, name, change, fields });
  };
  const none: Fields = new Map();
  for (const [key, thing] of now) {
    const was = old.get(key);
    if (was) add(thing, 'changed', was.fields, thing.fields);
    else add(thing, 'added', none, thing.fields);
  }
  for (const [key, thing] of old) if (!now.has(key)) add(thing, 'removed', thing.fields, none);
  const order = ['removed', 'changed', 'added'];
  return differences.sort((a, b) => order.indexOf(a.change) - order.indexOf(b.change));
}
