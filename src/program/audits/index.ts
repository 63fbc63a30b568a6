// Audits of submissions: what may be said of one, what several come to together, which part nobody has done.
export { claimsOf } from './claims.ts';
export { curveOf } from './curve.ts';
export { joinedAudits } from './joined.ts';
export { auditCommand, givePart } from './parts.ts';
export * from './shapes.ts';
export { auditShown } from './shown.ts';
