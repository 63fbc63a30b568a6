// What the log says: kinds of entries, when each may come, and the rows it makes. Knows no database.

export { type AuditCurve, type AuditReach, evidenceOf, MAX_REPORT, requireOther } from './audits.ts';
export { bookOf, bookOfStage } from './books.ts';
export { type CatalogueText, catalogueAt, catalogueDigest, catalogueOf, type Registered } from './catalogues.ts';
export { existingCluster, saidOf } from './compute.ts';
export { citationsOf, digest, type Sources, text } from './fields.ts';
export { type Proposal, State } from './fold.ts';
export { existing, freeId } from './kind.ts';
export { KINDS, type KindName } from './kinds.ts';
export { consortiumName, NAMED_THINGS, type Named, nameNow } from './names.ts';
export { registerOf, registerText } from './register.ts';
export { party, type Row } from './rows.ts';
export { checkForm, commitmentOf } from './scores.ts';
export { signByOffice, signFinding, usageSubjects } from './signed.ts';
export {
  decisionParts,
  isFinal,
  keptBy,
  openStage,
  outcomesOf,
  outsOf,
  type StageStatus,
  sparedOf,
  statusOf,
} from './stages.ts';
export { Tables } from './tables.ts';
export { StateOfVersion1 } from './version-1.ts';
