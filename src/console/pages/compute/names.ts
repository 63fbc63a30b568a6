// Names of what a catalogue's things refer to.

import type { Format } from '../../../page-kit/index.ts';
import type { ComputePage } from '../../types.ts';
import type { Words } from '../../words/words.ts';

/** Who supplies a thing, and from where; what is not known is said to be so. */
export function supplierText(
  { supplier, country }: { supplier: string | null; country: string | null },
  { suppliers }: Pick<ComputePage, 'suppliers'>,
  words: Words,
  format: Format,
): string {
  const found = suppliers.find(({ id }) => id === supplier);
  const name = found ? format.title(found.name) : (supplier ?? words.valueChain.supplierUnknown);
  if (country === null) return name;
  const unread = found?.verified === false ? ` (${words.overview.unverified})` : '';
  return `${name}, ${format.country(country)}${unread}`;
}

/** The name of one of `things`; the id where there is none. */
export const titleIn = (
  things: { id: string; name: { en: string; ko?: string | undefined } }[],
  id: string,
  format: Format,
): string => {
  const found = things.find((one) => one.id === id);
  return found ? format.title(found.name) : id;
};
