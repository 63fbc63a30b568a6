// What is shown of self-reliance: an index with all that it mentions, the picture of the chain, choices to fall away.

import type { z } from 'zod';
import { JikjiError } from '../../base/index.ts';
import type { Catalogue, Use } from '../../fleet/index.ts';
import { nearestName } from '../../formats/index.ts';
import {
  type Index,
  indexOfConsortium,
  indexOfProgramme,
  indexOfUse,
  type Part,
  type SelfRelianceRules,
} from '../../reliance/index.ts';
import { courseOf, rulesNow } from '../compute/index.ts';
import { programmeOf, timeOf } from '../office/index.ts';
import type { Programme } from '../programme/index.ts';
import type { Tables } from '../state/index.ts';
import type { Viewer } from '../users/index.ts';
import { answerTo, type ChainNow, seenBy } from './chain-now.ts';
import { headOf } from './routes/compute.ts';
import type * as shape from './shapes/reliance.ts';

export type Page = z.input<typeof shape.reliancePage>;
type Mentioned = Page['components'];

/** What an answer mentions, by its id. */
export function mentioned({ components, suppliers }: Catalogue, ids: Iterable<string | null>): Mentioned {
  const found: Mentioned = {};
  for (const id of ids) {
    const component = id === null ? undefined : components.get(id);
    if (!component) continue;
    const { name, of, country, held, source, verified } = component;
    const supplier = component.supplier === null ? undefined : suppliers.get(component.supplier);
    found[component.id] = {
      name,
      of,
      supplier: supplier ? { id: supplier.id, name: supplier.name, verified: supplier.verified } : null,
      country,
      held,
      source,
      verified,
    };
  }
  return found;
}

export const useRows = (uses: readonly Use[]): Page['uses'] =>
  uses.map(({ id, kind, name, model, consortium, word, source, verified }) => ({
    id,
    kind,
    name,
    model,
    consortium,
    word,
    source,
    verified,
  }));

export interface Asked {
  of: 'programme' | 'consortium' | 'use';
  id?: string | undefined;
}

/** @throws JikjiError `consortium-unknown`, `use-unknown`, `request-shape` */
export async function relianceOf(
  programme: Programme,
  viewer: Viewer,
  chain: ChainNow | undefined,
  asked: Asked,
): Promise<Page> {
  const { tables } = programme;
  const rules = rulesNow(tables);
  if (asked.of === 'consortium') knownConsortium(tables, asked.id);
  const { id: programmeId } = programmeOf(tables);
  const index = chain
    ? await answerTo(chain, ['index', asked], () => indexOf(chain, programmeId, asked, rules.selfReliance))
    : null;
  const parts = index?.layers.flatMap((layer) => layer.parts) ?? [];
  const ids = parts.flatMap(({ component, because, among }) => [component, because, ...among]);
  return {
    home: chain?.catalogue.home ?? [],
    catalogue: await headOf(programme, chain?.registered),
    index,
    rules,
    components: chain ? mentioned(chain.catalogue, ids) : {},
    uses: chain ? useRows(chain.catalogue.uses) : [],
    course: chain && asked.of !== 'use' ? await courseNow(programme, viewer, chain, asked) : [],
  };
}

function knownConsortium(tables: Tables, id: string | undefined): void {
  if (id !== undefined && tables.get('consortia', id)) return;
  const known = [...tables.all('consortia')].map((row) => row.id).join(', ');
  const hint = known ? `there are: ${known}` : 'there is none yet';
  throw new JikjiError('consortium-unknown', 'there is no consortium of this name', id ?? 'id', hint);
}

function indexOf(chain: ChainNow, programme: string, { of, id = '' }: Asked, rules: SelfRelianceRules | null): Index {
  const { graph, active } = chain;
  const { uses } = chain.catalogue;
  if (of === 'consortium') return indexOfConsortium(graph, id, rules);
  if (of === 'programme')
    return { ...indexOfProgramme(graph, active, rules), of: { kind: 'programme', id: programme } };
  const use = uses.find((one) => one.id === id);
  if (use) return indexOfUse(graph, use, rules);
  const names = uses.map((one) => one.id);
  const near = nearestName(id, names.slice(0, 5000));
  const hint = near ? `did you mean ${near.name}?` : `there are: ${names.slice(0, 8).join(', ')}`;
  throw new JikjiError(
    'use-unknown',
    'nothing of this name is made or served',
    id || 'id',
    names.length > 0 ? hint : 'none is',
  );
}

