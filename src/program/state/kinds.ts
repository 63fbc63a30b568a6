// All kinds of entries, by their names in the log.

import * as audits from './audits.ts';
import * as calls from './calls.ts';
import { submissionCompared } from './comparisons.ts';
import * as compute from './compute.ts';
import { stageDatesSet } from './dates.ts';
import * as experts from './experts.ts';
import * as findings from './findings.ts';
import * as members from './members.ts';
import { nameMended } from './names.ts';
import { answerRegistered } from './register.ts';
import * as scores from './scores.ts';
import * as stages from './stages.ts';

export const KINDS = {
  'programme-created': members.programmeCreated,
  'organisation-added': members.organisationAdded,
  'call-opened': calls.callOpened,
  'call-closed': calls.callClosed,
  'application-received': calls.applicationReceived,
  'application-file-added': calls.applicationFileAdded,
  'review-given': calls.reviewGiven,
  'application-reviewed': calls.applicationReviewed,
  'application-selected': calls.applicationSelected,
  'consortium-formed': members.consortiumFormed,
  'consortium-key-named': members.consortiumKeyNamed,
  'member-joined': members.memberJoined,
  'name-mended': nameMended,
  'rule-book-registered': stages.ruleBookRegistered,
  'catalogue-registered': compute.catalogueRegistered,
  'allotment-given': compute.allotmentGiven,
  'usage-reported': compute.usageReported,
  'stage-dates-set': stageDatesSet,
  'stage-opened': stages.stageOpened,
  'submission-received': scores.submissionReceived,
  'submission-refused': scores.submissionRefused,
  'submission-audited': audits.submissionAudited,
  'audit-reported': audits.auditReported,
  'audit-part-given': audits.auditPartGiven,
  'submission-evaluated': scores.submissionEvaluated,
  'score-entered': scores.scoreEntered,
  'expert-assigned': experts.expertAssigned,
  'expert-released': experts.expertReleased,
  'interests-declared': experts.interestsDeclared,
  'call-interests-declared': experts.callInterestsDeclared,
  'form-committed': scores.formCommitted,
  'form-revealed': scores.formRevealed,
  'judgement-given': scores.judgementGiven,
  'submission-compared': submissionCompared,
  'finding-signed': findings.findingSigned,
  'proposal-rejected': findings.proposalRejected,
  'lodging-given': stages.lodgingGiven,
  'answer-registered': answerRegistered,
  'stage-closed': stages.stageClosed,
  'decision-made': stages.decisionMade,
  'decision-recorded': stages.decisionRecorded,
  'consortium-dropped': stages.consortiumDropped,
  'decision-final': stages.decisionFinal,
  'appeal-filed': stages.appealFiled,
  'appeal-answered': stages.appealAnswered,
} as const;

export type KindName = keyof typeof KINDS;
