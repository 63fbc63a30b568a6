// Two tokenizers beside each other: which tokens both have, which of them with the same id, how many merges. Nothing here is a chance:
// tokenizers are published and taken over openly.

import type { StoredModel } from '../anatomy/index.ts';

export interface TokenizerComparison {
  /** Tokens of each, and of both. */
  suspect: number;
  reference: number;
  shared: number;
  /** Shared tokens with the same id. */
  sameId: number;
  /** Merges of each and of both; undefined where a tokenizer has none. */
  merges: { suspect: number; reference: number; shared: number; inOrder: boolean } | undefined;
  /** Whether both files are the same, byte by byte. */
  sameFile: boolean;
}

type Tokens = NonNullable<StoredModel['tokens']>;

export function compareTokenizers(suspect: Tokens, reference: Tokens): TokenizerComparison {
  let [shared, sameId] = [0, 0];
  for (const [token, id] of suspect.ids) {
    const other = reference.ids.get(token);
    if (other === undefined) continue;
    shared++;
    if (other === id) sameId++;
  }
  return {
    suspect: suspect.ids.size,
    reference: reference.ids.size,
    shared,
    sameId,
    merges: suspect.merges && reference.merges && compareMerges(suspect.merges, reference.merges),
    sameFile: suspect.digest === reference.digest,
  };
}

/** Whether all merges of the reference stand in the suspect's list, in their order: a vocabulary that was extended. */
function compareMerges(suspect: readonly string[], reference: readonly string[]) {
  const place = new Map(suspect.map((merge, i) => [merge, i]));
  const places = reference.flatMap((merge) => place.get(merge) ?? []);
  const inOrder = places.length === reference.length && places.every((at, i) => i === 0 || at > places[i - 1]!);
  return { suspect: suspect.length, reference: reference.length, shared: places.length, inOrder };
}
