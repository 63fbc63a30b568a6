// A number that a slider sets in round steps, and a field beside it exactly. The field keeps what is typed until it is a number that can be
// planned.

import { useId, useState } from 'preact/hooks';
import { useConsole } from '../../state/context.ts';
import { fits } from '../../state/plan-choice.ts';

export function Measure({
  label,
  unit,
  stops,
  bounds,
  value,
  text,
  onValue,
}: {
  label: string;
  /** What the field beside the slider takes. */
  unit: string;
  /** Values of the slider, ascending. */
  stops: readonly number[];
  bounds: Parameters<typeof fits>[1];
  value: number;
  /** The value in words. */
  text: string;
  onValue(value: number): void;
}) {
  const { words } = useConsole();
  const id = useId();
  const [typed, type] = useState<string>();
  const at = stops.findLastIndex((stop) => stop <= value);
  return (
    <div class="field measure">
      <label for={id}>{label}</label>
      <div class="sliding">
        <input
          id={id}
          type="range"
          min={0}
          max={stops.length - 1}
          step={1}
          value={Math.max(0, at)}
          aria-valuetext={text}
          onInput={(event) => {
            type(undefined);
            onValue(stops[event.currentTarget.valueAsNumber]!);
          }}
        />
        <input
          type="number"
          aria-label={words.plan.exactly(label, unit)}
          min={bounds.least}
          max={bounds.most}
          step={bounds.whole ? 1 : 'any'}
          required
          value={typed ?? String(value)}
          onInput={(event) => {
            const { value: given, valueAsNumber } = event.currentTarget;
            type(given);
            if (fits(valueAsNumber, bounds)) onValue(valueAsNumber);
          }}
          onBlur={() => type(undefined)}
        />
      </div>
      <p class="hint">{text}</p>
    </div>
  );
}
