// The state of a programme: kinds of entries, when each may follow, and the rows that they make. Knows no database.

export {
  type AuditCurve,
  type AuditedEvidence,
  type AuditedWitness,
  type AuditReach,
  evidenceIn,
  evidenceOf,
  hasEvidence,
  MAX_REPORT,
  requireNotOwner,
} from './audits.ts';
export { bookOf, bookOfStage } from './books.ts';
export {
  bookOfCall,
  figuresOfStep,
  requireRoomForFile,
  reviewKey,
  reviewsOf,
  rulesOfStep,
} from './calls.ts';
export { type CatalogueText, catalogueAt, catalogueDigest, catalogueOf, type Registered } from './catalogues.ts';
export {
  type ComparedWeights,
  type ComparedWith,
  comparisonsOf,
  type ExpectedPair,
  isSamePair,
  pairsToCompare,
  uncomparedPairs,
} from './comparisons.ts';
export { makerUsageOf, requireCluster, stalePartsOf } from './compute.ts';
export { datesOf, instant } from './dates.ts';
export { LACKS, lackIn, lackOf } from './disqualifications.ts';
export {
  assignedTo,
  countedForms,
  declaredFor,
  expertKey,
  interestsOf,
  isInterestedIn,
} from './experts.ts';
export { citationsOf, digest, fileName, personName, type Sources, text } from './fields.ts';
export { type FindingProposal, findingProposals } from './findings.ts';
export { checkProposal, type Proposal, State } from './fold.ts';
export { freeId, requireRow } from './kind.ts';
export type { KindName } from './kinds.ts';
export { consortiumName, NAMED_THINGS, type NamedThing, nameNow } from './names.ts';
export { party as partyKo } from './refusals/words.ts';
export { figuresOf, headRecord, registerOf, registerText } from './register.ts';
export { deviceHours, figures, MAX_DEVICE_HOURS, MAX_FILE_BYTES, MAX_STATEMENT, party, type Row } from './rows.ts';
export { checkForm, commitmentOf, requireMayRate, sameFiles } from './scores.ts';
export { signByOffice, signFinding, signRejection, usageSubjects } from './signatures.ts';
export {
  decisionParts,
  excludedBy,
  isFinal,
  isRecord,
  keptBy,
  openAppeals,
  outcomesOf,
  requireNewRuleBook,
  requireOpenStage,
  type StageStatus,
  statusOf,
  upheldTeams,
} from './stages.ts';
export { Tables } from './tables.ts';
