// What a viewer sees of a stage by its rule book, and what belongs to a consortium. Knows roles, not persons.

import type { JikjiError } from '../../base/index.ts';
import type { SelectionStep } from '../rules/index.ts';
import { bookOf, bookOfCall, declaredFor, isInterestedIn, type Row, type Tables } from '../state/index.ts';
import type { Viewer } from '../users/index.ts';
import * as refuse from './refusals/acts.ts';

/** A viewer's role in the programme in question. */
type ViewerRole = Pick<Viewer, 'role' | 'consortium'>;

/** Kinds of data for which a rule book sets the time of publication. */
export type Disclosable = 'scores' | 'forms' | 'judgements' | 'audits' | 'weights';

/** Whether a viewer sees a kind of data in a stage. Forms are sealed for everybody until they are revealed. */
export function canSee({ role }: ViewerRole, tables: Tables, stage: string, kind: Disclosable): boolean {
  if (role === 'office') return true;
  const row = tables.get('stages', stage);
  if (!row) return false;
  const { publication } = bookOf(tables, row.ruleBook);
  if (publication === null) return true; // a record of what was published
  const when = publication[kind];
  if (when === 'at-once') return true;
  // Auditors see audits at any time, and all other data after the stage is closed.
  if (role === 'auditor' && (kind === 'audits' || row.status !== 'open')) return true;
  return when === 'at-close' && row.status !== 'open';
}

export const isOwnSubmission = ({ role, consortium }: ViewerRole, submission: Row<'submissions'>): boolean =>
  role === 'consortium' && consortium === submission.consortium;

/** Whether a viewer sees the audit of a submission. Its consortium always does. */
export const canSeeAudit = (seer: ViewerRole, tables: Tables, submission: Row<'submissions'>): boolean =>
  isOwnSubmission(seer, submission) || canSee(seer, tables, submission.stage, 'audits');

/** Whether a viewer sees the files of an application: the office, and experts who have declared their interests and have none in it. */
export const canSeeFiles = (
  { role, user }: ViewerRole & Pick<Viewer, 'user'>,
  tables: Tables,
  application: string,
): boolean => {
  if (role === 'office') return true;
  const row = tables.get('applications', application);
  if (role !== 'expert' || row === undefined || user === null) return false;
  return declaredFor(tables, row.call, user) !== undefined && !isInterestedIn(tables, user, row);
};

/** Whether a viewer sees what an expert declared for a call: the office and himself; others where the rule book publishes forms and the call is closed. */
export function canSeeReviewer(
  { role, user }: ViewerRole & Pick<Viewer, 'user'>,
  tables: Tables,
  { call, expert }: { call: string; expert: string },
): boolean {
  if (role === 'office' || (role === 'expert' && user === expert)) return true;
  return tables.get('calls', call)?.status === 'closed' && bookOfCall(tables, call)?.publication?.forms === 'at-close';
}

/**
 * Whether a viewer sees the points of all reviewers for a step of an application: the office always; others when the step has a result and
 * the call takes no more applications, if the rule book publishes forms.
 */
export function canSeeReviews(
  { role }: ViewerRole,
  tables: Tables,
  { application, step }: { application: string; step: SelectionStep },
): boolean {
  if (role === 'office') return true;
  const row = tables.get('applications', application);
  if (!row?.reviews.some((review) => review.step === step)) return false;
  if (tables.get('calls', row.call)!.status === 'open') return false;
  return bookOfCall(tables, row.call)?.publication?.forms === 'at-close';
}

/** Whether a viewer sees one reviewer's points: his own always. */
export const canSeeReview = (
  viewer: ViewerRole & Pick<Viewer, 'user'>,
  tables: Tables,
  review: Pick<Row<'reviews'>, 'application' | 'step' | 'reviewer'>,
): boolean => (viewer.role === 'expert' && viewer.user === review.reviewer) || canSeeReviews(viewer, tables, review);

export const notPublic = (input: string): JikjiError => refuse.notPublic(input);

/** @throws JikjiError `forbidden` if a consortium's user names another consortium */
export function requireOwn({ role, consortium }: ViewerRole, wanted: string): void {
  if (role === 'consortium' && consortium !== wanted) throw refuse.anotherConsortium(wanted, `${consortium}`);
}
