// The catalogue of the value chain: registered with the one that comes with Jikji before it.

import { shippedCatalogue } from '../../fleet/index.ts';
import type { Json } from '../../ledger/index.ts';
import type { Programme } from '../programme/index.ts';
import { type CatalogueText, catalogueDigest, catalogueOf } from '../state/index.ts';

export interface RegisteredCatalogue {
  digest: string;
  components: number;
  uses: number;
  /** Consortia that are named in it and that the programme does not have, or not yet. */
  strangers: string[];
}

/**
 * Registers catalogue files, read as one; from then on it is in force. Unless `alone`, the shipped one stands before them.
 * @throws JikjiError `catalogue-...` with file and line
 */
export async function registerCatalogue(
  programme: Programme,
  files: readonly CatalogueText[],
  { alone }: { alone: boolean },
  actor: string,
): Promise<RegisteredCatalogue> {
  const texts = alone ? files : [shippedCatalogue(), ...files];
  const digest = catalogueDigest(texts);
  await programme.record(actor, [{ kind: 'catalogue-registered', data: { digest, texts } as unknown as Json }]);
  const { components, uses } = catalogueOf(digest, texts);
  const named = new Set(uses.flatMap(({ consortium }) => consortium ?? []));
  const strangers = [...named].filter((name) => !programme.tables.get('consortia', name)).sort();
  return { digest, components: components.size, uses: uses.length, strangers };
}
