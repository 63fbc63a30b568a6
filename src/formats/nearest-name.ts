// Finds the name that was probably meant by a misspelled one. Knows nothing of the names' meaning.

import type { Both } from '../base/index.ts';
import { HINTS } from './schema-faults.ts';

/** Edits (insert, delete, replace, swap neighbours) that turn `a` into `b`. */
export function editDistance(a: string, b: string): number {
  const rows = Array.from({ length: a.length + 1 }, (_, i) => [i, ...new Array<number>(b.length).fill(0)]);
  for (let j = 0; j <= b.length; j++) rows[0][j] = j;
  for (let i = 1; i <= a.length; i++) {
    for (let j = 1; j <= b.length; j++) {
      const same = a[i - 1] === b[j - 1] ? 0 : 1;
      let best = Math.min(rows[i - 1][j] + 1, rows[i][j - 1] + 1, rows[i - 1][j - 1] + same);
      if (i > 1 && j > 1 && a[i - 1] === b[j - 2] && a[i - 2] === b[j - 1])
        best = Math.min(best, rows[i - 2][j - 2] + 1);
      rows[i][j] = best;
    }
  }
  return rows[a.length][b.length];
}

/** `num_hidden_layers`, `NumHiddenLayers` and `num-hidden-layers` are one name. */
const folded = (name: string) => name.toLowerCase().replace(/[-_ ]/g, '');

/** A hint about an unknown name: the nearest name, else `otherwise`. */
export function nearestNameHint(wrong: string, names: readonly string[], otherwise: string): string {
  const near = nearestName(wrong, names.slice(0, 5000));
  return near ? `did you mean ${near.name}?` : otherwise;
}

/** The same in both languages. */
export function nearestNameHints(wrong: string, names: readonly string[], otherwise: Both): Both {
  const near = nearestName(wrong, names.slice(0, 5000));
  return near ? HINTS.near(near.name) : otherwise;
}

/**
 * The nearest of `names` and its distance (0: the same except for case and separators); undefined if none is near.
 * A name that begins or ends with all of the other (`layers`, `numHiddenLayers`) counts as near.
 */
export function nearestName(wrong: string, names: readonly string[]): { name: string; distance: number } | undefined {
  if (wrong.length > 100) return undefined;
  const a = folded(wrong);
  let best: { name: string; distance: number } | undefined;
  for (const name of names) {
    const b = folded(name);
    const part = a.length >= 4 && (b.startsWith(a) || b.endsWith(a));
    const distance = Math.min(editDistance(a, b), part ? 2.5 : Infinity);
    if (!best || distance < best.distance) best = { name, distance };
  }
  return best && best.distance <= Math.max(2.5, Math.ceil(a.length / 3)) ? best : undefined;
}
