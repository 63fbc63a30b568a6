// `jikji reliance RUN`: what a run or the serving of its model rests on, layer by layer, how much of that is of home, and what
// happens without some of it.

import type { Command } from 'commander';
import type { Catalogue, Component, Supplier } from '../fleet/index.ts';
import { parseCountry } from '../formats/index.ts';
import { calledAs } from './called-as.ts';
import { readCatalogues } from './clusters.ts';
import { librariesOf } from './libraries.ts';
import type { Output } from './output.ts';
import { reliancePage } from './reliance-page.ts';
import {
  audit,
  formats,
  type Index,
  type Recorded,
  recordedRun,
  reliance,
  rules,
  type SelfRelianceRules,
  type SmallestSets,
  type UseFate,
} from './rooms.ts';
import { collect } from './values.ts';

interface Options {
  on?: string;
  serve?: true;
  catalogue: string[];
  cyclonedx: string[];
  lock?: string;
  home: string[];
  makerCountry?: string;
  rules?: string;
  without: string[];
}

/** A component as it is told of: what it is, whose, and from where. */
export type Told = Pick<Component, 'of' | 'name' | 'country' | 'held' | 'source' | 'verified'> & {
  supplier: { id: string; name: Component['name']; verified: boolean } | null;
};

export interface Reliance {
  run: string;
  kind: 'training' | 'serving';
  /** Countries, and who said so. */
  home: string[];
  homeBy: 'option' | 'catalogue' | 'default';
  /** Of the machine: by the record, or by the caller's word. */
  on: { component: string; name: string } | null;
  recorded: Omit<Recorded, 'name' | 'data'> & { sources: string[] };
  catalogues: Catalogue['parts'];
  index: Omit<Index, 'of'>;
  formula: string;
  without:
    | (Omit<UseFate, 'use'> & { suppliers: readonly string[]; countries: readonly string[]; held: string[] })
    | null;
  smallest: Omit<SmallestSets, 'scope'>;
  /** All that the above names, by its id. */
  components: Record<string, Told>;
  suppliers: Record<string, { name: Component['name']; country: string | null }>;
  notes: string[];
}

const FORMULA =
  'The home share of a layer is the mean over all that is needed in it, each thing once; what is not known counts as none. ' +
  'The score is the sum of weight times home share, and there is none below a floor.';
const MOST_RULE_BOOK = 256 << 10;
const DEFAULT_HOME = 'KR';

export function addReliance(program: Command, output: Output): void {
  program
    .command('reliance')
    .summary('what a run rests on, and how much of that is from abroad')
    .description(
      'Tells the value chain of a run from its evidence, layer by layer: chip, memory, server, data center, cloud, software, data,\nweights. What nobody recorded is not known, and never counts as home. docs/reliance.md has the formula.',
    )
    .argument('<run>', 'a run folder')
    .option('--on <cluster or chip>', 'as if on this one of the catalogue, whatever the record says')
    .option('--serve', 'the serving of its model instead: where and with what is not in the record')
    .option(
      '--catalogue <file>',
      'a catalogue beside the one that comes with Jikji; may be given several times',
      collect,
    )
    .option('--cyclonedx <file>', 'its software: a bill of materials in JSON; may be given several times', collect)
    .option('--lock <file>', 'its software: a package-lock.json')
    .option(
      '--home <country>',
      'what counts as home (default: by the catalogues, else KR); may be given several times',
      (text: string, earlier?: string[]) => collect(parseCountry(text, `--home ${text}`), earlier),
    )
    .option('--maker-country <country>', 'of whoever made the weights', (text: string) =>
      parseCountry(text, `--maker-country ${text}`),
    )
    .option('--rules <file>', 'a rule book: its floors and weights make the score')
    .option(
      '--without <supplier or country>',
      'what if it falls away; may be given several times: all of them together',
      collect,
    )
    .addHelpText(
      'after',
      `\nExample:\n  $ ${calledAs()} reliance runs/hello --maker-country KR --without US\n  $ ${calledAs()} reliance runs/hello --on titan --catalogue programs/korea-2025/value-chain.yaml --without nvidia\n  $ ${calledAs()} reliance runs/hello --serve --on rebellions-rebel100`,
    )
    .action(async (run: string, options: Partial<Options>) => {
      const found = await relianceOf(run, { catalogue: [], cyclonedx: [], home: [], without: [], ...options });
      output.result(found, () => {
        for (const line of reliancePage(found, Math.min(100, output.progress.columns ?? 80))) output.line(line);
      });
    });
}

