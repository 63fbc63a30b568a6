// Tables with captions, and cells for pages that are written without JSX.

import { type ComponentChildren, h, type JSX } from 'preact';

export interface TableProps {
  caption: string;
  /** Shows the caption to screen readers only. */
  captionHidden?: boolean | undefined;
  /** The id of the caption. */
  id?: string;
  class?: string | undefined;
  /** The cells of the head's row. */
  head: ComponentChildren;
  /** The cells of a second row of the head. */
  subhead?: ComponentChildren;
  /** The rows. */
  children?: ComponentChildren;
}

export const Table = ({ caption, captionHidden, id, class: name, head, subhead, children }: TableProps) =>
  h('table', { class: name }, [
    h('caption', { id, class: captionHidden ? 'hidden' : undefined }, caption),
    h('thead', null, h('tr', null, head), subhead && h('tr', null, subhead)),
    h('tbody', null, children),
  ]);

/** A table that scrolls if it is too wide, and is then reachable by keyboard. */
export const ScrollingTable = ({ role, ...table }: TableProps & { id: string; role: 'region' | 'group' }) =>
  h('div', { class: 'scroll', role, tabIndex: 0, 'aria-labelledby': table.id }, h(Table, table));

/** Heads of columns. */
export const columnHeads = (names: ComponentChildren[], name?: string): JSX.Element[] =>
  names.map((one) => h('th', { scope: 'col', class: name }, one));

export const cell = (content: ComponentChildren, name?: string): JSX.Element => h('td', { class: name }, content);

/** A row that begins with its own head. */
export const row = (head: ComponentChildren, cells: ComponentChildren): JSX.Element =>
  h('tr', null, h('th', { scope: 'row' }, head), cells);
