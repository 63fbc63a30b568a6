// The act that brings the current stage forward.

import { isRecord, openAppeals, statusOf, type Tables } from '../state/index.ts';
import { lackingOf } from './lacking.ts';

/** The next act of the office, and its stage. */
export interface NextStep {
  stage: string;
  act: 'close' | 'decide' | 'answer' | 'finish';
  /** The appeal to answer; null for another act. */
  appeal: string | null;
}

/** Null in a record, without a current stage, or while an open stage lacks something. */
export function nextStepOf(tables: Tables): NextStep | null {
  if (isRecord(tables)) return null;
  for (const { id: stage } of tables.all('stages')) {
    const status = statusOf(tables, stage);
    if (status === 'open' && lackingOf(tables, stage).length === 0) return { stage, act: 'close', appeal: null };
    if (status === 'closed') return { stage, act: 'decide', appeal: null };
    if (status === 'decided') {
      const [appeal] = openAppeals(tables, stage);
      return appeal ? { stage, act: 'answer', appeal: appeal.id } : { stage, act: 'finish', appeal: null };
    }
  }
  return null;
}
