// What may not be in a rule book, whatever it is of: sums that are not the whole, names that are there twice or stand for nothing.

import type { JikjiError } from '../../base/index.ts';
import { nearestName, type Path, type Places } from '../../formats/index.ts';

/** Points have three decimals at most. */
const thousandths = (points: number): number => Math.round(points * 1000);
const shown = (sum: number): string => String(sum / 1000);

export const ids = (list: readonly { id: string }[]): string[] => list.map(({ id }) => id);

/** Complaints of one rule book, each with the lines that it is about. */
export class Conflicts {
  readonly #places: Places;

  constructor(places: Places) {
    this.#places = places;
  }

  conflict(paths: Path | readonly Path[], message: string, hint: string): JikjiError {
    return this.#places.error('rule-book-conflict', paths, message, hint);
  }

  /** `paths`: where the items are written, and the whole. */
  addUp(items: readonly { points: number }[], whole: number, paths: [items: Path, whole: Path], what: string): void {
    const sum = items.reduce((total, { points }) => total + thousandths(points), 0);
    if (sum === thousandths(whole)) return;
    throw this.conflict(paths, `${what} add up to ${shown(sum)}, not ${whole}`, `mend one of them`);
  }

  once(names: readonly string[], path: (i: number) => Path, what: string): void {
    const i = names.findIndex((name, at) => names.indexOf(name) < at);
    if (i >= 0) throw this.conflict(path(i), `${what} "${names[i]}" is there twice`, 'give one of them another name');
  }

  known(name: string, names: readonly string[], path: Path, what: string): void {
    if (names.includes(name)) return;
    const near = nearestName(name, names);
    const some = names.length ? `there are: ${names.join(', ')}` : 'there is none';
    throw this.conflict(path, `there is no ${what} "${name}"`, near ? `did you mean ${near.name}?` : some);
  }
}
