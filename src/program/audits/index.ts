// Audits of submissions: what may be said of one, what several come to together, which part nobody has done.
export { type Claims, claimsOf } from './claims.ts';
export { curveOf } from './curve.ts';
export { type Joined, joinedAudits } from './joined.ts';
export { auditCommand, givePart } from './parts.ts';
export { auditShown, type ShownAudit } from './shown.ts';
