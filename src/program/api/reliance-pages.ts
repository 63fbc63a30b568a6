// Answers about self-reliance: an index with all components that it mentions, the chain by layer, suppliers and countries for what-if.

import type { z } from 'zod';
import type { Catalogue } from '../../fleet/index.ts';
import { nearestName } from '../../formats/index.ts';
import {
  type Index,
  idsInFates,
  idsInIndex,
  idsInSets,
  indexOfProgramme,
  indexOfUse,
  mentionedIn,
  type Part,
  type SelfRelianceRules,
  suppliersNamed,
} from '../../reliance/index.ts';
import { courseOf, indexOf, rulesNow } from '../compute/index.ts';
import { programmeOf, timeOf } from '../office/index.ts';
import type { Programme } from '../programme/index.ts';
import { requireRow } from '../state/index.ts';
import type { Viewer } from '../users/index.ts';
import { type CachedChain, cachedAnswer, cachedSmallestSets, cachedWhatIf, seenBy } from './cached-chain.ts';
import * as refuse from './refusals/requests.ts';
import { headOf } from './routes/compute.ts';
import type * as shape from './shapes/reliance.ts';

type Page = z.input<typeof shape.reliancePage>;
type Asked = z.output<typeof shape.asked>;

/** @throws JikjiError `consortium-unknown`, `use-unknown` */
export async function relianceOf(
  programme: Programme,
  viewer: Viewer,
  chain: CachedChain | undefined,
  asked: Asked,
): Promise<Page> {
  const { tables } = programme;
  const rules = rulesNow(tables);
  if (asked.of === 'consortium') requireRow(tables, 'consortia', asked.id ?? 'id', 'consortium');
  const { id } = programmeOf(tables);
  const index =
    chain && (await cachedAnswer(chain, ['index', asked], () => indexAsked(chain, id, asked, rules.selfReliance)));
  return {
    home: chain?.catalogue.home ?? [],
    catalogue: await headOf(programme, chain?.registered),
    index: index ?? null,
    rules,
    components: chain && index ? mentionedIn(chain.catalogue, idsInIndex(index)) : {},
    uses: chain?.catalogue.uses ?? [],
    course: chain && asked.of !== 'use' ? await courseNow(programme, viewer, chain, asked) : [],
  };
}

function indexAsked(
  { graph, active, catalogue: { uses } }: CachedChain,
  programme: string,
  { of, id = '' }: Asked,
  rules: SelfRelianceRules | null,
): Index {
  if (of === 'consortium') return indexOf(graph, { consortia: active, consortium: id }, rules);
  if (of === 'programme')
    return { ...indexOf(graph, { consortia: active, consortium: undefined }, rules), of: { kind: of, id: programme } };
  const use = uses.find((one) => one.id === id);
  if (use) return indexOfUse(graph, use, rules);
  const names = uses.map((one) => one.id);
  const input = id || 'id';
  const near = nearestName(id, names.slice(0, 5000));
  if (near) throw refuse.useMeant(input, near.name);
  throw names.length > 0 ? refuse.useUnknown(input, names.slice(0, 8).join(', ')) : refuse.noUses(input);
}

async function courseNow(
  programme: Programme,
  viewer: Viewer,
  chain: CachedChain,
  asked: Asked,
): Promise<Page['course']> {
  const { tables } = programme;
  const consortium = asked.of === 'consortium' ? asked.id : undefined;
  const points = await cachedAnswer(chain, ['course', consortium], () =>
    courseOf(tables, seenBy(viewer, tables), consortium),
  );
  return Promise.all(
    points.map(async ({ stage, closedSeq, catalogue, index }) => ({
      stage,
      title: tables.get('stages', stage)!.title,
      closed: await timeOf(programme, closedSeq),
      catalogue: catalogue.parts,
      ...index,
    })),
  );
}

/** @throws JikjiError `supplier-unknown`, `country-unknown` */
export async function whatIfPageOf(
  chain: CachedChain,
  { supplier, country }: z.output<typeof shape.without>,
): Promise<z.input<typeof shape.whatIfPage>> {
  const found = await cachedWhatIf(chain, { suppliers: supplier, countries: country });
  const asked = new Set(found.uses.map(({ use }) => use));
  return {
    ...found,
    components: mentionedIn(chain.catalogue, idsInFates(found)),
    about: chain.catalogue.uses.filter(({ id }) => asked.has(id)),
  };
}

export async function smallestPageOf(
  chain: CachedChain,
  { by, kind }: z.output<typeof shape.smallestAsked>,
): Promise<z.input<typeof shape.smallestPage>> {
  const { scope, ...found } = await cachedSmallestSets(chain, by, kind);
  const suppliers = suppliersNamed(chain.catalogue, by === 'supplier' ? idsInSets(found) : []);
  return { ...found, kind, uses: scope.uses.length, suppliers };
}

type ChainPage = z.input<typeof shape.chainPage>;
type Item = ChainPage['layers'][number]['items'][number];
const MAX_ITEMS = 12;

/** The programme's layers from left to right, each with its largest items. */
export function pictureOf(chain: CachedChain | undefined): ChainPage {
  if (!chain) return { home: [], layers: [] };
  const { catalogue, graph, active } = chain;
  const { layers } = indexOfProgramme(graph, active, null);
  return {
    home: catalogue.home,
    layers: layers.map((layer) => {
      const items = itemsOf(catalogue, layer.parts);
      const rest = Math.max(0, items.length - MAX_ITEMS);
      return { ...layer, items: items.slice(0, MAX_ITEMS), more: rest + layer.more };
    }),
  };
}

/** A component that counts at home in part and abroad in part gives two items. */
function itemsOf({ components, suppliers, uses }: Catalogue, parts: readonly Part[]): Item[] {
  const groups = Map.groupBy(parts, ({ component, place, among }) => JSON.stringify([component, place, among]));
  const items = [...groups.values()].map((all): Item => {
    const { component: id, place, among } = all[0]!;
    const component = components.get(id ?? '');
    const named = new Set(all.map(({ use }) => use));
    const using = uses.filter((use) => named.has(use.id));
    return {
      component: id,
      name: component?.name ?? null,
      among: among.flatMap((one) => components.get(one)?.name ?? []),
      supplier: suppliers.get(component?.supplier ?? '')?.name ?? null,
      country: component?.country ?? null,
      place,
      share: all.reduce((sum, { share }) => sum + share, 0),
      uses: using.length,
      kinds: [...new Set(using.map(({ kind }) => kind))].sort().reverse(),
    };
  });
  return items.sort((a, b) => b.share - a.share);
}

/** Suppliers and countries that a what-if may leave out: those with at least one component. */
export function choicesOf(chain: CachedChain | undefined): z.input<typeof shape.choicesPage> {
  if (!chain) return { suppliers: [], countries: [] };
  const components = [...chain.catalogue.components.values()];
  const supplied = Map.groupBy(components, ({ supplier }) => supplier);
  const suppliers = [...chain.catalogue.suppliers.values()]
    .filter(({ id }) => supplied.has(id))
    .map(({ id, name, country }) => ({ id, name, country, components: supplied.get(id)!.length }));
  const based = Map.groupBy(suppliers, ({ country }) => country);
  const codes = new Set([...suppliers, ...components].flatMap(({ country }) => country ?? []));
  return {
    suppliers: suppliers.sort((a, b) => b.components - a.components || (a.id < b.id ? -1 : 1)),
    countries: [...codes].sort().map((code) => ({ code, suppliers: based.get(code)?.length ?? 0 })),
  };
}
