// How far a run is: its steps as a bar, for the tables of runs.

import { useConsole } from '../state/context.ts';
import type { RunInfo } from '../types.ts';
import { Progress } from './elements.tsx';

export function RunProgress({ run: { name, steps, stepsDone } }: { run: RunInfo }) {
  const { words, format } = useConsole();
  const w = words.runs;
  if (steps === null || stepsDone === null) return <>–</>;
  return (
    <Progress
      value={stepsDone / steps}
      label={`${name}: ${w.progress}`}
      text={w.of(format.count(stepsDone), format.count(steps))}
    />
  );
}
