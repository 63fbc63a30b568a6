// What may not be in a rule book, whatever it is of: sums that are not the whole, names that are there twice or stand for nothing.

import { nearestName, type Path, type ValuePlaces } from '../../formats/index.ts';

/** Points have three decimals at most. */
const thousandths = (points: number): number => Math.round(points * 1000);

export const ids = (list: readonly { id: string }[]): string[] => list.map(({ id }) => id);

/** Complaints of one rule book, each with the lines that it is about. */
export class Conflicts {
  readonly #places: ValuePlaces;

  constructor(places: ValuePlaces) {
    this.#places = places;
  }

  /** @throws JikjiError `rule-book-conflict` where `is` */
  refuseIf(is: boolean, paths: Path | readonly Path[], message: string, hint: string): void {
    if (is) throw this.#places.error('rule-book-conflict', paths, message, hint);
  }

  /** `paths`: where the items are written, and the whole. */
  addUp(items: readonly { points: number }[], whole: number, paths: [items: Path, whole: Path], what: string): void {
    const sum = items.reduce((total, { points }) => total + thousandths(points), 0);
    const differs = sum !== thousandths(whole);
    this.refuseIf(differs, paths, `${what} add up to ${sum / 1000}, not ${whole}`, 'mend one of them');
  }

  once(names: readonly string[], path: (i: number) => Path, what: string): void {
    const i = names.findIndex((name, at) => names.indexOf(name) < at);
    if (i < 0) return;
    this.refuseIf(true, path(i), `${what} "${names[i]}" is there twice`, 'give one of them another name');
  }

  known(name: string, names: readonly string[], path: Path, what: string): void {
    if (names.includes(name)) return;
    const near = nearestName(name, names);
    const some = names.length ? `there are: ${names.join(', ')}` : 'there is none';
    this.refuseIf(true, path, `there is no ${what} "${name}"`, near ? `did you mean ${near.name}?` : some);
  }
}
