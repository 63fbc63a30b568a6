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
  /** Writes the roles of its parts out: a table that styles lay out as blocks loses them. */
  roles?: boolean | undefined;
  /** The rows. */
  children?: ComponentChildren;
}

export const Table = ({ caption, captionHidden, id, class: name, roles, head, subhead, children }: TableProps) => {
  const role = (of: 'table' | 'rowgroup' | 'row') => ({ role: roles ? of : undefined });
  return h('table', { class: name, ...role('table') }, [
    h('caption', { id, class: captionHidden ? 'hidden' : undefined }, caption),
    h('thead', role('rowgroup'), h('tr', role('row'), head), subhead && h('tr', role('row'), subhead)),
    h('tbody', role('rowgroup'), children),
  ]);
};

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
