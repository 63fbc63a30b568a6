// Reads catalogue files into one catalogue: resolves names, checks shares, refuses rings of needs. Errors name file and line.

import type { Both } from '../../base/index.ts';
import { type ChipCard, type Path, readYaml, type ValuePlaces, type YamlKind } from '../../formats/index.ts';
import { CardFiles, type CatalogueText, checkCardDevices } from './card-files.ts';
import { checkNeeds } from './check.ts';
import { accessOf, isAddress } from './cluster-access.ts';
import { type EntryPaths, unknownName } from './entry-paths.ts';
import { FAULTS, THINGS } from './faults.ts';
import { type CatalogueFile, catalogueSchema, type NeedsInput, type OptionInput } from './schema.ts';
import type { Catalogue, Chip, Component, ComponentKind, Need, Option, Site, Sources } from './types.ts';

export const YAML_KIND: YamlKind = {
  name: 'catalogue',
  ko: '가치사슬 목록',
  code: 'catalogue',
  typeCode: 'catalogue-type',
  maxBytes: 4 << 20,
};
const known = (text: string | undefined): string | null => (text === undefined || text === 'not known' ? null : text);

/**
 * Reads files that together are one catalogue. A file may use names of another; no name may be defined twice. Chip cards among the files
 * are those that their chips name.
 * @throws JikjiError `catalogue-yaml`, `catalogue-unknown-key`, `catalogue-missing-key`, `catalogue-type`, `catalogue-range`,
 * `catalogue-twice`, `catalogue-unknown` (an undefined name), `catalogue-share`, `catalogue-ring`, `catalogue-card`, `chip-card-...`
 */
export function readCatalogue(files: readonly CatalogueText[]): Catalogue {
  const catalogue: Catalogue = {
    home: [],
    suppliers: new Map(),
    components: new Map(),
    chips: new Map(),
    sites: new Map(),
    clusters: new Map(),
    uses: [],
    known: new Map(),
    parts: [],
  };
  const cards = new CardFiles(files);
  const read = cards.catalogues.map(({ file, text }) => readYaml(text, file, catalogueSchema, YAML_KIND));
  // Suppliers of all files first: a component takes its country from its supplier.
  for (const { value, places } of read) addSuppliers(catalogue, value, places);
  for (const { value, places } of read) checkOwners(catalogue, value, places);
  const entryPaths: EntryPaths = new Map();
  for (const { value, places } of read) addEntries(catalogue, value, places, { entryPaths, cards });
  cards.requireAllNamed();
  checkCardDevices(catalogue.chips);
  checkNeeds(catalogue, entryPaths);
  return catalogue;
}

const twice = (places: ValuePlaces, path: Path, what: Both, id: string) =>
  places.fault('catalogue-twice', path, FAULTS.definedTwice(what, id));

function sourcesOf({ sources }: CatalogueFile, places: ValuePlaces) {
  return (names: string[] | 'not recorded', path: Path): Sources => {
    if (names === 'not recorded') return names;
    return names.flatMap((name, i) => {
      if (Object.hasOwn(sources, name)) return sources[name]!;
      throw unknownName(places, {
        path: [...path, 'source', i],
        what: THINGS.source,
        name,
        names: Object.keys(sources),
      });
    });
  };
}

function addSuppliers({ suppliers, home, parts }: Catalogue, value: CatalogueFile, places: ValuePlaces): void {
  if (parts.some(({ id }) => id === value.id)) throw twice(places, ['id'], THINGS.theCatalogue, value.id);
  parts.push({ id: value.id, version: value.version, title: value.title });
  for (const country of value.home) if (!home.includes(country)) home.push(country);
  const sources = sourcesOf(value, places);
  value.suppliers.forEach((supplier, i) => {
    const { id, name, country, source, verified } = supplier;
    const path = ['suppliers', i];
    if (suppliers.has(id)) throw twice(places, [...path, 'id'], THINGS.theSupplier, id);
    const duties = dutiesIn(supplier, path, sources);
    suppliers.set(id, { id, name, country: known(country), source: sources(source, path), verified, ...duties });
  });
}

type SourcesOf = ReturnType<typeof sourcesOf>;

/** A statement with its sources instead of their names; null where it was left out. */
function stated<S extends { source: string[] | 'not recorded' }>(given: S | undefined, path: Path, sources: SourcesOf) {
  return given === undefined ? null : { ...given, source: sources(given.source, path) };
}

