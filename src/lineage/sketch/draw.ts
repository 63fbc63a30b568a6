// Which labels and which tokens are looked at. The key is known only after both models' digests are fixed, so that a copier cannot know
// beforehand which rows to scramble. Of each, those with the least keyed hashes: two models with other sizes share most of them.

import { philox4x32, streamOf } from '../../engine/index.ts';
import { sha256Hex } from '../../ledger/index.ts';

/** The key of a comparison: of a challenge that was drawn after both digests were fixed, and of them. All in lower-case hexadecimal. */
export const keyOfPair = (challenge: string, suspect: string, reference: string): string =>
  sha256Hex(`jikji lineage ${challenge} ${suspect} ${reference}`);

/** Compares by two hash words and, where they are equal, by number. */
const byHash =
  (hashes: ArrayLike<readonly number[]>) =>
  (a: number, b: number): number =>
    hashes[a]![0]! - hashes[b]![0]! || hashes[a]![1]! - hashes[b]![1]! || a - b;

/** At most `most` of the labels 0 to count - 1, in rising order. `what` names what they label: blocks of one name get the same labels. */
export function drawLabels(key: string, what: string, count: number, most: number): Uint32Array {
  if (count <= most) return Uint32Array.from({ length: count }, (_, i) => i);
  const stream = streamOf(`${key} ${what}`);
  const hashes = Array.from({ length: count }, (_, i) => philox4x32([i, 0, 0, 0], stream));
  return Uint32Array.from(hashes.keys()).sort(byHash(hashes)).subarray(0, most).sort();
}

/** At most `most` of these tokens: those with the least hashes, in their order. */
export function drawTokens(key: string, tokens: Iterable<string>, most: number): string[] {
  const hashed = [...tokens].map((token) => ({ token, hash: sha256Hex(`${key} token ${token}`) }));
  hashed.sort((a, b) => (a.hash < b.hash ? -1 : 1));
  return hashed.slice(0, most).map(({ token }) => token);
}

/** The order in which equal candidates are taken: by a keyed hash of a label, so that no label helps. */
export function tieOrder(key: string, what: string): (label: number) => number {
  const stream = streamOf(`${key} ties of ${what}`);
  return (label) => philox4x32([label, 0, 0, 0], stream)[0];
}
