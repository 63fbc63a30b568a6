// Catalogues of the value chain: the one in force at an entry. Parsed catalogues are cached.

import { type Catalogue, readCatalogue } from '../../fleet/index.ts';
import { digestOfJson } from '../../ledger/index.ts';
import type { Row } from './rows.ts';
import type { Tables } from './tables.ts';

/** A registered file of a catalogue. */
export type CatalogueText = Row<'catalogues'>['texts'][number];

/** SHA-256 of the canonical JSON of the files, in their order. */
export const catalogueDigest = (texts: readonly CatalogueText[]): string => digestOfJson([...texts]);

/** By digest: a registered catalogue never changes. */
const read = new Map<string, Catalogue>();

/** @throws JikjiError `catalogue-...` with file and line */
export function catalogueOf(digest: string, texts: readonly CatalogueText[]): Catalogue {
  let catalogue = read.get(digest);
  if (!catalogue) {
    catalogue = readCatalogue(texts);
    read.set(digest, catalogue);
  }
  return catalogue;
}

export interface Registered {
  digest: string;
  registeredSeq: number;
  catalogue: Catalogue;
}

/** The catalogue in force at the end of the log, or before entry `seq`; undefined if none. */
export function catalogueAt(tables: Tables, seq = Number.POSITIVE_INFINITY): Registered | undefined {
  const last = tables.all('catalogues').findLast((row) => row.registeredSeq < seq);
  if (!last) return undefined;
  const { digest, texts, registeredSeq } = last;
  return { digest, registeredSeq, catalogue: catalogueOf(digest, texts) };
}