const dutiesIn = (
  { owner, jurisdiction }: Pick<CatalogueFile['suppliers'][number], 'owner' | 'jurisdiction'>,
  path: Path,
  sources: SourcesOf,
): Pick<Site, 'owner' | 'jurisdiction'> => ({
  owner: stated(owner, [...path, 'owner'], sources),
  jurisdiction: stated(jurisdiction, [...path, 'jurisdiction'], sources),
});

function requireSupplier({ suppliers }: Catalogue, places: ValuePlaces, path: Path, name: string | undefined): void {
  if (name === undefined || suppliers.has(name)) return;
  throw unknownName(places, { path, what: THINGS.supplier, name, names: [...suppliers.keys()] });
}

/** The owner of a supplier may stand in a later file. */
function checkOwners(catalogue: Catalogue, { suppliers }: CatalogueFile, places: ValuePlaces): void {
  suppliers.forEach(({ owner }, i) => {
    requireSupplier(catalogue, places, ['suppliers', i, 'owner', 'supplier'], owner?.supplier);
  });
}

function optionOf(option: OptionInput, single: boolean): Option {
  const { id, share, could } = typeof option === 'string' ? { id: option } : option;
  // Without share and could, an option is in use; the only option in use has share 1.
  if (share === undefined && could !== undefined) return { component: id, share: 0, could };
  return { component: id, share: share ?? (single ? 1 : null), could: could ?? null };
}

function needOf(of: ComponentKind, options: readonly OptionInput[] | 'not known'): Need {
  if (options === 'not known') return { of, anyOf: [] };
  // A share of 0 is a substitute whose part is not known.
  const inUse = options.filter((o) => typeof o === 'string' || (o.share ?? (o.could === undefined ? 1 : 0)) > 0);
  return { of, anyOf: options.map((option) => optionOf(option, inUse.length === 1)) };
}

function needsOf(of: ComponentKind, needs: NeedsInput): Need[] {
  if (needs === 'not known') return [{ of, anyOf: [] }];
  return needs.map((one) => needOf(of, typeof one === 'string' ? [one] : one));
}

type EntryInput = Omit<CatalogueFile['sites'][number], 'owner' | 'jurisdiction'>;

/** What all files share while they are read. */
interface Shared {
  entryPaths: EntryPaths;
  cards: CardFiles;
}

/** Adds the entries of one file, kind by kind, in the order in which the file is checked. */
function addEntries(catalogue: Catalogue, value: CatalogueFile, places: ValuePlaces, shared: Shared): void {
  const builder = new CatalogueBuilder(catalogue, value, places, shared);
  for (const [i, chip] of value.chips.entries()) builder.addChip(chip, ['chips', i]);
  for (const [i, site] of value.sites.entries()) builder.addSite(site, ['sites', i]);
  for (const [i, cluster] of value.clusters.entries()) builder.addCluster(cluster, ['clusters', i]);
  for (const [i, component] of value.components.entries()) builder.addComponent(component, ['components', i]);
  for (const [i, use] of value.uses.entries()) builder.addUse(use, ['uses', i]);
}

/** Adds entries of one file to the catalogue, and records the path of each entry and of its needs. */
class CatalogueBuilder {
  readonly #catalogue: Catalogue;
  readonly #places: ValuePlaces;
  readonly #entryPaths: EntryPaths;
  readonly #cards: CardFiles;
  readonly #sources: SourcesOf;

  constructor(catalogue: Catalogue, value: CatalogueFile, places: ValuePlaces, { entryPaths, cards }: Shared) {
    this.#catalogue = catalogue;
    this.#places = places;
    this.#entryPaths = entryPaths;
    this.#cards = cards;
    this.#sources = sourcesOf(value, places);
  }

