// A catalogue on this machine: its file, and the chip cards that it names, which lie beside it.

import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { MAX_CARD_BYTES, readSmallFile, readYaml } from '../../formats/index.ts';
import type { CatalogueText } from './card-files.ts';
import { YAML_KIND } from './read.ts';
import { catalogueSchema } from './schema.ts';

/** The largest catalogue file. */
const MAX_CATALOGUE_BYTES = 4 << 20;

/**
 * The text of a catalogue, under `name` in errors, and those of its cards.
 * @throws JikjiError `catalogue-...`, `file-missing`, `file-broken`
 */
export function readCatalogueFile(path: string, name = path): CatalogueText[] {
  const text = readSmallFile(path, MAX_CATALOGUE_BYTES);
  const { value } = readYaml(text, name, catalogueSchema, YAML_KIND);
  const cards = new Set(value.chips.flatMap((chip) => chip.cards));
  return [
    { file: name, text },
    ...[...cards].map((file) => ({ file, text: readSmallFile(join(dirname(path), file), MAX_CARD_BYTES) })),
  ];
}

/** The catalogue of chips, makers and well-known software that comes with Jikji, and the cards that its chips name. */
export const shippedCatalogue = (): CatalogueText[] =>
  readCatalogueFile(fileURLToPath(new URL('../../../catalogue/world.yaml', import.meta.url)), 'world.yaml');
