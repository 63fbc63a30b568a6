// The office's audit of a submission for display: never a verdict without its reach.

import { type Beginning, unrecordedClaim } from '../../audit/index.ts';
import type { AuditReach, Row, Tables } from '../state/index.ts';
import { claimsBy, claimsOf } from './claims.ts';
import type { ShownAudit } from './shapes.ts';
import { evidenceVerdict, witnessClaims } from './witness-claims.ts';

const NO_REACH = { extent: null, data: null, share: null, chance: null, room: null };

/** The office audits a run without its parent. */
function beginningOf(parent: AuditReach['parent']): Beginning {
  if (!parent) return { kind: 'drawn' };
  if ('seal' in parent) return { kind: 'run', seal: parent.seal, name: null, standing: null };
  return { kind: 'model', files: parent.files, compared: false };
}

/** Whether the office that answered before the first step is that of the programme: the time of another one is nobody's here. */
export function isLodgedHere(tables: Tables, { witness, office }: Row<'audits'>): boolean {
  const [programme] = tables.all('programmes');
  return witness?.lodged === true && (programme?.officeKey ?? office) === office;
}

/** Undefined without an audit. */
export function auditShown(tables: Tables, submission: string): ShownAudit | undefined {
  const audit = tables.get('audits', submission);
  if (!audit) return undefined;
  const { verdict, reach, witness } = audit;
  if (witness) {
    const found = { ...witness, lodged: isLodgedHere(tables, audit), verdict: evidenceVerdict(verdict) };
    return { ...NO_REACH, verdict: found.verdict, witnessed: true, claim: witnessClaims(found) };
  }
  if (!reach) {
    const claim = claimsBy((lang) => unrecordedClaim(verdict, lang), null);
    return { ...NO_REACH, verdict, witnessed: false, claim };
  }
  const { extent, data, share, chance, room } = reach;
  const { beginning, ...standing } = { beginning: beginningOf(reach.parent), verdict, extent, data, share, chance };
  return { ...standing, room, witnessed: false, claim: claimsOf({ beginning, ...standing }, room) };
}
