// A run's curve with its controls: the measure, the range of steps, live points as they arrive, and a summary in words.

import { useCallback, useEffect, useRef, useState } from 'preact/hooks';
import { type Failure, failureOf, get } from '../state/api.ts';
import { connection } from '../state/connection.ts';
import { useConsole } from '../state/context.ts';
import { isLong, keyPoints, MEASURES, type Measure, seriesOf, withPoints, zoomed } from '../state/curve.ts';
import { useLive } from '../state/live.ts';
import { useObservable } from '../state/observable.ts';
import type { Curve, RunInfo, RunPoints } from '../types.ts';
import { CurveChart } from './curve-chart.tsx';
import { Row, right, Table } from './elements.tsx';
import { Busy, Failed } from './loaded.tsx';
import { Empty } from './page.tsx';
import { Said } from './written.tsx';
import { ZoomButtons } from './zoom-buttons.tsx';

/** Requested points: about one for every two pixels of a wide page. */
const POINTS = 600;

/** What the event stream reports of a run beside its points. */
export type Seen = Pick<RunInfo, 'state' | 'steps' | 'stepsDone' | 'loss'>;

type Range = { from: number; to: number } | null;

/**
 * @param path the API path whose `/curve` is shown. `live`: new points are added as they are made. `witnessed`: another program trained, which
 * records no validation, and whose losses are in a unit of its own
 */
export function CurvePanel({
  path,
  live = false,
  witnessed = false,
  onState,
}: {
  path: string;
  live?: boolean;
  witnessed?: boolean;
  onState?: (seen: Partial<Seen>) => void;
}) {
  const { words, format } = useConsole();
  const w = words.chart;
  const { generation } = useObservable(connection);
  const [range, setRange] = useState<Range>(null);
  const [curve, setCurve] = useState<Curve>();
  const [whole, setWhole] = useState<{ first: number; last: number }>();
  const [failure, fail] = useState<Failure>();
  const [measure, setMeasure] = useState<Measure>('loss');
  const [asked, ask] = useState(0);

  // Dependencies: asked and generation are reasons to fetch
  useEffect(() => {
    const given = new AbortController();
    const where = range === null ? '' : `from=${range.from}&to=${range.to}&`;
    get<Curve>(`${path}/curve?${where}points=${POINTS}`, given.signal).then(
      (found) => {
        if (given.signal.aborted) return;
        setCurve(found);
        fail(undefined);
        if (range === null) setWhole({ first: found.first, last: found.last });
      },
      (error) => given.signal.aborted || fail(failureOf(error)),
    );
    return () => given.abort();
  }, [path, range, asked, generation]);

  const shown = useRef({ range, curve });
  shown.current = { range, curve };
  const onLive = useCallback(
    (name: string, data: unknown) => {
      if (name === 'state') return onState?.((data as { run: RunInfo }).run);
      if (name === 'anew') return ask((n) => n + 1);
      const points = data as RunPoints;
      const last = points.step.at(-1);
      if (last !== undefined) {
        setWhole((before) => before && { ...before, last: Math.max(before.last, last) });
        onState?.({ stepsDone: last, loss: points.loss.at(-1) ?? null });
      }
      // A zoomed view does not move.
      if (shown.current.range !== null) return;
      setCurve((before) => before && withPoints(before, points));
      if (shown.current.curve && isLong(shown.current.curve, POINTS)) ask((n) => n + 1);
    },
    [onState],
  );
  useLive(live && whole ? `${path}/events` : null, ['points', 'anew', 'state'], onLive, whole?.last);

  const zoom = useCallback(
    (from: number, to: number) =>
      setRange({ from: Math.round(from), to: Math.max(Math.round(to), Math.round(from) + 1) }),
    [],
  );
  const reset = useCallback(() => setRange(null), []);
  if (!curve) return failure ? <Failed of={failure} again={() => ask((n) => n + 1)} /> : <Busy />;
  if (curve.step.length === 0 && range === null) return <Empty text={w.none} />;

  const series = seriesOf(curve, measure);
  const move = (by: { factor?: number; shift?: number }) => {
    if (!whole) return;
    const next = zoomed(range ?? { from: whole.first, to: whole.last }, whole, by);
    setRange(next.from <= whole.first && next.to >= whole.last ? null : next);
  };
  const unit = witnessed ? '' : w.units[measure];
  const measures = witnessed ? MEASURES.filter((one) => one !== 'validation') : MEASURES;
  const name = unit === '' ? w.measures[measure] : `${w.measures[measure]} (${unit})`;
  return (
    <div class="stacked">
      <div class="pager">
        <fieldset class="choice small" aria-label={w.measure}>
          {measures.map((one) => (
            <button key={one} type="button" aria-pressed={one === measure} onClick={() => setMeasure(one)}>
              {w.measures[one]}
            </button>
          ))}
        </fieldset>
        <ZoomButtons isWhole={range === null} move={move} reset={reset} />
      </div>
      {curve.damaged !== null && (
        <p class="notice warn">
          {w.damaged} <Said en={curve.damaged} />
        </p>
      )}
      <Failed of={failure} again={() => ask((n) => n + 1)} />
      {series.step.length === 0 ? (
        <Empty text={w.noMeasure} />
      ) : (
        <>
          <CurveChart
            lines={[{ x: series.step, value: series.value, look: 'front' }]}
            name={name}
            from={range?.from}
            to={range?.to}
            dots={measure === 'validation'}
            onZoom={zoom}
            onReset={reset}
          />
          <Words series={series} name={name} />
        </>
      )}
      <p class="soft">
        {curve.every > 1 ? w.thinned(format.short(curve.every)) : w.exact} {w.hint}
      </p>
    </div>
  );
}

/** The curve in words and as a table, for screen readers. */
function Words({ series, name }: { series: { step: number[]; value: (number | null)[] }; name: string }) {
  const { words, format } = useConsole();
  const w = words.chart;
  const points = keyPoints(series);
  if (points.length === 0) return null;
  const lowest = points.reduce((low, point) => (point.value < low.value ? point : low));
  const [first, last] = [points[0], points[points.length - 1]];
  return (
    <details>
      <summary>{w.table}</summary>
      <p>
        {w.summary(
          name,
          format.count(first.step),
          format.count(last.step),
          format.short(first.value),
          format.short(last.value),
          format.short(lowest.value),
          format.count(lowest.step),
        )}
      </p>
      <Table caption={w.caption(name)} head={[w.point, right(words.common.step), right(name)]}>
        {points.map((point) => (
          <Row
            key={point.step}
            cells={[w.points[point.what], right(format.count(point.step)), right(format.short(point.value))]}
          />
        ))}
      </Table>
    </details>
  );
}
