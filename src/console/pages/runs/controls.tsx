// How the curves of selected runs are drawn: the measure, the axis, smoothing, logarithmic scales.

import { CheckBoxes, Choice } from '../../parts/form.tsx';
import { useConsole } from '../../state/context.ts';
import { MEASURES } from '../../state/curve.ts';
import { AXES, type ChangeView, type RunView } from '../../state/run-view.ts';

const WEIGHTS = [0, 0.5, 0.8, 0.9, 0.95, 0.99, 0.995, 0.999, 0.9999];

export function Controls({ view, change }: { view: RunView; change: ChangeView }) {
  const { words, format } = useConsole();
  const own = words.runCurves;
  const w = words.chart;
  const weights = WEIGHTS.includes(view.weight) ? WEIGHTS : [...WEIGHTS, view.weight].sort((a, b) => a - b);
  return (
    <div class="row">
      <Choice
        label={w.measure}
        value={view.measure}
        options={MEASURES.map((value) => ({ value, text: w.measures[value] }))}
        onValue={(measure) => change({ measure })}
      />
      <Choice
        label={own.axis}
        value={view.axis}
        options={AXES.map((value) => ({ value, text: own.axes[value] }))}
        onValue={(axis) => change({ axis, range: null })}
      />
      <Choice
        label={own.smoothing}
        value={String(view.weight)}
        options={weights.map((weight) => ({
          value: String(weight),
          text: weight === 0 ? own.noSmoothing : own.weight(String(weight), format.short(1 / (1 - weight))),
        }))}
        onValue={(weight) => change({ weight: Number(weight) })}
      />
      <fieldset class="boxes">
        <legend>{own.logarithmic}</legend>
        <CheckBoxes
          options={[
            { value: 'y', text: own.logY },
            { value: 'x', text: own.logX },
          ]}
          chosen={[...(view.logY ? ['y'] : []), ...(view.logX ? ['x'] : [])]}
          onChosen={(chosen) => change({ logX: chosen.includes('x'), logY: chosen.includes('y') })}
        />
      </fieldset>
    </div>
  );
}
