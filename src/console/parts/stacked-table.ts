// Tables on narrow screens: a row becomes a block, in which each cell has the head of its column as its label. Styles lay the blocks out;
// here each cell gets the label, and each element the role that its table loses when it is no longer laid out as one.

import { useLayoutEffect } from 'preact/hooks';

/** What is not part of a label. */
const BESIDE = '.hidden, .state, small';

function labelOf(head: Element): string {
  const copy = head.cloneNode(true) as Element;
  for (const one of copy.querySelectorAll(BESIDE)) one.remove();
  return copy.textContent.trim();
}

const roleOf = (cell: HTMLTableCellElement): string =>
  cell.tagName === 'TD' ? 'cell' : cell.scope === 'col' ? 'columnheader' : 'rowheader';

/** Only where it is another value: each change would be told to observers. */
function give(element: Element, name: string, value: string): void {
  if (value === '') element.removeAttribute(name);
  else if (element.getAttribute(name) !== value) element.setAttribute(name, value);
}

/** Labels and roles of all rows. Cells that reach over several rows or columns are counted in each. */
function describe(table: HTMLTableElement): void {
  give(table, 'role', 'table');
  const heads = table.tHead?.rows[0]?.cells ?? [];
  const labels = Array.from(heads, labelOf);
  for (const group of [table.tHead, ...table.tBodies]) {
    if (group === null) continue;
    give(group, 'role', 'rowgroup');
    /** By column: rows that a cell above still reaches into. */
    const taken: number[] = [];
    for (const row of group.rows) {
      give(row, 'role', 'row');
      let column = 0;
      for (const cell of row.cells) {
        while ((taken[column] ?? 0) > 0) taken[column++]!--;
        give(cell, 'role', roleOf(cell));
        give(cell, 'data-label', group === table.tHead || cell.colSpan > 1 ? '' : (labels[column] ?? ''));
        for (let i = 0; i < cell.colSpan; i++) taken[column++] = cell.rowSpan - 1;
      }
      for (; column < taken.length; column++) if (taken[column]! > 0) taken[column]!--;
    }
  }
}

/** Keeps labels and roles of the table whose caption has an id, also of rows that come later. */
export function useStacked(caption: string): void {
  // Without dependencies: the heads may be others after each rendering
  useLayoutEffect(() => {
    const table = document.getElementById(caption)?.closest('table');
    if (!table) return;
    describe(table);
    const observer = new MutationObserver(() => describe(table));
    for (const body of table.tBodies) observer.observe(body, { childList: true, subtree: true });
    return () => observer.disconnect();
  });
}
