// The curves of several runs in one picture: one in front, the others as soft lines behind it. A run that goes on is fetched again.

import { useEffect, useState } from 'preact/hooks';
import { type Failure, failureOf, get } from '../state/api.ts';
import { useConsole } from '../state/context.ts';
import { seriesOf } from '../state/curve.ts';
import type { Curve, RunInfo } from '../types.ts';
import { CurveChart } from './curve-chart.tsx';
import { Busy, Failed } from './loaded.tsx';
import { Empty } from './page.tsx';

/** The most curves in one picture: more are not told apart. */
const MAX_CURVES = 40;
const POINTS = 300;
const OVERLAID = ['loss', 'validation'] as const;

interface Fetched {
  stepsDone: number | null;
  curve: Curve;
}

/** The curves of these runs, by id, as far as they are fetched. */
function useCurves(runs: readonly RunInfo[]): { curves: Map<string, Curve>; failure: Failure | undefined } {
  const [fetched, setFetched] = useState<ReadonlyMap<string, Fetched>>(new Map());
  const [failure, fail] = useState<Failure>();
  const state = runs.map(({ id, stepsDone }) => `${id} ${stepsDone}`).join('\n');
  // Dependencies: a change of the runs or of their steps is the reason to fetch
  useEffect(() => {
    const controller = new AbortController();
    for (const { id, stepsDone } of runs) {
      if (fetched.get(id)?.stepsDone === stepsDone) continue;
      get<Curve>(`/runs/${encodeURIComponent(id)}/curve?points=${POINTS}`, controller.signal).then(
        (curve) => {
          if (controller.signal.aborted) return;
          fail(undefined);
          setFetched((before) => new Map(before).set(id, { stepsDone, curve }));
        },
        (error) => controller.signal.aborted || fail(failureOf(error)),
      );
    }
    return () => controller.abort();
  }, [state]);
  return { curves: new Map([...fetched].map(([id, { curve }]) => [id, curve])), failure };
}

export function OverlaidCurves({ runs, front }: { runs: readonly RunInfo[]; front: RunInfo }) {
  const { words, format } = useConsole();
  const w = words.chart;
  const [measure, setMeasure] = useState<(typeof OVERLAID)[number]>('loss');
  const drawn = [front, ...runs.filter(({ id }) => id !== front.id)].slice(0, MAX_CURVES);
  const { curves, failure } = useCurves(drawn);
  const curve = curves.get(front.id);
  if (!curve) return failure ? <Failed of={failure} /> : <Busy />;
  const { step, value } = seriesOf(curve, measure);
  const others = drawn.slice(1).flatMap(({ id }) => {
    const other = curves.get(id);
    return other ? [seriesOf(other, measure)] : [];
  });
  const count = format.count(others.length + 1);
  return (
    <div class="stacked">
      <div class="pager">
        <fieldset class="choice small" aria-label={w.measure}>
          {OVERLAID.map((one) => (
            <button key={one} type="button" aria-pressed={one === measure} onClick={() => setMeasure(one)}>
              {w.measures[one]}
            </button>
          ))}
        </fieldset>
      </div>
      {step.length === 0 && others.every((other) => other.step.length === 0) ? (
        <Empty text={w.noMeasure} />
      ) : (
        <CurveChart
          lines={[
            ...others.map((other) => ({ x: other.step, value: other.value, look: 'soft' as const })),
            { x: step, value, look: 'front' },
          ]}
          name={words.sweep.allCurves(`${w.measures[measure]} (${w.units[measure]})`, count, front.name)}
          from={undefined}
          to={undefined}
          dots={measure === 'validation'}
          onZoom={() => {}}
          onReset={() => {}}
        />
      )}
      {drawn.length < runs.length && (
        <p class="soft">{words.sweep.drawn(format.count(drawn.length), format.count(runs.length))}</p>
      )}
    </div>
  );
}
