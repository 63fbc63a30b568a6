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
import type { Catalogue } from './types.ts';

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

type Chips = Catalogue['chips'];

/** Words of a chip's name that tell it from others: those with a digit. */
const modelWords = (text: string): string[] => text.toLowerCase().match(/[\p{L}\p{N}]*\p{N}[\p{L}\p{N}]*/gu) ?? [];

/**
 * Refuses a card whose device has the model of another chip in its name, and not that of its own. A name that has neither is anybody's.
 * @throws JikjiError `catalogue-card`
 */
export function checkCardDevices(chips: Chips): void {
  for (const [id, { name, cards }] of chips) {
    const own = new Set(modelWords(name.en));
    for (const { file, device } of cards) {
      const words = new Set(modelWords(device));
      if ([...own].some((word) => words.has(word))) continue;
      const other = [...chips].find(
        ([one, { name: its }]) => one !== id && modelWords(its.en).some((word) => words.has(word)),
      );
      if (other) throw faultError('catalogue-card', file, FAULTS.cardOfOther(device, name.en, other[1].name.en));
    }
  }
}