  /** Adds a component of any kind. `rest`: the members of its kind; `needs`: the paths of its needs. */
  #add<C extends Component>(
    given: EntryInput,
    path: Path,
    rest: Omit<C, Exclude<keyof Component, 'of' | 'held' | 'needs'>>,
    needs: Path[],
  ): C {
    const { suppliers, components } = this.#catalogue;
    const { id, name, country, source, verified } = given;
    if (components.has(id)) throw twice(this.#places, [...path, 'id'], THINGS.theComponent, id);
    const supplier = known(given.supplier);
    requireSupplier(this.#catalogue, this.#places, [...path, 'supplier'], supplier ?? undefined);
    const component = {
      id,
      name,
      supplier,
      country: country === undefined ? (suppliers.get(supplier ?? '')?.country ?? null) : known(country),
      source: this.#sources(source, path),
      verified,
      ...rest,
    } as unknown as C;
    components.set(id, component);
    this.#entryPaths.set(id, { places: this.#places, path, needs });
    return component;
  }

  addChip(chip: CatalogueFile['chips'][number], path: Path): void {
    const { uses: work, devices, memoryKind = null, memory } = chip;
    const figures = Object.fromEntries(
      Object.entries(chip.figures).map(([name, figure]) => [
        name,
        { ...figure, source: this.#sources(figure.source, [...path, 'figures', name]) },
      ]),
    );
    const cards: ChipCard[] = chip.cards.map((file, i) => this.#cards.named(file, this.#places, [...path, 'cards', i]));
    const needs = [needOf('memory', memory)];
    const made = {
      fab: this.#step(chip.fab, [...path, 'fab']),
      packaging: this.#step(chip.packaging, [...path, 'packaging']),
    };
    const rest = { of: 'chip' as const, held: false, needs, uses: work, devices, memoryKind, ...made, figures, cards };
    this.#catalogue.chips.set(chip.id, this.#add(chip, path, rest, [[...path, 'memory']]));
  }

  #step(given: CatalogueFile['chips'][number]['fab'], path: Path): Chip['fab'] {
    requireSupplier(this.#catalogue, this.#places, [...path, 'supplier'], given?.supplier);
    const step = stated(given, path, this.#sources);
    return step && { ...step, process: step.process ?? null };
  }

  addSite(site: CatalogueFile['sites'][number], path: Path): void {
    requireSupplier(this.#catalogue, this.#places, [...path, 'owner', 'supplier'], site.owner?.supplier);
    const rest = { of: 'data-center' as const, held: false, needs: [], ...dutiesIn(site, path, this.#sources) };
    this.#catalogue.sites.set(site.id, this.#add<Site>(site, path, rest, []));
  }

  addCluster(cluster: CatalogueFile['clusters'][number], path: Path): void {
    const { site, chips, servers, cloud, reached } = cluster;
    if (reached?.slurmrestd !== undefined && !isAddress(reached.slurmrestd))
      throw this.#places.fault('catalogue-range', [...path, 'reached', 'slurmrestd'], FAULTS.address);
    const needs = [
      needOf('chip', chips === 'not known' ? chips : chips.map(({ count: _, ...option }) => option)),
      needOf('server', servers),
      needOf('data-center', site === 'not known' ? site : [site]),
      needOf('cloud', cloud),
    ];
    const counts = chips === 'not known' ? [] : chips;
    const rest = {
      of: 'compute' as const,
      held: false,
      needs,
      site: known(site),
      chips: counts.map(({ id, count }) => ({ chip: id, count: count === 'not known' ? null : count })),
      reached: reached ? accessOf(reached) : null,
    };
    const written = ['chips', 'servers', 'site', 'cloud'].map((key) => [...path, key]);
    this.#catalogue.clusters.set(cluster.id, this.#add(cluster, path, rest, written));
  }

  addComponent(component: CatalogueFile['components'][number], path: Path): void {
    const names = this.#catalogue.known;
    const needs = component.needs.map(({ of, anyOf }) => needOf(of, anyOf));
    const written = needs.map((_, at) => [...path, 'needs', at]);
    this.#add<Component>(component, path, { of: component.layer, held: component.held, needs }, written);
    component.known.forEach((name, at) => {
      if (names.has(name)) throw twice(this.#places, [...path, 'known', at], THINGS.theName, name);
      names.set(name, component.id);
    });
  }

  addUse(use: CatalogueFile['uses'][number], path: Path): void {
    const { id, kind, name, model = null, consortium = null, source, verified } = use;
    if (this.#entryPaths.has(`use ${id}`)) throw twice(this.#places, [...path, 'id'], THINGS.theUse, id);
    const kinds = kind === 'training' ? (['software', 'data', 'weights'] as const) : (['software', 'weights'] as const);
    if (kind === 'serving' && use.data !== 'not known')
      throw this.#places.fault('catalogue-range', [...path, 'data'], FAULTS.servingData);
    const lists = kinds.map((of) => needsOf(of, use[of]));
    const written: Path[] = [
      [...path, 'on'],
      ...kinds.flatMap((of, k) =>
        lists[k]!.map((_, at) => (use[of] === 'not known' ? [...path, of] : [...path, of, at])),
      ),
    ];
    this.#catalogue.uses.push({
      id,
      kind,
      name,
      model,
      consortium,
      needs: [needOf('compute', use.on), ...lists.flat()],
      word: 'stated',
      source: this.#sources(source, path),
      verified,
    });
    this.#entryPaths.set(`use ${id}`, { places: this.#places, path, needs: written });
  }
}
