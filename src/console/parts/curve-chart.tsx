// Draws one series with uPlot, if asked in front of others, and reports the range of steps that a drag selects. Fetches nothing.

import { useEffect, useRef, useState } from 'preact/hooks';
import uPlot from 'uplot';
import { useConsole } from '../state/context.ts';
import { useObservable } from '../state/observable.ts';
import { theme } from '../state/settings.ts';

const HEIGHT_PX = 280;

interface Series {
  step: number[];
  value: (number | null)[];
}

interface Options extends Series {
  /** Series to draw behind it, as soft lines. */
  others?: readonly Series[];
  name: string;
  /** The visible range; undefined: the whole. */
  from: number | undefined;
  to: number | undefined;
  /** Marks every point: for series with few of them. */
  dots: boolean;
  onZoom: (from: number, to: number) => void;
  onReset: () => void;
}

export function CurveChart(options: Options) {
  const { format, words } = useConsole();
  const place = useRef<HTMLDivElement>(null);
  const plot = useRef<uPlot | undefined>(undefined);
  const latest = useRef(options);
  latest.current = options;
  const [under, setUnder] = useState<{ step: number; value: number }>();
  const look = useColours();
  const { name, dots } = options;
  const behind = options.others?.length ?? 0;

  // Dependencies: new data and ranges go into the existing plot
  useEffect(() => {
    const host = place.current!;
    const { line, soft, rule, font } = coloursOf(host);
    const axis = {
      stroke: soft,
      font: `12px ${font}`,
      grid: { stroke: rule, width: 1 },
      ticks: { stroke: rule, width: 1, size: 4 },
    };
    const chart = new uPlot(
      {
        width: host.clientWidth,
        height: HEIGHT_PX,
        legend: { show: false },
        cursor: {
          drag: { x: true, y: false, setScale: false },
          points: { size: 8 },
          bind: {
            dblclick: () => () => {
              latest.current.onReset();
              return null;
            },
          },
        },
        scales: { x: { time: false, range: (_, low, high) => rangeOf(latest.current, low, high) } },
        axes: [
          {
            ...axis,
            size: 32,
            values: (_, ticks) => ticks.map((tick) => (Number.isInteger(tick) ? format.short(tick) : '')),
          },
          { ...axis, size: 64, values: (_, ticks) => ticks.map((tick) => format.short(tick)) },
        ],
        series: [
          {},
          ...Array.from({ length: behind }, () => softSeries(soft, dots)),
          {
            label: name,
            stroke: line,
            width: 1.5,
            spanGaps: false,
            points: dots ? { show: true, size: 6, fill: line } : { show: shownAlone },
          },
        ],
        hooks: {
          setSelect: [
            (self) => {
              if (self.select.width < 4) return;
              const from = self.posToVal(self.select.left, 'x');
              const to = self.posToVal(self.select.left + self.select.width, 'x');
              self.setSelect({ left: 0, top: 0, width: 0, height: 0 }, false);
              latest.current.onZoom(from, Math.max(to, from + 1));
            },
          ],
          setCursor: [
            (self) => {
              const at = self.cursor.idx;
              const value = at == null ? null : self.data[self.data.length - 1][at];
              setUnder(at == null || value == null ? undefined : { step: self.data[0][at], value });
            },
          ],
        },
      },
      alignedData(latest.current),
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
  }, [look, format, name, dots, behind]);

  const { step, value, others, from, to } = options;
  // Dependencies: the range is asked for while the plot takes its data
  useEffect(() => plot.current?.setData(alignedData(latest.current)), [step, value, others, from, to]);

  return (
    <div>
      <p class="readout">
        {under ? `${words.common.step} ${format.count(under.step)}: ${format.short(under.value)}` : `${name}`}
      </p>
      {/* The text below it says the same. */}
      <div class="curve" ref={place} role="img" aria-label={name}>
        <span class="probe ink" />
        <span class="probe probe-soft" />
        <span class="probe probe-rule" />
      </div>
    </div>
  );
}

/** A line behind the one in front. */
const softSeries = (stroke: string, dots: boolean): uPlot.Series => ({
  stroke,
  width: 1,
  alpha: 0.8,
  spanGaps: false,
  points: dots ? { show: true, size: 3, fill: stroke } : { show: false },
});

/** All series over one list of steps, the one in front last: it is drawn last. */
function alignedData({ step, value, others = [] }: Options): uPlot.AlignedData {
  if (others.length === 0) return [step, value];
  return uPlot.join([...others, { step, value }].map((one): uPlot.AlignedData => [one.step, one.value]));
}

/** Marks single points where steps lie far apart. */
const shownAlone = (self: uPlot, _: number, first: number, last: number): boolean =>
  (last - first) * 12 < self.bbox.width / devicePixelRatio;

function rangeOf({ from, to }: Options, low: number, high: number): [number, number] {
  const range: [number, number] = [from ?? low, to ?? high];
  return range[0] === range[1] ? [range[0] - 1, range[1] + 1] : range;
}

/** A canvas cannot resolve CSS variables, so the computed colours of elements are read. */
function coloursOf(host: HTMLElement) {
  const colour = (name: string) => getComputedStyle(host.querySelector(name)!).color;
  return {
    line: colour('.ink'),
    soft: colour('.probe-soft'),
    rule: colour('.probe-rule'),
    font: getComputedStyle(host).fontFamily,
  };
}

/** Changes whenever the colours do. */
function useColours(): string {
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
