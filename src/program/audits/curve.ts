// The curve of a submission's run, as its audit read it: it stands in the audit's entry of the log.

import type { Programme } from '../programme/index.ts';
import type { AuditCurve } from '../state/index.ts';

/** Empty where it was not audited, or its audit has none. */
export async function curveOf(
  { tables, store }: Pick<Programme, 'tables' | 'store'>,
  submission: string,
): Promise<AuditCurve> {
  const audit = tables.get('audits', submission);
  const [entry] = audit ? await store.page(audit.seq, 1) : [];
  const { curve } = (entry?.data ?? {}) as { curve?: AuditCurve };
  const { step, loss, gradNorm, learningRate } = curve ?? { step: [], loss: [], gradNorm: [], learningRate: [] };
  const whole = (list: readonly (number | null)[]) => step.map((_, i) => list[i] ?? null);
  return { step, loss: whole(loss), gradNorm: whole(gradNorm), learningRate: whole(learningRate) };
}
