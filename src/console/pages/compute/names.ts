// The suppliers that a catalogue refers to.

import type { Format } from '../../../page-kit/index.ts';
import type { ComputePage } from '../../types.ts';
import type { Words } from '../../words/words.ts';

/** The supplier and its country; unknown ones are named as unknown. */
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
