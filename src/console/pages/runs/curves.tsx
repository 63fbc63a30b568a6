// The curves of the selected runs in one picture: what is drawn and how, zoom, a cursor that all share, and a legend that reads out every curve.

import { useCallback, useMemo, useState } from 'preact/hooks';
import { CurveChart } from '../../parts/curve-chart.tsx';
import { Busy, Failed } from '../../parts/loaded.tsx';
import { Empty, Section } from '../../parts/page.tsx';
import { ZoomButtons } from '../../parts/zoom-buttons.tsx';
import { type Line, lookOf } from '../../state/chart-lines.ts';
import { useConsole } from '../../state/context.ts';
import { zoomed } from '../../state/curve.ts';
import { type Overlay, useOverlay } from '../../state/overlay.ts';
import type { Axis, ChangeView, RunView } from '../../state/run-view.ts';
import type { OverlaidCurve, RunRow } from '../../types.ts';
import { Controls } from './controls.tsx';
import { Legend } from './legend.tsx';

export function SelectedCurves({ runs, view, change }: { runs: readonly RunRow[]; view: RunView; change: ChangeView }) {
  const { words } = useConsole();
  const own = words.runCurves;
  const { overlay, failure, again } = useOverlay(runs, view);
  return (
    <Section title={own.title} lead={own.lead} anchor="curves">
      <div class="stacked">
        <Controls view={view} change={change} />
        <Failed of={failure} again={again} />
        {overlay ? (
          <Picture runs={runs} overlay={overlay} view={view} change={change} />
        ) : (
          runs.length > 0 && !failure && <Busy />
        )}
      </div>
    </Section>
  );
}

/** A place on an axis in words. */
function usePlaceText(axis: Axis): (place: number) => string {
  const { words, format } = useConsole();
  const { places } = words.runCurves;
  if (axis === 'step') return (place) => places.step(format.count(Math.round(place)));
  return axis === 'tokens' ? (place) => places.tokens(format.short(place)) : (place) => format.duration(place);
}

function Picture({
  runs,
  overlay: { drawing, curves },
  view,
  change,
}: {
  runs: readonly RunRow[];
  overlay: Overlay;
  view: RunView;
  change: ChangeView;
}) {
  const { words, format } = useConsole();
  const own = words.runCurves;
  const w = words.chart;
  const [cursor, moveTo] = useState<{ at: number; axis: Axis }>();
  const move = useCallback(
    (place: number | undefined) => moveTo(place === undefined ? undefined : { at: place, axis: drawing.axis }),
    [drawing.axis],
  );
  const placeText = usePlaceText(drawing.axis);
  const order = runs.map(({ id }) => id).join(',');
  const lines = useMemo(() => linesOf(order.split(','), curves), [order, curves]);
  const whole = wholeOf(runs, curves);
  const { range } = drawing;
  const zoom = useCallback(
    (from: number, to: number) =>
      change({ range: { from: Number(from.toPrecision(9)), to: Number(to.toPrecision(9)) } }),
    [],
  );
  const reset = useCallback(() => change({ range: null }), []);
  if (!whole) return <NoPicture runs={runs} curves={curves} drawing={drawing} />;
  const [first, last] = range ? [range.from, range.to] : [whole.first, whole.last];
  // A place on another axis, or outside what is drawn, is none here.
  const at = cursor?.axis === drawing.axis && cursor.at >= first && cursor.at <= last ? cursor.at : undefined;
  const moveBy = (by: { factor?: number; shift?: number }) => {
    // Ranges are whole numbers there: a second is too coarse for one.
    const scale = drawing.axis === 'time' ? 1000 : 1;
    const next = zoomed(
      { from: scale * first, to: scale * last },
      { first: scale * whole.first, last: scale * whole.last },
      by,
    );
    const [from, to] = [next.from / scale, next.to / scale];
    change({ range: from <= whole.first && to >= whole.last ? null : { from, to } });
  };
  // A run of another program has losses in a unit of its own.
  const unit = runs.some(({ witnessed }) => witnessed) ? '' : w.units[drawing.measure];
  const measure = unit === '' ? w.measures[drawing.measure] : `${w.measures[drawing.measure]} (${unit})`;
  const every = Math.max(...[...curves.values()].map((curve) => curve.every));
  return (
    <>
      <div class="pager">
        <p class="readout">{at === undefined ? own.atEnd : own.at(placeText(at))}</p>
        <ZoomButtons isWhole={range === null} move={moveBy} reset={reset} />
      </div>
      <CurveChart
        lines={lines}
        name={own.picture(measure, format.count(runs.length), own.axes[drawing.axis])}
        from={range?.from}
        to={range?.to}
        dots={drawing.measure === 'validation'}
        logX={view.logX}
        logY={view.logY}
        onZoom={zoom}
        onReset={reset}
        cursor={{ at, move }}
      />
      <p class="soft axis-name">{own.axes[drawing.axis]}</p>
      <label class="reading">
        {own.readAt}
        <input
          type="range"
          min={first}
          max={last}
          step={drawing.axis === 'step' ? 1 : 'any'}
          value={at ?? last}
          aria-valuetext={placeText(at ?? last)}
          onInput={(event) => move(event.currentTarget.valueAsNumber)}
        />
      </label>
      <Legend runs={runs} curves={curves} at={at} axis={drawing.axis} />
      <p class="soft">
        {every > 1 ? w.thinned(format.short(every)) : w.exact} {w.hint} {drawing.axis === 'time' && own.timeNote}{' '}
        {(view.logX || view.logY) && own.logNote}
      </p>
    </>
  );
}

function NoPicture({
  runs,
  curves,
  drawing: { axis },
}: {
  runs: readonly RunRow[];
  curves: ReadonlyMap<string, OverlaidCurve>;
  drawing: { axis: Axis };
}) {
  const { words } = useConsole();
  if (runs.some(({ id }) => !curves.has(id))) return <Busy />;
  return (
    <>
      <Empty text={words.runCurves.nothing} />
      <Legend runs={runs} curves={curves} at={undefined} axis={axis} />
    </>
  );
}

/** The faint lines of the values behind all smoothed ones. */
function linesOf(ids: readonly string[], curves: ReadonlyMap<string, OverlaidCurve>): Line[] {
  const behind: Line[] = [];
  const front: Line[] = [];
  ids.forEach((id, i) => {
    const curve = curves.get(id);
    if (!curve) return;
    const { x, value, smoothed } = curve;
    if (smoothed) behind.push({ x, value, look: { ...lookOf(i), faint: true } });
    front.push({ x, value: smoothed ?? value, look: lookOf(i) });
  });
  return [...behind, ...front];
}

/** From the first to the last place of all curves; undefined if none has a place. */
function wholeOf(runs: readonly RunRow[], curves: ReadonlyMap<string, OverlaidCurve>) {
  const ends = runs.flatMap(({ id }) => curves.get(id)?.ends ?? []);
  if (ends.length === 0) return undefined;
  return { first: Math.min(...ends.map(({ first }) => first)), last: Math.max(...ends.map(({ last }) => last)) };
}
