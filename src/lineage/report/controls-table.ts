// The controls of a reference's parts, as a table: what the same tests find between the reference and copies of it.

import { type ComponentChildren, h, type JSX } from 'preact';
import { cell, columnHeads, row, ScrollingTable } from '../../page-kit/index.ts';
import type { Control, JudgedGroup, Test } from '../comparison/index.ts';
import { controlOf, type ReferenceFacts } from './facts.ts';
import { partName, placesText } from './sentences.ts';
import type { Sheet } from './sheet.ts';

const NAMES: readonly Control['name'][] = ['noise', 'noise-3', 'shuffled', 'random'];

/** The better test of a name, of the two models. */
const bestOf = ({ tests }: JudgedGroup, name: Test['name']): Test | undefined =>
  tests.filter((test) => test.name === name).toSorted((a, b) => a.lnChance - b.lnChance)[0];

function rows({ words, format }: Sheet, group: JudgedGroup, part: string): JSX.Element[] {
  const w = words.controls;
  const of = (count: number, all: number): string => w.of(format.count(count), format.count(all));
  const own = (name: Test['name']): string => {
    const test = bestOf(group, name);
    return test ? of(test.count, test.of) : words.noStrength;
  };
  const line = (what: string, here: string, control: (one: Control) => string): JSX.Element => {
    const cells = NAMES.map((name) => {
      const one = controlOf(group, name);
      return cell(one ? control(one) : words.noStrength, 'right');
    });
    return row(`${part}: ${what}`, [cell(here, 'right strong'), cells]);
  };
  const places = line(w.places, own('places'), (one) => placesText(one, words, format));
  if (!group.controls.some(({ signs }) => signs)) return [places];
  const signs = line(w.signs, own('signs'), (one) =>
    one.signs ? of(one.signs.agreeing, one.signs.of) : words.noStrength,
  );
  return [places, signs];
}

export function controlsTable(sheet: Sheet, reference: ReferenceFacts, id: string): ComponentChildren {
  const w = sheet.words.controls;
  const { columns } = w;
  const groups = reference.groups.filter(({ group }) => group.controls.length > 0);
  if (groups.length === 0) return null;
  const lines = groups.flatMap(({ group }) => rows(sheet, group, partName(group, reference.result, sheet.words)));
  const head = [
    columnHeads([columns.part]),
    columnHeads([columns.here, ...NAMES.map((name) => columns[name])], 'right'),
  ];
  const table = { id: `${id}-controls`, role: 'group' as const, caption: w.heading, captionHidden: true, head };
  return [h('h3', null, w.heading), h('p', { class: 'lead' }, w.lead), h(ScrollingTable, table, lines)];
}
