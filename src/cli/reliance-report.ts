// The report of `jikji reliance` on a run, as its JSON has it: built from the record, the catalogues and the options.

import type { Catalogue } from '../fleet/index.ts';
import { calledAs } from './called-as.ts';
import { readCatalogues } from './clusters.ts';
import { librariesOf } from './libraries.ts';
import { audit, formats, type RunRecord, reliance, rules, runRecord, type SelfRelianceRules } from './rooms.ts';
import { parseWithout } from './without-words.ts';

export interface RelianceOptions {
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

/** What --json prints; the page reads it too. */
export type RelianceReport = Awaited<ReturnType<typeof relianceOf>>;

export const FORMULA =
  'The home share of a layer is the mean over all that is needed in it, each thing once; what is not known counts as none. ' +
  'The score is the sum of weight times home share, and there is none below a floor.';
const MAX_RULE_BOOK = 256 << 10;
const DEFAULT_HOME = 'KR';

/**
 * @param run a run folder
 * @throws JikjiError for everything a user can cause
 */
export async function relianceOf(run: string, options: RelianceOptions) {
  const { serve = false, on = null, makerCountry } = options;
  const recorded = await runRecord(run);
  const { name, data, ...record } = recorded;
  const { libraries, leftOut } = await librariesOf(options.cyclonedx, options.lock);
  const given = await readRules(options.rules);
  const read = readCatalogues(options.catalogue);
  const { home, homeBy } = homeOf(options.home, read.home);

  const chains = await reliance();
  // The record says how the run was made; --on replaces its machine.
  const added = chains.useOfRun(
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
  const catalogue: Catalogue = { ...chains.withRuns(read, [added]), home };
  const { use } = added;
  const graph = new chains.Graph(catalogue, [use]);
  const { of: _, ...index } = chains.indexOfUse(graph, use, given);
  const { scope: __, ...smallest } = chains.smallestSets(graph, { by: 'supplier' });

  const gone = parseWithout(options.without, catalogue);
  const asked = options.without.length === 0 ? null : chains.whatIf(graph, gone);
  const fate = asked?.uses[0];
  const below = new Set([...graph.below([graph.itemOfUse(use.id)!])].map((item) => graph.idOf(item)));
  const without = fate && asked ? { ...gone, ...fate, held: asked.held.filter((id) => below.has(id)) } : null;

  const fateIds = without
    ? [...without.because, ...without.held, ...without.takeOver.map(({ component }) => component)]
    : [];
  const components = chains.componentFacts(catalogue, [...chains.idsInIndex(index), ...fateIds]);
  const machine = catalogue.components.get(on ?? '');
  return {
    run: name,
    kind: use.kind,
    /** Home countries; `homeBy` says where they come from. */
    home,
    homeBy,
    /** The machine that --on names; null if the record decides. */
    on: machine ? { component: machine.id, name: machine.name.en } : null,
    recorded: { ...record, sources: data },
    catalogues: catalogue.parts,
    index,
    formula: FORMULA,
    without,
    smallest,
    /** The components that the members above name, by id. */
    components,
    suppliers: chains.suppliersNamed(catalogue, [
      ...Object.values(components).flatMap(({ supplier }) => supplier?.id ?? []),
      ...chains.idsInSets(smallest),
      ...gone.suppliers,
    ]),
    notes: await notesOn(recorded, { catalogue, given, leftOut }, options),
  };
}

/** The countries that count as home: from --home, else from the catalogues, else the default. */
export function homeOf(option: readonly string[], catalogue: string[]) {
  const homeBy = option.length > 0 ? 'option' : catalogue.length > 0 ? 'catalogue' : 'default';
  return { home: { option: [...new Set(option)], catalogue, default: [DEFAULT_HOME] }[homeBy], homeBy };
}

/** The inputs of the chain beside the record. */
interface ChainInput {
  catalogue: Catalogue;
  given: SelfRelianceRules | null;
  /** Components of the bills of materials that do not count as software. */
  leftOut: number;
}

/** Notes on the limits of the figures: about the record, the options and the files. */
async function notesOn(
  { data, devices, unreadable }: RunRecord,
  { catalogue, given, leftOut }: ChainInput,
  options: RelianceOptions,
): Promise<string[]> {
  const { serve = false, on = null, makerCountry, rules: ruleBook } = options;
  const chip = on === null ? undefined : catalogue.chips.get(on);
  return [
    ...(on !== null && !serve
      ? [`The machine is by your word. The record says: ${devices.join(', ') || 'nothing'}.`]
      : []),
    ...(serve ? ['Where and with what it is served is not in the record: --on and --cyclonedx say it.'] : []),
    ...(chip && !chip.uses.includes(serve ? 'inference' : 'training')
      ? [`The catalogue knows ${chip.name.en} for ${chip.uses.join(' and ') || 'nothing'} only.`]
      : []),
    ...(serve || data.length === 0 ? [] : [await sourcesNote()]),
    ...(makerCountry === undefined ? ['Whose weights they are is not in the record: --maker-country says it.'] : []),
    ...(ruleBook !== undefined && given === null ? ['The rule book has no floors and weights of self-reliance.'] : []),
    ...(leftOut > 0
      ? [`Left out of the bills of materials: ${leftOut} components that are not software, or not present at run time.`]
      : []),
    ...unreadable.map(({ file, why }) => `${file} could not be read: ${why}`),
  ];
}

/** The record names the sources; this verb does not compare them. */
async function sourcesNote(): Promise<string> {
  const { claimOf } = await audit();
  const unknown = {
    beginning: { kind: 'drawn' },
    verdict: 'incomplete',
    extent: 'self',
    data: 'maker',
    share: 0,
    chance: null,
  } as const;
  return `${claimOf(unknown, 'en').data} To compare them: ${calledAs()} audit RUN --sources DIR, or --fetch.`;
}

export async function readRules(path: string | undefined): Promise<SelfRelianceRules | null> {
  if (path === undefined) return null;
  const { readSmallFile } = await formats();
  const { parseRuleBook } = await rules();
  return parseRuleBook(readSmallFile(path, MAX_RULE_BOOK), { file: path }).selfReliance ?? null;
}