async function courseNow(programme: Programme, viewer: Viewer, chain: ChainNow, asked: Asked): Promise<Page['course']> {
  const { tables } = programme;
  const consortium = asked.of === 'consortium' ? asked.id : undefined;
  const points = await answerTo(chain, ['course', consortium], () =>
    courseOf(tables, seenBy(viewer, tables), consortium),
  );
  return Promise.all(
    points.map(async ({ stage, closedSeq, chain: then, index }) => ({
      stage,
      title: tables.get('stages', stage)!.title as { en: string; ko?: string },
      closed: await timeOf(programme, closedSeq),
      catalogue: then.catalogue.parts.map(({ id, version }) => ({ id, version })),
      layers: index.layers.map(({ layer, home, abroad, unknown }) => ({ layer, home, abroad, unknown })),
      overall: index.overall,
    })),
  );
}

export type ChainPage = z.input<typeof shape.chainPage>;
type Item = ChainPage['layers'][number]['items'][number];
const MOST_ITEMS = 12;

/** The programme's layers from left to right, each with what is largest in it. */
export function pictureOf(chain: ChainNow | undefined): ChainPage {
  if (!chain) return { home: [], layers: [] };
  const { catalogue, graph, active } = chain;
  const kinds = new Map(catalogue.uses.map(({ id, kind }) => [id, kind]));
  const { layers } = indexOfProgramme(graph, active, null);
  return {
    home: catalogue.home,
    layers: layers.map(({ layer, home, abroad, unknown, parts, more }) => {
      const items = itemsOf(catalogue, parts, kinds);
      const rest = Math.max(0, items.length - MOST_ITEMS);
      return { layer, home, abroad, unknown, items: items.slice(0, MOST_ITEMS), more: rest + more };
    }),
  };
}

/** What counts twice, at home in part and abroad in part, is there twice. */
function itemsOf(
  { components, suppliers }: Catalogue,
  parts: readonly Part[],
  kinds: Map<string, Use['kind']>,
): Item[] {
  const groups = Map.groupBy(parts, ({ component, place, among }) => JSON.stringify([component, place, among]));
  const items = [...groups.values()].map((all): Item => {
    const { component: id, place, among } = all[0]!;
    const component = id === null ? undefined : components.get(id);
    const of = new Set(all.flatMap(({ use }) => use ?? []));
    return {
      component: id,
      name: component?.name ?? null,
      among: among.flatMap((one) => components.get(one)?.name ?? []),
      supplier: suppliers.get(component?.supplier ?? '')?.name ?? null,
      country: component?.country ?? null,
      place,
      share: all.reduce((sum, { share }) => sum + share, 0),
      uses: of.size,
      kinds: [...new Set([...of].flatMap((use) => kinds.get(use) ?? []))].sort().reverse(),
    };
  });
  return items.sort((a, b) => b.share - a.share);
}

/** Whom and which countries one may think away: those that something comes from. */
export function choicesOf(chain: ChainNow | undefined): z.input<typeof shape.choicesPage> {
  if (!chain) return { suppliers: [], countries: [] };
  const { suppliers, components } = chain.catalogue;
  const supplied = new Map<string, number>();
  for (const { supplier } of components.values())
    if (supplier !== null) supplied.set(supplier, (supplied.get(supplier) ?? 0) + 1);
  const rows = [...suppliers.values()]
    .map(({ id, name, country }) => ({ id, name, country, components: supplied.get(id) ?? 0 }))
    .filter((row) => row.components > 0);
  const codes = new Map<string, number>();
  for (const { country } of rows) if (country !== null) codes.set(country, (codes.get(country) ?? 0) + 1);
  for (const { country } of components.values()) if (country !== null && !codes.has(country)) codes.set(country, 0);
  return {
    suppliers: rows.sort((a, b) => b.components - a.components || (a.id < b.id ? -1 : 1)),
    countries: [...codes]
      .map(([code, count]) => ({ code, suppliers: count }))
      .sort((a, b) => (a.code < b.code ? -1 : 1)),
  };
}
