// Where the boxes of a family tree lie: from left to right in a wide place, from top to bottom in a narrow one. Knows no words.

export interface Box {
  x: number;
  y: number;
  width: number;
}

/** Boxes of the chain that leads to the run and ends with it, those of its children, and the size of the picture. */
export interface Layout {
  chain: Box[];
  children: Box[];
  width: number;
  height: number;
  /** A line for each step of the chain, then for each child. */
  lines: string[];
}

export const BOX_HEIGHT = 58;
const NARROW = 640;
const MAX_WIDTH = 210;
const GAP = 36;
const ROW = BOX_HEIGHT + 16;
const INDENT = 26;

export function layoutOf(width: number, chain: number, children: number): Layout {
  return width < NARROW ? narrow(width, chain, children) : wide(width, chain, children);
}

function wide(width: number, chain: number, children: number): Layout {
  const columns = chain + (children > 0 ? 1 : 0);
  const box = Math.min(MAX_WIDTH, Math.floor((width - 2 - GAP * (columns - 1)) / columns));
  const height = Math.max(1, children) * ROW - (ROW - BOX_HEIGHT) + 2;
  const middle = Math.round((height - BOX_HEIGHT) / 2);
  const at = (column: number, y: number): Box => ({ x: 1 + column * (box + GAP), y, width: box });
  const before = Array.from({ length: chain }, (_, i) => at(i, middle));
  const after = Array.from({ length: children }, (_, i) => at(chain, 1 + i * ROW));
  const half = BOX_HEIGHT / 2;
  const line = (from: Box, to: Box) => {
    const start = from.x + from.width;
    return `M${start} ${from.y + half}H${start + GAP / 2}V${to.y + half}H${to.x - 2}`;
  };
  const lines = [
    ...before.slice(1).map((to, i) => line(before[i], to)),
    ...after.map((to) => line(before[before.length - 1], to)),
  ];
  return { chain: before, children: after, width, height, lines };
}

function narrow(width: number, chain: number, children: number): Layout {
  const before = Array.from({ length: chain }, (_, i) => ({ x: 1, y: 1 + i * (BOX_HEIGHT + 24), width: width - 2 }));
  const last = before[before.length - 1];
  const after = Array.from({ length: children }, (_, i) => ({
    x: 1 + INDENT,
    y: last.y + BOX_HEIGHT + 16 + i * ROW,
    width: width - 2 - INDENT,
  }));
  const lines = [
    ...before.slice(1).map((to) => `M${INDENT / 2} ${to.y - 24}V${to.y - 2}`),
    ...after.map((to) => `M${INDENT / 2} ${last.y + BOX_HEIGHT}V${to.y + BOX_HEIGHT / 2}H${to.x - 2}`),
  ];
  const end = after.at(-1) ?? last;
  return { chain: before, children: after, width, height: end.y + BOX_HEIGHT + 1, lines };
}

/** About the width of a text in pixels: Hangul and its kin are wider. */
const widthOf = (text: string, size: number): number =>
  [...text].reduce((sum, c) => sum + (/[\u1100-\uffdc]/.test(c) ? 0.95 : 0.58) * size, 0);

/** The beginning of a text that fits. */
export function fitted(text: string, width: number, size: number): string {
  if (widthOf(text, size) <= width) return text;
  const signs = [...text];
  while (signs.length > 1 && widthOf(`${signs.join('')}…`, size) > width) signs.pop();
  return `${signs.join('')}…`;
}
