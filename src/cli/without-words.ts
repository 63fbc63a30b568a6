// The words of --without: each names a supplier or a country that falls away.

import type { Catalogue, Supplier } from '../fleet/index.ts';

/**
 * A supplier by its id or its name, else a country by its two letters. A bill of materials may call a supplier "US"; of those that it
 * names no country is known.
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
    else found.suppliers.push(word); // it is told what is near
  }
  return found;
}
