// Decisions: scores by the rule book, standings and how sure they are, the signed decision, the page.
export { checkTargets, decideStage, type Outcome } from './decide.ts';
export { decisionDocument, explainScore, readDecision, signDecision } from './document.ts';
export { submissionOf } from './leaves.ts';
export { stageReportHtml } from './page.ts';
export type { StageReport } from './page-types.ts';
export { stageReport } from './report.ts';
export { scoreStage, stageRow } from './scores.ts';
