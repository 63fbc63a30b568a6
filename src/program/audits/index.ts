// Audits of submissions: the claims of one audit, the joined result of several, and parts that are not trained again yet.
export { checkText } from './check-text.ts';
export { claimsOf } from './claims.ts';
export { curveOf } from './curve.ts';
export { joinedAudits } from './joined.ts';
export { auditCommand, givePart } from './parts.ts';
export * from './shapes.ts';
export { auditShown } from './shown.ts';
