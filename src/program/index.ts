// The programme's face: its database and log, the office's acts, intake, judging, decisions.

export { auditShown, claimsOf, type JoinedAudits, joinedAudits } from './audits/index.ts';
export { comparisonsShown, proposalsShown } from './comparisons/index.ts';
export * from './compute/index.ts';
export { openStore } from './database/index.ts';
export { explainScore, type Outcome, readDecision, type StageReport, stageReportHtml } from './decision/index.ts';
export { dueOf, lackingModels, lackingOf, nextStepOf } from './due/index.ts';
export { EXAMPLES, type ExampleName, loadExample } from './examples/index.ts';
export { openBackup, verifyProgramme } from './housekeeping/index.ts';
export { type IntakeEvent, modelOf, type WorkCounts, work } from './intake/index.ts';
export { type AnswerToQuestion, askJudge } from './judging/index.ts';
export * from './office/index.ts';
export { Programme, type Where } from './programme/index.ts';
export {
  type AssumptionsGiven,
  assumptionsShape,
  planRehearsal,
  type Rate,
  type Rehearsal,
  rehearseInProcess,
  SPREADS,
} from './rehearsal/index.ts';
export { type Citation, partsOf, ROLES, type Title } from './rules/index.ts';
export {
  bookOf,
  bookOfStage,
  catalogueAt,
  consortiumName,
  datesOf,
  excludedBy,
  freeId,
  NAMED_THINGS,
  type NamedThing,
  nameNow,
  outcomesOf,
  type Row,
  registerOf,
  registerText,
  requireCluster,
  requireRow,
  type StageStatus,
  State,
  statusOf,
  type Tables,
} from './state/index.ts';