async function relianceOf(run: string, options: Options): Promise<Reliance> {
  const { serve = false, on = null } = options;
  const { name, data, ...record } = await recordedRun(run);
  const { libraries, leftOut } = await librariesOf(options.cyclonedx, options.lock);
  const given = await readRules(options.rules);
  const read = readCatalogues(options.catalogue);
  const homeBy = options.home.length > 0 ? 'option' : read.home.length > 0 ? 'catalogue' : 'default';
  const home = { option: [...new Set(options.home)], catalogue: read.home, default: [DEFAULT_HOME] }[homeBy];

  const { useOfRun, withRuns, Graph, indexOfUse, smallestSets, whatIf } = await reliance();
  const { makerCountry } = options;
  // The record says how it was made. Who says on what machine, says so instead of it.
  const added = useOfRun(
    {
      id: 'run',
      kind: serve ? 'serving' : 'training',
      name,
      model: name,
      consortium: null,
      devices: serve || on !== null ? [] : record.devices,
      on,
      runtime: serve ? null : record.runtime,
      data,
      maker: makerCountry === undefined ? null : { name: 'its maker', country: makerCountry },
      libraries,
    },
    read,
  );
  const catalogue: Catalogue = { ...withRuns(read, [added]), home };
  const { use } = added;
  const graph = new Graph(catalogue, [use]);
  const { of: _, ...index } = indexOfUse(graph, use, given);
  const { scope: __, ...smallest } = smallestSets(graph, { by: 'supplier' });

  const gone = wordsFor(options.without, catalogue);
  const asked = options.without.length === 0 ? null : whatIf(graph, gone);
  const fate = asked?.uses[0];
  const below = new Set([...graph.below([graph.itemOfUse(use.id)!])].map((item) => graph.idOf(item)));
  const without = fate && asked ? { ...gone, ...fate, held: asked.held.filter((id) => below.has(id)) } : null;

  const mentioned = new Set([
    ...index.layers.flatMap(({ parts }) =>
      parts.flatMap(({ component, because, among }) => [component, because, ...among]),
    ),
    ...(without ? [...without.because, ...without.held, ...without.takeOver.map(({ component }) => component)] : []),
  ]);
  const components: Reliance['components'] = {};
  const suppliers: Reliance['suppliers'] = {};
  const addSupplier = (id: string) => {
    const { name, country } = catalogue.suppliers.get(id)!;
    suppliers[id] = { name, country };
  };
  for (const id of mentioned) {
    const component = id === null ? undefined : catalogue.components.get(id);
    if (!component) continue;
    const { of, name, country, held, source, verified } = component;
    const by = component.supplier === null ? null : catalogue.suppliers.get(component.supplier)!;
    const supplier = by && { id: by.id, name: by.name, verified: by.verified };
    components[component.id] = { of, name, supplier, country, held, source, verified };
    if (by) addSupplier(by.id);
  }
  for (const id of [...smallest.sets.flat(), ...smallest.alone.map((one) => one.id), ...gone.suppliers])
    addSupplier(id);

  const chip = on === null ? undefined : catalogue.chips.get(on);
  const notes = [
    ...(on !== null && !serve
      ? [`The machine is by your word. The record says: ${record.devices.join(', ') || 'nothing'}.`]
      : []),
    ...(serve ? ['Where and with what it is served is not in the record: --on and --cyclonedx say it.'] : []),
    ...(chip && !chip.uses.includes(serve ? 'inference' : 'training')
      ? [`The catalogue knows ${chip.name.en} for ${chip.uses.join(' and ') || 'nothing'} only.`]
      : []),
    ...(serve || data.length === 0 ? [] : [await sourcesNote()]),
    ...(makerCountry === undefined ? ['Whose weights they are is not in the record: --maker-country says it.'] : []),
    ...(options.rules !== undefined && given === null
      ? ['The rule book has no floors and weights of self-reliance.']
      : []),
    ...(leftOut > 0
      ? [`Left out of the bills of materials: ${leftOut} components that are no software, or not there at run time.`]
      : []),
    ...record.unreadable.map(({ file, why }) => `${file} could not be read: ${why}`),
  ];
  const machine = catalogue.components.get(on ?? '');
  return {
    run: name,
    kind: use.kind,
    home,
    homeBy,
    on: machine ? { component: machine.id, name: machine.name.en } : null,
    recorded: { ...record, sources: data },
    catalogues: catalogue.parts,
    index,
    formula: FORMULA,
    without,
    smallest,
    components,
    suppliers,
    notes,
  };
}

/** The record says whose the sources are; nothing here compares them. */
async function sourcesNote(): Promise<string> {
  const { claimOf } = await audit();
  const unknown = { verdict: 'incomplete', extent: 'self', data: 'maker', share: 0, chance: null } as const;
  return `${claimOf(unknown, 'en').data} To compare them: ${calledAs()} audit RUN --sources DIR, or --fetch.`;
}

async function readRules(path: string | undefined): Promise<SelfRelianceRules | null> {
  if (path === undefined) return null;
  const { readSmallFile } = await formats();
  const { parseRuleBook } = await rules();
  return parseRuleBook(readSmallFile(path, MOST_RULE_BOOK), { file: path }).selfReliance ?? null;
}

/**
 * A supplier by its id or its name, else a country by its two letters. A bill of materials may call a supplier "US"; of those that it
 * names no country is known.
 */
export function wordsFor(
  words: readonly string[],
  { suppliers }: Catalogue,
): { suppliers: string[]; countries: string[] } {
  const found = { suppliers: [] as string[], countries: [] as string[] };
  for (const word of words) {
    const isCode = /^[A-Za-z]{2}$/.test(word);
    const isNamed = ({ id, name, country }: Supplier) =>
      id === word || ((country !== null || !isCode) && (name.en === word || name.ko === word));
    const named = [...suppliers.values()].find(isNamed);
    if (named) found.suppliers.push(named.id);
    else if (isCode) found.countries.push(word.toUpperCase());
    else found.suppliers.push(word); // it is told what is near
  }
  return found;
}
