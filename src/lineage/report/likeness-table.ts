// The likenesses of a reference as a table: each beside the highest that independent models had.

import { type ComponentChildren, h } from 'preact';
import { cell, columnHeads, row, ScrollingTable } from '../../page-kit/index.ts';
import type { ReferenceFacts } from './facts.ts';
import { INDEPENDENT, likenessesOf } from './likeness.ts';
import { beyondText, cosineText, likenessName } from './sentences.ts';
import type { Sheet } from './sheet.ts';

export function likenessTable({ words, format }: Sheet, reference: ReferenceFacts, id: string): ComponentChildren {
  const w = words.likeness;
  const { columns } = w;
  const rows = likenessesOf(reference.result).map((one) =>
    row(likenessName(one, reference.result, words), [
      cell(cosineText(one.value, format), 'right strong'),
      cell(one.independent === undefined ? words.noStrength : cosineText(one.independent, format), 'right'),
    ]),
  );
  if (rows.length === 0) return null;
  const head = [columnHeads([columns.part]), columnHeads([columns.here, columns.independent], 'right')];
  const table = { id: `${id}-likeness`, role: 'group' as const, caption: w.heading, captionHidden: true, head };
  const beyond = beyondText(reference, words);
  return [
    h('h3', null, w.heading),
    h('p', { class: 'lead' }, w.lead(format.count(INDEPENDENT.pairs))),
    h(ScrollingTable, table, rows),
    beyond && h('p', { class: 'aside' }, beyond),
  ];
}
