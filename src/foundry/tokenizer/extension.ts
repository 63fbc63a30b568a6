// What an extended vocabulary has of its parent's: the same beginning, and for each new entry the parent's entries that it joins.
// Knows no text.

import type { Vocabulary } from './vocabulary.ts';

/** Whether `whole` begins with `part`: the same ids, special tokens and merges, and no later merge makes one of its entries. */
export function isBeginningOf(part: Vocabulary, whole: Vocabulary): boolean {
  const size = part.tokens.length;
  if (whole.tokens.length < size || whole.merges.length < part.merges.length) return false;
  const specials = [...whole.specials].filter(([, id]) => id < size);
  const later = whole.merges.subarray(part.merges.length);
  return (
    part.tokens.every((token, id) => Buffer.compare(token, whole.tokens[id]) === 0) &&
    specials.length === part.specials.size &&
    specials.every(([text, id]) => part.specials.get(text) === id) &&
    part.merges.every((id, i) => whole.merges[i] === id) &&
    later.every((id, i) => i % 3 < 2 || id >= size)
  );
}

/** Left and right id of the merge that makes an entry, by its id; of several the first. */
export type MergesByProduct = ReadonlyMap<number, readonly [left: number, right: number]>;

export function mergesByProduct({ merges, specials }: Vocabulary): MergesByProduct {
  const found = new Map<number, [number, number]>();
  const special = new Set(specials.values());
  for (let i = 0; i < merges.length; i += 3) {
    const made = merges[i + 2];
    if (!special.has(made) && !found.has(made)) found.set(made, [merges[i], merges[i + 1]]);
  }
  return found;
}

/** The ids below `size` that an entry joins, in order; undefined where an entry from `size` on is made by no merge. */
export function partsOf(merges: MergesByProduct, id: number, size: number): number[] | undefined {
  const parts: number[] = [];
  const open = [id];
  for (let next = open.pop(); next !== undefined; next = open.pop()) {
    if (next < size) {
      parts.push(next);
      continue;
    }
    const pair = merges.get(next);
    if (!pair) return undefined;
    open.push(pair[1], pair[0]);
  }
  return parts;
}
