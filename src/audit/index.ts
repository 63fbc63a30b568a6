// The audit's face: checks a run, packs what an auditor needs, and says what was found.
export { type AuditOptions, audit } from './audit.ts';
export { auditTarget, type TargetOptions, withRun } from './audit-target.ts';
export type { AuditWork } from './audit-thread.ts';
export { type BundleOptions, type BundleResult, bundleRun, isWitnessedBundle, withBundle } from './bundle.ts';
export {
  type Beginning,
  type Claim,
  claimOf,
  type LinkClaim,
  linkClaims,
  roomClaim,
  type Standing,
  unrecordedClaim,
  weakestOf,
} from './claims.ts';
export { compareExported, type ExportedFound } from './exported.ts';
export { RunFolder } from './folder.ts';
export { joinedClaimOf } from './joined-claim.ts';
export { knownRun } from './known-run.ts';
export { type AuditSummary, forgetAudit, lastAudit, noteAudit } from './last-audit.ts';
export { type KnownRun, type MergedAudits, mergeAudits } from './merge.ts';
export { weakestRoom } from './merged-links.ts';
export {
  auditReceipt,
  auditReceiptTexts,
  factsOf,
  isReceiptFile,
  type Lineage,
  lineageOf,
  type ReceiptAudit,
  type ReceiptAuditOptions,
  type ReceiptCheck,
  type ReceiptFacts,
  type ReceiptLink,
  type ReceiptTexts,
  type RunAudit,
  type RunFound,
} from './receipt/index.ts';
export type { GivenRegister } from './register-check.ts';
export { reportHtml, reportLines } from './report/index.ts';
export { evenRoom, type GroupMovement, isKnown, type Room } from './room.ts';
export { type Signable, signAudit, signableOf } from './signed-audit.ts';
export { linkFacts, standingOf } from './standing.ts';
export * from './types.ts';
export { MADE_FROM, readJsonIn, type WitnessEnvironment } from './witness/files.ts';
export {
  auditWitness,
  claimOfWitness,
  isWitnessed,
  type ReplayerOptions,
  signWitnessAudit,
  type WitnessAudit,
  witnessHtml,
  witnessLines,
} from './witness/index.ts';
export { stateFolder, WitnessState } from './witness/states.ts';
