// Audits of submissions: the claims of one audit, the joined result of several, and parts that are not trained again yet.

export { auditShown, shownCheck } from './audit-view.ts';
export { claimsOf } from './claims.ts';
export { curveOf } from './curve.ts';
export { auditedEvidence } from './evidence.ts';
export { joinedAudits } from './joined-audits.ts';
export { auditCommand, givePart } from './parts.ts';
export * from './shapes.ts';
export { witnessClaims, witnessFound } from './witness-claims.ts';
