// The evidence that an audit was about, for the log: audits of others are held against it.

import type { Audit } from '../../audit/index.ts';
import type { AuditedEvidence } from '../state/index.ts';

/** Roots in an entry of the log: 64 characters each. More than these are left out, and reports are held against each other alone. */
const MAX_ROOTS = 4096;

/** What both kinds of audits know of a run. */
interface Found extends Pick<Audit['run'], 'genesis' | 'seal' | 'head' | 'segments'> {
  roots: readonly string[];
}

/** Null where something is missing. */
export function auditedEvidence({ genesis, seal, head, segments, roots }: Found): AuditedEvidence | null {
  const kept = segments.map(({ to }) => to);
  if (genesis === null || seal === null || head === null || kept.length === 0) return null;
  const listed = roots.length > 0 && roots.length <= MAX_ROOTS;
  return { genesis, seal, head, kept, ...(listed && { roots: [...roots] }) };
}
