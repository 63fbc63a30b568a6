// Generic checks of a rule book: sums, duplicate names, unknown names.

import type { Both, JikjiError } from '../../base/index.ts';
import { type Fault, nearestNameHints, type Path, type ValuePlaces } from '../../formats/index.ts';
import { FAULTS } from './faults.ts';

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

  refuseIf(isConflict: boolean, paths: Path | readonly Path[], fault: Fault): void {
    if (isConflict) this.errors.push(this.#places.fault('rule-book-conflict', paths, fault));
  }

  missing(path: Path, fault: Fault): void {
    this.errors.push(this.#places.fault('rule-book-missing-key', path, fault));
  }

  /** @param paths of the items, and of the sum that they must have */
  addUp(items: readonly { points: number }[], whole: number, paths: [items: Path, whole: Path], what: Both): void {
    const sum = items.reduce((total, { points }) => total + thousandths(points), 0);
    const differs = sum !== thousandths(whole);
    this.refuseIf(differs, paths, FAULTS.addUp(what, sum / 1000, whole));
  }

  once(names: readonly string[], path: (i: number) => Path, what: Both): void {
    const i = names.findIndex((name, at) => names.indexOf(name) < at);
    if (i < 0) return;
    this.refuseIf(true, path(i), FAULTS.twice(what, names[i]!));
  }

  known(name: string, names: readonly string[], path: Path, what: Both): void {
    if (names.includes(name)) return;
    const list = names.join(', ');
    const known = names.length
      ? { en: `there are: ${list}`, ko: `다음 가운데에서 고르십시오: ${list}` }
      : { en: 'there is none', ko: '아직 하나도 없습니다.' };
    this.refuseIf(true, path, FAULTS.unknown(what, name, nearestNameHints(name, names, known)));
  }
}
