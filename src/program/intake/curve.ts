// The curve of a run for the log, thinned for display. Does not verify the transcript: the audit does.

import { CurveReader } from '../../run-folder/index.ts';
import type { AuditCurve } from '../state/index.ts';

export const MAX_POINTS = 2000;

/** The curve of the run in a folder up to step `steps`; undefined if it has no steps. */
export async function readCurve(folder: string, steps: number): Promise<AuditCurve | undefined> {
  const reader = new CurveReader(folder);
  await reader.refresh();
  const { step, loss, gradNorm, learningRate } = reader.curve({ to: steps, points: MAX_POINTS });
  return step.length > 0 ? { step, loss, gradNorm, learningRate } : undefined;
}
