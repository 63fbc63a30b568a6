// Chip cards of a catalogue: named by chips, read beside the catalogue's file, and what is refused.

import { existsSync, mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { JikjiError } from '../../base/index.ts';
import { temporaryFolder } from '../../base/testing/temporary-folder.ts';
import { withoutCards } from './card-files.ts';
import { readCatalogueFile, shippedCatalogue } from './catalogue-files.ts';
import { readCatalogue } from './read.ts';

const CARD = readFileSync(new URL('../../formats/testing/chip-card.txt', import.meta.url), 'utf8');
const folder = temporaryFolder();

const catalogue = (cards: string) => `formatVersion: 1
id: own
version: 1
title: { en: Own }
chips:
  - { id: chip, name: { en: Chip }, uses: [training], cards: ${cards} }
`;
function refused(read: () => unknown) {
  try {
    read();
  } catch (error) {
    if (error instanceof JikjiError) return error;
    throw error;
  }
  throw new Error('it was read');
}

test('a chip has the cards that it names, which lie beside the catalogue', () => {
  mkdirSync(join(folder, 'cards'));
  writeFileSync(join(folder, 'cards/one.json'), CARD);
  writeFileSync(join(folder, 'own.yaml'), catalogue('[cards/one.json]'));
  const files = readCatalogueFile(join(folder, 'own.yaml'), 'own.yaml');
  expect(files.map(({ file }) => file)).toEqual(['own.yaml', 'cards/one.json']);
  const { chips, parts } = readCatalogue(files);
  expect(chips.get('chip')!.cards).toMatchObject([{ file: 'cards/one.json', by: 'A measurer of tests' }]);
  // A card is no part of the catalogue: parts and the catalogue's files have the same order, wherever a card stands.
  expect(parts).toHaveLength(1);
  expect(withoutCards([...files].reverse())).toEqual([files[0]]);
  expect(readCatalogue([...files].reverse()).chips.get('chip')!.cards).toHaveLength(1);
  writeFileSync(join(folder, 'own.yaml'), catalogue('[cards/two.json]'));
  expect(refused(() => readCatalogueFile(join(folder, 'own.yaml')))).toMatchObject({
    code: 'file-missing',
    input: join(folder, 'cards/two.json'),
  });
});

test('a card of another chip of the catalogue is refused', () => {
  const two = (own: string, other: string) => `formatVersion: 1
id: own
version: 1
title: { en: Own }
chips:
  - { id: one, name: { en: ${own} }, uses: [training], cards: [one.json] }
  - { id: two, name: { en: ${other} }, uses: [training] }
`;
  const device = JSON.parse(CARD).device.name as string;
  const card = { file: 'one.json', text: CARD.replace(JSON.stringify(device), '"NVIDIA H100 80GB HBM3"') };
  const read = (own: string, other: string) => readCatalogue([{ file: 'own.yaml', text: two(own, other) }, card]);
  expect(refused(() => read('Nvidia H200', 'Nvidia H100 SXM'))).toMatchObject({
    code: 'catalogue-card',
    input: 'one.json',
    message: 'was measured on "NVIDIA H100 80GB HBM3", which is not Nvidia H200 but Nvidia H100 SXM',
  });
  // Its own chip, and a name of which nobody can tell whose it is.
  expect(read('Nvidia H100 SXM', 'Nvidia H200').chips.get('one')!.cards).toHaveLength(1);
  expect(read('An accelerator', 'Another one').chips.get('one')!.cards).toHaveLength(1);
});

test('cards that are missing, not named, or two of one name are refused', () => {
  const own = { file: 'own.yaml', text: catalogue('[one.json]') };
  const one = { file: 'one.json', text: CARD };
  expect(refused(() => readCatalogue([own]))).toMatchObject({ code: 'catalogue-unknown', input: 'own.yaml:6' });
  expect(refused(() => readCatalogue([own, { ...one, file: 'ona.json' }]))).toMatchObject({
    code: 'catalogue-unknown',
    hint: 'did you mean ona.json?',
  });
  expect(refused(() => readCatalogue([own, one, { ...one, file: 'two.json' }]))).toMatchObject({
    code: 'catalogue-unknown',
    input: 'two.json',
  });
  const other = { ...one, text: CARD.replace('A measurer of tests', 'Somebody else') };
  expect(refused(() => readCatalogue([own, one, other]))).toMatchObject({ code: 'catalogue-twice', input: 'one.json' });
  expect(readCatalogue([own, one, one]).chips.get('chip')!.cards).toHaveLength(1);
  const broken = { ...one, text: CARD.replace('"fused":', '"fused": ') };
  expect(refused(() => readCatalogue([own, broken]))).toMatchObject({ code: 'chip-card-altered', input: 'one.json' });
});

test.each([
  '/etc/passwd.json',
  '../one.json',
  'a/../one.json',
  './one.json',
  'one.yaml',
  'a b.json',
  'a\\b.json',
  '.json',
  `${'x'.repeat(100)}.json`,
])('a catalogue cannot name %s', (name) => {
  const text = catalogue(`[${JSON.stringify(name)}]`);
  expect(refused(() => readCatalogue([{ file: 'own.yaml', text }]))).toMatchObject({
    code: 'catalogue-range',
    input: 'own.yaml:6',
  });
});

test('the catalogue that comes with Jikji is read with the cards that its chips name, and no others lie beside it', () => {
  const texts = shippedCatalogue();
  const beside = new URL('../../../catalogue/cards', import.meta.url);
  const cards = existsSync(beside) ? readdirSync(beside).map((name) => `cards/${name}`) : [];
  expect(texts.map(({ file }) => file).sort()).toEqual([...cards, 'world.yaml'].sort());
  expect([...readCatalogue(texts).chips.values()].flatMap((chip) => chip.cards)).toHaveLength(cards.length);
});
