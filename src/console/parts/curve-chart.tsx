// Draws lines with uPlot over one axis, and reports the range that a drag selects and the place of the cursor. Fetches nothing, and has no legend.

import { useEffect, useRef, useState } from 'preact/hooks';
import uPlot from 'uplot';
import { DYES, type Line, type Look, loggable, nearestIndex } from '../state/chart-lines.ts';
import { useConsole } from '../state/context.ts';
import { useObservable } from '../state/observable.ts';
import { theme } from '../state/settings.ts';

const HEIGHT_PX = 280;
/** A drag over fewer pixels is a click. */
const MIN_DRAG_PX = 4;

interface Options {
  /** The one in front is last. */
  lines: readonly Line[];
  name: string;
  /** The visible range; undefined: the whole. */
  from: number | undefined;
  to: number | undefined;
  /** Marks every point: for series with few of them. */
  dots: boolean;
  logX?: boolean;
  logY?: boolean;
  onZoom: (from: number, to: number) => void;
  onReset: () => void;
  /** A cursor that its parent shares: where it is, and where the pointer moves it. Without it, the chart reads out its last line. */
  cursor?: { at: number | undefined; move: (at: number | undefined) => void };
}

export function CurveChart(options: Options) {
  const { format, words } = useConsole();
  const place = useRef<HTMLDivElement>(null);
  const plot = useRef<uPlot | undefined>(undefined);
  const latest = useRef(options);
  latest.current = options;
  const [under, setUnder] = useState<number>();
  const theme = useTheme();
  const { lines, name, from, to, cursor } = options;
  const form = JSON.stringify([lines.map(({ look }) => look), options.dots, options.logX, options.logY]);

  // Dependencies: new data and ranges go into the existing plot
  useEffect(() => {
    const host = place.current!;
    const moved = (at: number | undefined) => (latest.current.cursor ? latest.current.cursor.move(at) : setUnder(at));
    const labels = (ticks: (number | null)[], whole: boolean) =>
      ticks.map((tick) => (tick === null || (whole && !Number.isInteger(tick)) ? '' : format.short(tick)));
    const chart = new uPlot(
      optionsOf(host, () => latest.current, { moved, labels }),
      dataOf(latest.current),
      host,
    );
    plot.current = chart;
    const observer = new ResizeObserver(() => chart.setSize({ width: host.clientWidth, height: HEIGHT_PX }));
    observer.observe(host);
    return () => {
      observer.disconnect();
      chart.destroy();
      plot.current = undefined;
    };
  }, [theme, format, form]);

  // Dependencies: the range is asked for while the plot takes its data
  useEffect(() => plot.current?.setData(dataOf(latest.current)), [lines, from, to]);

  const at = cursor?.at;
  useEffect(() => {
    if (plot.current && latest.current.cursor) showCursor(plot.current, at);
  }, [at]);

  const front = lines.at(-1);
  const index = front && under !== undefined ? nearestIndex(front.x, under) : undefined;
  const value = index === undefined ? null : front!.value[index];
  return (
    <div>
      {!cursor && (
        <p class="readout">
          {value === null ? name : `${words.common.step} ${format.count(front!.x[index!])}: ${format.short(value)}`}
        </p>
      )}
      {/* The text below it says the same. */}
      <div class="curve" ref={place} role="img" aria-label={name}>
        <span class="probe ink" />
        <span class="probe probe-soft" />
        <span class="probe probe-rule" />
        {Array.from({ length: DYES }, (_, i) => (
          <span key={i} class={`probe dye-${i + 1}`} />
        ))}
      </div>
    </div>
  );
}

type Latest = () => Options;

