// The segments of a run as rows of cells: one cell a segment, filled where it was replayed. In a long run several segments share a cell.
// Draws shapes inside a box; does not choose the box.

import { h, type JSX } from 'preact';
import { path, xy } from '../../page-kit/document/index.ts';
import type { Segment } from '../types.ts';
import { type Facts, type SegmentState, segmentStates } from './facts.ts';

const MAX_CELLS = 168;
export interface Box {
  x: number;
  y: number;
  width: number;
  height: number;
}

/** The largest number of segments that one cell stands for. */
export const segmentsPerCell = (segments: readonly Segment[]): number =>
  Math.max(1, Math.ceil(segments.length / MAX_CELLS));

/** The state of each cell. */
export function cellStates(segments: readonly Segment[], facts: Pick<Facts, 'replayedBy'>): SegmentState[] {
  const perCell = segmentsPerCell(segments);
  return segmentStates(segments, facts, (position) => Math.floor(position / perCell));
}

/** One cell with its upper left corner at x, y. Shape and mark tell the states apart, not colour alone. */
export function drawCell(ink: SegmentState, x: number, y: number, size: number): JSX.Element[] {
  const at = (dx: number, dy: number) => `${xy(x + dx * size)} ${xy(y + dy * size)}`;
  const rx = xy(Math.min(2, size / 8));
  const square = h('rect', { class: `sort ${ink}`, x: xy(x), y: xy(y), width: xy(size), height: xy(size), rx });
  if (ink === 'refuted')
    return [square, path('cut', `M${at(0.25, 0.25)}L${at(0.75, 0.75)}M${at(0.75, 0.25)}L${at(0.25, 0.75)}`)];
  return ink === 'incomplete' ? [square, path('gap', `M${at(0.3, 0.5)}L${at(0.7, 0.5)}`)] : [square];
}

/** Arranges cells in rows, as large as the box allows, and centres them in it. */
export function drawCells(states: readonly SegmentState[], box: Box): JSX.Element[] {
  const n = states.length;
  if (n === 0) return [];
  let best = { size: 0, perRow: 1, rows: 1 };
  for (let rows = 1; rows <= n; rows++) {
    const perRow = Math.ceil(n / rows);
    const size = Math.min(26, box.width / perRow, box.height / rows);
    if (size > best.size) best = { size, perRow, rows };
  }
  const { size, perRow, rows } = best;
  const gap = Math.max(1, size * 0.14);
  const left = box.x + (box.width - perRow * size + gap) / 2;
  const top = box.y + (box.height - rows * size + gap) / 2;
  return states.flatMap((ink, i) =>
    drawCell(ink, left + (i % perRow) * size, top + Math.floor(i / perRow) * size, size - gap),
  );
}
