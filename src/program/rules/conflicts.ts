// Generic checks of a rule book: sums, duplicate names, unknown names.

import type { JikjiError } from '../../base/index.ts';
import { nearestNameHint, type Path, type ValuePlaces } from '../../formats/index.ts';

/** Points have at most three decimals. */
const thousandths = (points: number): number => Math.round(points * 1000);

export const ids = (list: readonly { id: string }[]): string[] => list.map(({ id }) => id);

/** Checks of one rule book: collects the errors, which name the lines. */
export class Conflicts {
  readonly errors: JikjiError[] = [];
  readonly #places: ValuePlaces;

  constructor(places: ValuePlaces) {
    this.#places = places;
  }

  refuseIf(isConflict: boolean, paths: Path | readonly Path[], message: string, hint: string): void {
    if (isConflict) this.errors.push(this.#places.error('rule-book-conflict', paths, message, hint));
  }

  missing(path: Path, message: string, hint: string): void {
    this.errors.push(this.#places.error('rule-book-missing-key', path, message, hint));
  }

  /** @param paths of the items, and of the sum that they must have */
  addUp(items: readonly { points: number }[], whole: number, paths: [items: Path, whole: Path], what: string): void {
    const sum = items.reduce((total, { points }) => total + thousandths(points), 0);
    const differs = sum !== thousandths(whole);
    this.refuseIf(differs, paths, `${what} add up to ${sum / 1000}, not ${whole}`, 'correct one of them');
  }

  once(names: readonly string[], path: (i: number) => Path, what: string): void {
    const i = names.findIndex((name, at) => names.indexOf(name) < at);
    if (i < 0) return;
    this.refuseIf(true, path(i), `${what} "${names[i]}" is there twice`, 'give one of them another name');
  }

  known(name: string, names: readonly string[], path: Path, what: string): void {
    if (names.includes(name)) return;
    const known = names.length ? `there are: ${names.join(', ')}` : 'there is none';
    this.refuseIf(true, path, `there is no ${what} "${name}"`, nearestNameHint(name, names, known));
  }
}
