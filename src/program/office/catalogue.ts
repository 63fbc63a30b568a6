// Acts on the catalogue of the value chain: what another one would change, and registering it. How clusters are reached is in the
// differences: only the office may see them.

import { z } from 'zod';
import { type CatalogueDifference, catalogueDifferences, readCatalogue, shippedCatalogue } from '../../fleet/index.ts';
import {
  type CatalogueText,
  catalogueAt,
  catalogueDigest,
  catalogueOf,
  stalePartsOf,
  type Tables,
} from '../state/index.ts';
import { act, OFFICE } from './act.ts';
import * as refuse from './refusals/compute.ts';
import { digest, MAX_FILE_LENGTH } from './shapes.ts';
import { programmeOf } from './times.ts';

/** Differences that are listed; the others are counted. */
const MAX_LISTED = 500;

const files = {
  /** Catalogue files, read as one catalogue, and the chip cards that they name. */
  texts: z
    .array(z.strictObject({ file: z.string().min(1).max(100), text: z.string().min(1).max(MAX_FILE_LENGTH) }))
    .min(1)
    .max(59),
  /** Otherwise the catalogue that comes with Jikji is prepended. */
  alone: z
    .boolean()
    .default(false)
    .describe('without the catalogue of chips and well-known software that comes with Jikji'),
};

const allTexts = (texts: CatalogueText[], alone: boolean): CatalogueText[] =>
  alone ? texts : [...shippedCatalogue(), ...texts];

/** Consortia that the uses of a catalogue name and the programme does not have (yet). */
function strangersIn(tables: Tables, uses: readonly { consortium: string | null }[]): string[] {
  const named = new Set(uses.flatMap(({ consortium }) => consortium ?? []));
  return [...named].filter((name) => !tables.get('consortia', name)).sort();
}

/** Clusters that the catalogue lacks and that allotments name: no more hours of them can be given. */
function clustersLost(
  tables: Tables,
  clusters: ReadonlyMap<string, unknown>,
): { cluster: string; allotments: string[] }[] {
  const lost = Map.groupBy(
    tables.all('allotments').filter(({ cluster, deviceHours }) => deviceHours > 0 && !clusters.has(cluster)),
    ({ cluster }) => cluster,
  );
  return [...lost].map(([cluster, allotments]) => ({ cluster, allotments: allotments.map(({ id }) => id) }));
}

const countOf = (differences: readonly CatalogueDifference[], wanted: CatalogueDifference['change']): number =>
  differences.filter(({ change }) => change === wanted).length;

export const checkCatalogue = act({
  summary: 'What this catalogue would change; records nothing',
  roles: OFFICE,
  input: z.strictObject(files),
  async run({ tables }, { texts: given, alone }) {
    programmeOf(tables);
    const texts = allTexts(given, alone);
    const digest = catalogueDigest(texts);
    // Not cached: most of what is checked is never registered.
    const catalogue = readCatalogue(texts);
    const before = catalogueAt(tables);
    const differences = catalogueDifferences(before?.catalogue, catalogue);
    return {
      digest,
      /** Digest of the catalogue in force. */
      before: before?.digest ?? null,
      /** It was registered before: it cannot be registered again. */
      known: tables.get('catalogues', digest) !== undefined,
      components: catalogue.components.size,
      uses: catalogue.uses.length,
      strangers: strangersIn(tables, catalogue.uses),
      stale: stalePartsOf(tables, catalogue.parts, texts),
      lost: clustersLost(tables, catalogue.clusters),
      added: countOf(differences, 'added'),
      removed: countOf(differences, 'removed'),
      changed: countOf(differences, 'changed'),
      differences: differences.slice(0, MAX_LISTED),
    };
  },
});

/** `against`: digest of the catalogue in force when the differences were looked at, null for none. */
export const registerCatalogue = act({
  summary: 'Register a catalogue of the value chain; it is in force from then on',
  roles: OFFICE,
  input: z.strictObject({ ...files, against: digest.nullable().optional() }),
  async run(programme, { texts: given, alone, against }, by) {
    programmeOf(programme.tables);
    const texts = allTexts(given, alone);
    const digest = catalogueDigest(texts);
    await programme.recordOnce(by.actor, (tables) => {
      const now = catalogueAt(tables)?.digest ?? null;
      if (against !== undefined && against !== now) throw refuse.catalogueMoved(now ?? 'none');
      return [{ kind: 'catalogue-registered', data: { digest, texts } }];
    });
    const { components, uses } = catalogueOf(digest, texts);
    return { digest, components: components.size, uses: uses.length, strangers: strangersIn(programme.tables, uses) };
  },
});
