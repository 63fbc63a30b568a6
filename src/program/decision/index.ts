// Decisions: scores by the rule book, standings and their certainty, the signed decision, the page.

import type { Lang } from '../../page-kit/text/index.ts';
import type { StageReport } from './page-types.ts';

export { checkTargets, decideStage, evidenceLacks, type Outcome } from './decide.ts';
export { decisionDocument, explainScore, readDecision, signDecision, versionOfDecision } from './document.ts';
export { scoredSubmission, teamsWithModels } from './leaves.ts';
export type { StageReport } from './page-types.ts';
export { stageReport } from './report.ts';
export { type SampleSize, warnOfSmallSample } from './sample-sizes.ts';

/** A stage as one self-contained page. What draws it is loaded only then. */
export const stageReportHtml = async (report: StageReport, lang: Lang, console?: string): Promise<string> =>
  (await import('./page.ts')).stageReportHtml(report, lang, console);
