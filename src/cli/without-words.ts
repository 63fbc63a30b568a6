// The values of --without: each names a supplier or a country to think away.

import type { Catalogue, Supplier } from '../fleet/index.ts';

/**
 * Resolves each word to a supplier (by id or name), else to a country (two letters). A bill of materials may name a supplier "US"; such
 * suppliers have no country, and the word then means the country.
 */
export function parseWithout(
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
    else found.suppliers.push(word); // unknown: the what-if refuses it and suggests similar ids
  }
  return found;
}
