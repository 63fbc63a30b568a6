// The curve of a run for the log: of many steps those that a picture needs. The audit has read the transcript before, and says what
// is wrong with it.

import { CurveReader } from '../../run-folder/index.ts';
import type { AuditCurve } from '../state/index.ts';

export const MAX_POINTS = 2000;

/** Steps 1 to `steps` at most, of the run in a folder; undefined where there is none to be shown. */
export async function readCurve(folder: string, steps: number): Promise<AuditCurve | undefined> {
  const reader = new CurveReader(folder);
  await reader.refresh();
  const { step, loss, gradNorm, learningRate } = reader.curve({ to: steps, points: MAX_POINTS });
  return step.length > 0 ? { step, loss, gradNorm, learningRate } : undefined;
}
