// Audits of runs that another program trained.
export { auditWitness } from './audit.ts';
export { claimOfWitness } from './claim.ts';
export { isWitnessed } from './is-witnessed.ts';
export { witnessLines } from './lines.ts';
export type { ReplayerOptions } from './replayer.ts';
export type { WitnessAudit } from './types.ts';
