// The curve of a submission's run, from the log entry of its audit.

import type { Programme } from '../programme/index.ts';
import type { AuditCurve } from '../state/index.ts';

/** Empty without an audit, or if the entry of the audit has no curve. */
export async function curveOf(
  { tables, store }: Pick<Programme, 'tables' | 'store'>,
  submission: string,
): Promise<AuditCurve> {
  const audit = tables.get('audits', submission);
  const [entry] = audit ? await store.page(audit.seq, 1) : [];
  const { curve } = (entry?.data ?? {}) as { curve?: AuditCurve };
  const { step, loss, gradNorm, learningRate } = curve ?? { step: [], loss: [], gradNorm: [], learningRate: [] };
  const padded = (list: readonly (number | null)[]) => step.map((_, i) => list[i] ?? null);
  return { step, loss: padded(loss), gradNorm: padded(gradNorm), learningRate: padded(learningRate) };
}
