// The chip cards among the files of a catalogue: each belongs to a chip that names it.

import {
  type ChipCard,
  faultError,
  isChipCard,
  type Path,
  parseChipCard,
  type ValuePlaces,
} from '../../formats/index.ts';
import { unknownName } from './entry-paths.ts';
import { FAULTS, THINGS } from './faults.ts';

/** A file of a catalogue, or a card that a chip of one names: `file` is the path that the catalogue has. */
export interface CatalogueText {
  file: string;
  text: string;
}

/** The files that are catalogues, not cards: `parts` of a catalogue has one member for each, in their order. */
export const withoutCards = <T extends CatalogueText>(files: readonly T[]): T[] =>
  files.filter(({ text }) => !isChipCard(text));

export class CardFiles {
  readonly catalogues: CatalogueText[];
  readonly #cards = new Map<string, { text: string; card: ChipCard }>();
  readonly #named = new Set<string>();

  /** @throws JikjiError `catalogue-twice`, `chip-card-...` */
  constructor(files: readonly CatalogueText[]) {
    this.catalogues = withoutCards(files);
    for (const { file, text } of files.filter(({ text }) => isChipCard(text))) {
      const before = this.#cards.get(file);
      if (before !== undefined && before.text !== text) throw faultError('catalogue-twice', file, FAULTS.cardTwice);
      if (before === undefined) this.#cards.set(file, { text, card: parseChipCard(text, file) });
    }
  }

  /** The card that a chip names. @throws JikjiError `catalogue-unknown` */
  named(file: string, places: ValuePlaces, path: Path): ChipCard {
    const found = this.#cards.get(file);
    if (!found) throw unknownName(places, { path, what: THINGS.chipCard, name: file, names: [...this.#cards.keys()] });
    this.#named.add(file);
    return found.card;
  }

  /** @throws JikjiError `catalogue-unknown` */
  requireAllNamed(): void {
    for (const file of this.#cards.keys())
      if (!this.#named.has(file)) throw faultError('catalogue-unknown', file, FAULTS.cardUnnamed);
  }
}
