// Audits of runs that another program trained.

import type { WitnessAudit } from './types.ts';

export { auditWitness } from './audit.ts';
export { claimOfWitness } from './claim.ts';
export { isWitnessed } from './is-witnessed.ts';
export type { ReplayerOptions } from './replayer.ts';
export { witnessLines } from './report/lines.ts';
export { signWitnessAudit } from './sign-audit.ts';
export type { WitnessAudit } from './types.ts';

/** One self-contained page; its code is loaded on the first call. */
export const witnessHtml = async (audit: WitnessAudit, name: string, lang: 'ko' | 'en'): Promise<string> =>
  (await import('./report/page.ts')).witnessHtml(audit, name, lang);
