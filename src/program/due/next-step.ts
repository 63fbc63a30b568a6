// The act that brings the current stage forward.

import { datesOf, isRecord, openAppeals, statusOf, type Tables } from '../state/index.ts';
import { lackingOf } from './lacking.ts';

/** The next act of the office, and its stage. */
export interface NextStep {
  stage: string;
  act: 'close' | 'decide' | 'answer' | 'finish';
  /** The appeal to answer; null for another act. */
  appeal: string | null;
  /** Until this moment teams may appeal, and the act is refused; null for another act, and where no end was announced. */
  notBefore: string | null;
}

const NOTHING = { appeal: null, notBefore: null };

/** Null in a record, without a current stage, or while an open stage lacks something. */
export function nextStepOf(tables: Tables): NextStep | null {
  if (isRecord(tables)) return null;
  for (const { id: stage } of tables.all('stages')) {
    const status = statusOf(tables, stage);
    if (status === 'open' && lackingOf(tables, stage).length === 0) return { stage, act: 'close', ...NOTHING };
    if (status === 'closed') return { stage, act: 'decide', ...NOTHING };
    if (status === 'decided') {
      const [appeal] = openAppeals(tables, stage);
      if (appeal) return { stage, act: 'answer', ...NOTHING, appeal: appeal.id };
      return { stage, act: 'finish', ...NOTHING, notBefore: datesOf(tables, stage).appealsUntil };
    }
  }
  return null;
}
