// What of a stage somebody sees, by its rule book, and what is a consortium's own. Knows roles, and no person.

import { JikjiError } from '../../base/index.ts';
import { bookOf, type Row, type Tables } from '../state/index.ts';
import type { Viewer } from '../users/index.ts';

/** As somebody is in the programme in question. */
type Seer = Pick<Viewer, 'role' | 'consortium'>;

/** What a rule book keeps back, or shows. */
export type Kept = 'scores' | 'forms' | 'judgements' | 'audits' | 'weights';

/** Whether somebody sees a kind of thing in a stage. Forms are sealed for everybody until they are revealed. */
export function sees({ role }: Seer, tables: Tables, stage: string, kind: Kept): boolean {
  if (role === 'office') return true;
  const row = tables.get('stages', stage);
  if (!row) return false;
  const { publication } = bookOf(tables, row.ruleBook);
  if (publication === null) return true; // a record of what was published
  const when = publication[kind];
  if (when === 'at-once') return true;
  // An auditor has to see what he is to check: audits always, the rest when nothing can change any more.
  if (role === 'auditor' && (kind === 'audits' || row.status !== 'open')) return true;
  return when === 'at-close' && row.status !== 'open';
}

export const ownsSubmission = ({ role, consortium }: Seer, submission: Row<'submissions'>): boolean =>
  role === 'consortium' && consortium === submission.consortium;

/** Whether somebody sees what the audit of a submission says: whose it is always does. */
export const seesAudit = (seer: Seer, tables: Tables, submission: Row<'submissions'>): boolean =>
  ownsSubmission(seer, submission) || sees(seer, tables, submission.stage, 'audits');

export const notPublic = (input: string): JikjiError =>
  new JikjiError(
    'not-public',
    'the rule book does not show this to you, or not yet',
    input,
    'what is public when stands in the rule book',
  );

/** @throws JikjiError `forbidden` where a consortium's people reach for what is another's */
export function requireOwn({ role, consortium }: Seer, wanted: string): void {
  if (role === 'consortium' && consortium !== wanted)
    throw new JikjiError('forbidden', 'this is another consortium', wanted, `yours is ${consortium}`);
}
