// The office: every act in a programme with its checks, visibility, and the office's open tasks.
export { EXAMPLES, type ExampleName, ruleBookTemplate, ruleBookTemplates, TEMPLATES } from '../examples/index.ts';
export type { Act, By } from './act.ts';
export { ACTS, type ActInput, type ActName, type ActResult, actFields, fieldsOf } from './acts.ts';
export { AUDITORS } from './audits.ts';
export { checkDecisions } from './decision-check.ts';
export { formPart } from './forms.ts';
export { lodgedRunShape, lodgedRuns } from './lodged-runs.ts';
export { type Metering, meteringPreview } from './metering.ts';
export { officeActor } from './programmes.ts';
export { factsOf, reportOf } from './report.ts';
export { checkRuleBook } from './rule-books.ts';
export { citation, digest, id, marks, title } from './shapes.ts';
export { lackingToOpen, outcomeOf, timesOf } from './stages.ts';
export { programmeOf } from './times.ts';
export {
  canSee,
  canSeeAudit,
  canSeeFiles,
  canSeeReview,
  canSeeReviewer,
  canSeeReviews,
  type Disclosable,
  isOwnSubmission,
  notPublic,
} from './visibility.ts';
