// The loss curve: replayed steps in one ink, the maker's word in another. Drawn twice, for wide and for narrow screens. The picture's
// size does not depend on the number of steps.

import { h, type JSX } from 'preact';
import { path, picture, xy } from '../../page-kit/document/index.ts';
import { type Facts, moreStriking, replayLookup, type SegmentState } from './facts.ts';
import type { Sheet } from './sheet.ts';
import { type Line, lastStep, type Thinned, thin, ticks } from './thin.ts';

interface Frame {
  id: 'wide' | 'narrow';
  width: number;
  height: number;
  left: number;
  right: number;
  top: number;
  bottom: number;
  ticksX: number;
  ticksY: number;
}

const WIDE: Frame = {
  id: 'wide',
  width: 960,
  height: 400,
  left: 58,
  right: 14,
  top: 34,
  bottom: 62,
  ticksX: 8,
  ticksY: 6,
};
const NARROW: Frame = {
  id: 'narrow',
  width: 320,
  height: 280,
  left: 42,
  right: 8,
  top: 32,
  bottom: 58,
  ticksX: 3,
  ticksY: 5,
};

function polyline({ pieces }: Line, x: (step: number) => number, y: (loss: number) => number): string {
  return pieces
    .map((piece) => {
      const points = piece.map(({ step, loss }) => `${xy(x(step))} ${xy(y(loss))}`);
      // A single point is a dot: a line too short to see, with round ends.
      return points.length === 1 ? `M${points[0]}h.01` : `M${points.join('L')}`;
    })
    .join('');
}

interface Band {
  from: number;
  to: number;
  ink: SegmentState;
}

/** The columns of the picture in which segments were replayed, as bands: at most one per column. */
function bandsOf(facts: Facts, columns: number, steps: number): Band[] {
  const inks = Array.from({ length: columns }, (): SegmentState => 'rest');
  const columnOf = (step: number) => Math.min(1, Math.max(0, Number.isFinite(step) ? step / steps : 0)) * columns;
  for (const { from, to, verdict } of facts.replayed) {
    const first = Math.min(columns - 1, Math.floor(columnOf(from)));
    const last = Math.max(first + 1, Math.round(columnOf(to)));
    for (let c = first; c < last && c < columns; c++) inks[c] = moreStriking(inks[c], verdict);
  }
  const bands: Band[] = [];
  inks.forEach((ink, c) => {
    const previous = bands.at(-1);
    if (previous?.ink === ink) previous.to = c + 1;
    else bands.push({ from: c, to: c + 1, ink });
  });
  return bands.filter(({ ink }) => ink !== 'rest');
}

function describe({ facts, words, format }: Sheet, { first, last }: Thinned): string {
  const replayed = facts.replayed.filter(({ verdict }) => verdict !== 'incomplete');
  const steps = replayed.reduce((sum, { from, to }) => sum + Math.max(0, to - from), 0);
  const losses = [first, last].map((point) => format.decimal(point?.loss ?? Number.NaN, 3));
  const text = words.curve.svgDesc(format.count(last?.step ?? 0), losses[0], losses[1], format.count(steps));
  return `${text} ${words.curve.makersWord}`;
}

function draw(sheet: Sheet, frame: Frame): { svg: JSX.Element; thinned: Thinned } {
  const { facts, words, format } = sheet;
  const { run } = sheet.audit;
  const { width, height, left, right, top, bottom, id } = frame;
  const plotWidth = width - left - right;
  const plotHeight = height - top - bottom;
  const steps = lastStep(
    run.steps,
    run.curve,
    run.segments.map(({ to }) => to),
  );
  const thinned = thin(run.curve, plotWidth, steps, replayLookup(facts.replayed));
  const spread = thinned.highest - thinned.lowest;
  const pad = spread > 0 ? spread * 0.06 : Math.max(0.5, Math.abs(thinned.lowest) * 0.1);
  const low = thinned.lowest >= 0 ? Math.max(0, thinned.lowest - pad) : thinned.lowest - pad;
  const high = thinned.highest + pad;
  const x = (step: number) => left + (step / steps) * plotWidth;
  const y = (loss: number) => top + (1 - (loss - low) / (high - low)) * plotHeight;
  const floor = top + plotHeight;

  const losses = ticks(low, high, frame.ticksY);
  const digits = Math.min(6, Math.max(0, Math.ceil(-Math.log10(losses.step) - 1e-9)));
  const grid = losses.values.map((value) => [
    path('grid', `M${left} ${xy(y(value))}H${width - right}`),
    h(
      'text',
      { class: 'tick', x: left - 8, y: xy(y(value) + 4), 'text-anchor': 'end' },
      Math.abs(value) >= 1e5 ? format.short(value) : format.decimal(value, digits),
    ),
  ]);
  const marks = ticks(0, steps, frame.ticksX, 1).values.map((value) => {
    const at = x(value);
    const anchor = at > width - right - 20 ? 'end' : at < left + 20 ? 'start' : 'middle';
    const text = value >= 1e6 ? format.short(value) : format.count(value);
    return [
      path('axis', `M${xy(at)} ${floor + 16}v5`),
      h('text', { class: 'tick', x: xy(at), y: floor + 36, 'text-anchor': anchor }, text),
    ];
  });
  // A row of cells under the curve: the segments, filled where they were replayed.
  const ribbon = bandsOf(facts, plotWidth, steps);
  const rect = (name: string, { from, to }: Pick<Band, 'from' | 'to'>, top: number, height: number) =>
    h('rect', { class: name, x: left + from, y: top, width: to - from, height });
  const shades = ribbon
    .filter(({ ink }) => ink !== 'incomplete')
    .map((band) => rect(`band ${band.ink}`, band, top, plotHeight));
  const set = ribbon.map((band) => rect(`sort ${band.ink}`, band, floor + 4, 10));
  const seams =
    run.segments.length <= plotWidth / 4
      ? run.segments
          .map(({ to }) => to)
          .filter((to) => to > 0 && to < steps)
          .map((to) => `M${xy(x(to))} ${floor + 4}v10`)
          .join('')
      : '';
  const crosses = thinned.refuted.pieces.map(([{ step, loss }]) =>
    path('cross', `M${xy(x(step) - 5)} ${xy(y(loss) - 5)}l10 10m0 -10l-10 10`),
  );
  const [title, text] = [words.curve.svgTitle, describe(sheet, thinned)];
  const svg = picture({ id: `curve-${id}-`, class: id, width, height, title, text }, [
    h('text', { class: 'axis-name', x: left, y: 16 }, words.curve.axisLoss),
    shades,
    grid,
    path('word', polyline(thinned.all, x, y)),
    path('same', polyline(thinned.holds, x, y)),
    path('other', polyline(thinned.refuted, x, y)),
    crosses,
    rect('ribbon', { from: 0, to: plotWidth }, floor + 4, 10),
    set,
    path('seam', seams),
    marks,
    h('text', { class: 'axis-name', x: width - right, y: floor + 56, 'text-anchor': 'end' }, words.curve.axisStep),
  ]);
  return { svg, thinned };
}

/** Both pictures, and the number of records that cannot be drawn. Null if there is nothing to draw. */
export function curvePicture(sheet: Sheet): { pictures: JSX.Element[]; skipped: number } | null {
  const wide = draw(sheet, WIDE);
  if (wide.thinned.drawn === 0) return null;
  return { pictures: [wide.svg, draw(sheet, NARROW).svg], skipped: wide.thinned.skipped };
}