function optionsOf(
  host: HTMLElement,
  latest: Latest,
  on: {
    moved: (at: number | undefined) => void;
    labels: (ticks: (number | null)[], whole: boolean) => string[];
  },
): uPlot.Options {
  const { lines, dots, logX, logY, cursor } = latest();
  const colours = coloursOf(host);
  const axis = {
    stroke: colours.soft,
    font: `12px ${colours.font}`,
    grid: { stroke: colours.rule, width: 1 },
    ticks: { stroke: colours.rule, width: 1, size: 4 },
  };
  return {
    width: host.clientWidth,
    height: HEIGHT_PX,
    legend: { show: false },
    cursor: {
      drag: { x: true, y: false, setScale: false },
      points: cursor ? { show: false } : { size: 8 },
      bind: {
        dblclick: () => () => {
          latest().onReset();
          return null;
        },
      },
    },
    scales: {
      x: { time: false, distr: logX ? 3 : 1, range: (_, low, high) => rangeOf(latest(), low, high) },
      y: { distr: logY ? 3 : 1 },
    },
    axes: [
      { ...axis, size: 32, values: (_, ticks) => on.labels(ticks, true) },
      { ...axis, size: 64, values: (_, ticks) => on.labels(ticks, false) },
    ],
    series: [{}, ...lines.map(({ look }) => seriesOfLook(look, colours, dots))],
    hooks: {
      setSelect: [
        (self) => {
          if (self.select.width < MIN_DRAG_PX) return;
          const from = self.posToVal(self.select.left, 'x');
          const to = self.posToVal(self.select.left + self.select.width, 'x');
          self.setSelect({ left: 0, top: 0, width: 0, height: 0 }, false);
          latest().onZoom(from, to);
        },
      ],
      setCursor: [
        (self) => {
          const { left = -1 } = self.cursor;
          on.moved(left < 0 ? undefined : self.posToVal(left, 'x'));
        },
      ],
    },
  };
}

function seriesOfLook(look: Look, colours: ReturnType<typeof coloursOf>, dots: boolean): uPlot.Series {
  if (look === 'front') {
    const points = dots ? { show: true, size: 6, fill: colours.line } : { show: shownAlone };
    return { stroke: colours.line, width: 1.5, spanGaps: false, points };
  }
  if (look === 'soft') {
    const points = dots ? { show: true, size: 3, fill: colours.soft } : { show: false };
    return { stroke: colours.soft, width: 1, alpha: 0.8, spanGaps: false, points };
  }
  const stroke = colours.dyes[look.dye - 1];
  if (look.faint) return { stroke, width: 1, alpha: 0.25, spanGaps: false, points: { show: false } };
  const points = dots ? { show: true, size: 5, fill: stroke } : { show: false };
  return { stroke, width: 1.75, dash: [...look.dash], spanGaps: false, points };
}

/** Puts the cursor at a place, without news of it. */
function showCursor(chart: uPlot, at: number | undefined): void {
  const left = at === undefined ? -10 : chart.valToPos(at, 'x');
  const { left: before = -10, top = -10 } = chart.cursor;
  // Where the pointer has put it, it stays.
  if (Math.abs(left - before) > 1) chart.setCursor({ left, top: left < 0 ? -10 : Math.max(0, top) }, false);
}

/** All lines over one list of places. */
function dataOf({ lines, logX = false, logY = false }: Options): uPlot.AlignedData {
  const shown = lines.map((line) => loggable(line, logX, logY));
  if (shown.length === 1) return [shown[0].x as number[], shown[0].value as (number | null)[]];
  return uPlot.join(shown.map(({ x, value }): uPlot.AlignedData => [x as number[], value as (number | null)[]]));
}

/** Marks single points where steps lie far apart. */
const shownAlone = (self: uPlot, _: number, first: number, last: number): boolean =>
  (last - first) * 12 < self.bbox.width / devicePixelRatio;

function rangeOf({ from, to, logX }: Options, low: number, high: number): [number, number] {
  const first = from === undefined || (logX && from <= 0) ? low : from;
  const range: [number, number] = [first, to ?? high];
  if (range[0] < range[1]) return range;
  return logX ? [range[0] / 2, range[0] * 2] : [range[0] - 1, range[0] + 1];
}

/** A canvas cannot resolve CSS variables, so the computed colours of elements are read. */
function coloursOf(host: HTMLElement) {
  const colour = (name: string) => getComputedStyle(host.querySelector(name)!).color;
  return {
    line: colour('.ink'),
    soft: colour('.probe-soft'),
    rule: colour('.probe-rule'),
    dyes: Array.from({ length: DYES }, (_, i) => colour(`.dye-${i + 1}`)),
    font: getComputedStyle(host).fontFamily,
  };
}

/** Changes whenever the colours do. */
function useTheme(): string {
  const chosen = useObservable(theme);
  const [dark, setDark] = useState(() => matchMedia('(prefers-color-scheme: dark)').matches);
  useEffect(() => {
    const media = matchMedia('(prefers-color-scheme: dark)');
    const on = () => setDark(media.matches);
    media.addEventListener('change', on);
    return () => media.removeEventListener('change', on);
  }, []);
  return `${chosen} ${dark}`;
}
