// A signed audit comes in. Whether it may is the log's rule; what it comes to is worked out where it is shown.

import { JikjiError } from '../../base/index.ts';
import type { Programme } from '../programme/index.ts';
import { MAX_REPORT } from '../state/index.ts';
import { type Joined, joinedAudits } from './joined.ts';

export interface HandingIn {
  submission: string;
  /** Whose it is: `office`, `consortium:ID` or `auditor:NAME`. */
  by: string;
  /** Text of the file that `jikji audit --sign` wrote. */
  report: string;
}

/**
 * Takes it into the log and says what there is now.
 * @throws JikjiError `submission-unknown`, `audit-missing`, `audit-unsealed`, `audit-own`, `audit-report-...`
 */
export async function handIn(programme: Programme, given: HandingIn, actor: string): Promise<Joined> {
  if (given.report.length > MAX_REPORT)
    throw new JikjiError(
      'audit-report-broken',
      `this has ${given.report.length} characters, far more than a signed audit`,
      given.submission,
      'hand in the file that jikji audit --sign wrote, unchanged',
    );
  await programme.recordOnce(actor, () => [{ kind: 'audit-reported', data: { ...given } }]);
  return joinedAudits(programme.tables, given.submission)!;
}
