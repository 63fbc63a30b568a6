// The legend of several curves: the line of each run, its name, and its value at the cursor. What a curve lacks is said here.

import { namesOf, RunName } from '../../parts/run-name.tsx';
import { Said } from '../../parts/written.tsx';
import { lookOf, nearestIndex } from '../../state/chart-lines.ts';
import { useConsole } from '../../state/context.ts';
import { pathOf } from '../../state/router.ts';
import type { Axis } from '../../state/run-view.ts';
import type { OverlaidCurve, RunRow } from '../../types.ts';

export function Legend({
  runs,
  curves,
  at,
  axis,
}: {
  runs: readonly RunRow[];
  curves: ReadonlyMap<string, OverlaidCurve>;
  /** Undefined: the last point of each. */
  at: number | undefined;
  axis: Axis;
}) {
  const { words } = useConsole();
  const names = namesOf(runs);
  return (
    <ul class="run-legend" aria-label={words.runCurves.legend}>
      {runs.map((run, i) => {
        const { dye, dash } = lookOf(i);
        const curve = curves.get(run.id);
        return (
          <li key={run.id}>
            <svg class={`dye-${dye}`} viewBox="0 0 44 10" width="44" height="10" aria-hidden="true">
              <line x1="0" y1="5" x2="44" y2="5" stroke-dasharray={dash.join(' ')} />
            </svg>
            <span>
              <a href={pathOf('run', { run: run.id })}>
                <RunName name={names.get(run.id)!} />
              </a>
              {curve && <Value curve={curve} at={at} />}
              <Lacks run={run} curve={curve} axis={axis} />
            </span>
          </li>
        );
      })}
    </ul>
  );
}

/** The value at the nearest point, never beyond an end of the curve. */
function Value({ curve: { x, step, value, smoothed }, at }: { curve: OverlaidCurve; at: number | undefined }) {
  const { words, format } = useConsole();
  const own = words.runCurves;
  if (x.length === 0) return null;
  const i = nearestIndex(x, at ?? x[x.length - 1]);
  if (i === undefined) return <span class="value">–</span>;
  const raw = value[i] === null ? '–' : format.short(value[i]);
  const mean = smoothed?.[i];
  return (
    <span class="value">
      {smoothed ? (mean === null || mean === undefined ? '–' : format.short(mean)) : raw}
      <small>{smoothed ? own.rawAt(raw, format.count(step[i])) : own.places.step(format.count(step[i]))}</small>
    </span>
  );
}

function Lacks({ run, curve, axis }: { run: RunRow; curve: OverlaidCurve | undefined; axis: Axis }) {
  const { words, format } = useConsole();
  const own = words.runCurves;
  if (run.state === 'gone') return <small>{own.gone}</small>;
  if (!curve) return null;
  const { values, placeless, notFinite, damaged } = curve;
  return (
    <>
      {damaged !== null && (
        <small>
          {words.chart.damaged} <Said en={damaged} />
        </small>
      )}
      {values === 0 && damaged === null && <small>{own.noValues}</small>}
      {axis !== 'step' && placeless > 0 && (
        <small>{placeless === values ? own.noPlaces[axis] : own.somePlaces(format.count(placeless))}</small>
      )}
      {notFinite > 0 && <small>{own.notFinite(format.count(notFinite))}</small>}
    </>
  );
}
