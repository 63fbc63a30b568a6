// The segments of a run as a row of metal type: one sort per segment, inked where it was replayed. In a long run several segments share a
// sort. Draws shapes inside a box; does not choose the box.

import { h, type JSX } from 'preact';
import { path, xy } from '../../page-kit/document/index.ts';
import type { Segment } from '../types.ts';
import { type Facts, type Ink, inksOf } from './facts.ts';

const MAX_SORTS = 168;
export interface Box {
  x: number;
  y: number;
  width: number;
  height: number;
}

/** The largest number of segments that one sort stands for. */
export const segmentsPerSort = (segments: readonly Segment[]): number =>
  Math.max(1, Math.ceil(segments.length / MAX_SORTS));

/** The state of each sort. */
export function sortInks(segments: readonly Segment[], facts: Pick<Facts, 'replayedBy'>): Ink[] {
  const perSort = segmentsPerSort(segments);
  return inksOf(segments, facts, (position) => Math.floor(position / perSort));
}

/** One sort with its upper left corner at x, y. Shape and mark tell the states apart, not colour alone. */
export function sort(ink: Ink, x: number, y: number, size: number): JSX.Element[] {
  const at = (dx: number, dy: number) => `${xy(x + dx * size)} ${xy(y + dy * size)}`;
  const rx = xy(Math.min(2, size / 8));
  const square = h('rect', { class: `sort ${ink}`, x: xy(x), y: xy(y), width: xy(size), height: xy(size), rx });
  if (ink === 'refuted')
    return [square, path('cut', `M${at(0.25, 0.25)}L${at(0.75, 0.75)}M${at(0.75, 0.25)}L${at(0.25, 0.75)}`)];
  return ink === 'incomplete' ? [square, path('gap', `M${at(0.3, 0.5)}L${at(0.7, 0.5)}`)] : [square];
}

/** Arranges sorts in rows, as large as the box allows, and centres them in it. */
export function setSorts(states: readonly Ink[], box: Box): JSX.Element[] {
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
    sort(ink, left + (i % perRow) * size, top + Math.floor(i / perRow) * size, size - gap),
  );
}
