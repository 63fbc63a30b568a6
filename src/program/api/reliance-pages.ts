// Answers about self-reliance: an index with all components that it mentions, the chain by layer, suppliers and countries for what-if.

import type { z } from 'zod';
import { nearestName } from '../../formats/index.ts';
import {
  componentFacts,
  type Index,
  idsInFates,
  idsInIndex,
  idsInSets,
  indexOfProgramme,
  indexOfUse,
  type SelfRelianceRules,
  suppliersNamed,
} from '../../reliance/index.ts';
import { courseOf, indexOf, rulesNow } from '../compute/index.ts';
import { programmeOf } from '../office/index.ts';
import type { Programme } from '../programme/index.ts';
import { requireRow } from '../state/index.ts';
import type { Viewer } from '../users/index.ts';
import {
  type CachedChain,
  cachedAnswer,
  cachedFlowFates,
  cachedFlows,
  cachedSmallestSets,
  cachedWhatIf,
  seenBy,
} from './cached-chain.ts';
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
    catalogue: headOf(tables, chain?.registered),
    index: index ?? null,
    rules,
    components: chain && index ? componentFacts(chain.catalogue, idsInIndex(index)) : {},
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
  return points.map(({ stage, closedSeq, catalogue, index }) => ({
    stage,
    title: tables.get('stages', stage)!.title,
    closed: tables.timeOf(closedSeq),
    catalogue: catalogue.parts,
    ...index,
  }));
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
    components: componentFacts(chain.catalogue, idsInFates(found)),
    about: chain.catalogue.uses.filter(({ id }) => asked.has(id)),
    picture: await cachedFlowFates(chain, { suppliers: supplier, countries: country }),
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

/** The programme's layers from the bottom up, and the picture of what rests on what. */
export async function chainPageOf(chain: CachedChain | undefined): Promise<z.input<typeof shape.chainPage>> {
  if (!chain) return { home: [], layers: [], operated: {}, picture: { nodes: [], links: [], cut: false } };
  const { catalogue, graph, active } = chain;
  const { picture } = await cachedFlows(chain);
  const index = indexOfProgramme(graph, active, null);
  const { layers } = index;
  const operated = Object.entries(componentFacts(catalogue, idsInIndex(index))).filter(
    ([, { operation }]) => operation,
  );
  return {
    home: catalogue.home,
    layers: layers.map(({ layer, home, abroad, unknown }) => ({ layer, home, abroad, unknown })),
    operated: Object.fromEntries(operated),
    picture,
  };
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
