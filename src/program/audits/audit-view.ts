// The office's audit of a submission for display: never a verdict without its reach.

import type { Audit, WitnessAudit } from '../../audit/index.ts';
import { type Beginning, unrecordedClaim } from '../../audit/index.ts';
import type { AuditReach, Row, Tables } from '../state/index.ts';
import { claimsBy, claimsOf } from './claims.ts';
import type { ShownAudit } from './shapes.ts';
import { evidenceVerdict, witnessClaims } from './witness-claims.ts';

type Checked = (Audit | WitnessAudit)['checks'][number];

/** A text in one line, as somebody else may have written it: without NUL, and no line more. */
const line = (text: string): string =>
  text
    .replace(/\0/g, '')
    .replace(/\s*\n\s*/g, ' ')
    .toWellFormed();

const cut = (text: string, maxLength: number): string =>
  text.length <= maxLength ? text : `${text.slice(0, maxLength - 1).toWellFormed()}…`;

/**
 * A check with its detail, findings and notes as one text: a line each, cut to `maxLength` characters. `ko` has a line for each of these in
 * Korean, which is empty where there is none; it is absent from a check without Korean.
 */
export function shownCheck({ name, verdict, detail, findings, notes, ko }: Checked, maxLength: number) {
  const placed = ({ file, step, tensor }: Checked['findings'][number], steps: (step: number) => string): string =>
    [file, step === undefined ? '' : steps(step), tensor ?? ''].filter(Boolean).join(', ');
  const english = findings.map((one) => `${placed(one, (step) => `step ${step}`)}: ${one.text}`);
  const korean = findings.map((one) => one.ko && `${placed(one, (step) => `${step}스텝`)}: ${one.ko}`);
  const textOf = (lines: readonly (string | undefined)[]): string =>
    cut(lines.map((one) => line(one ?? '')).join('\n'), maxLength);
  return {
    name,
    verdict,
    detail: textOf([detail, ...english, ...notes]),
    ...(ko && { ko: textOf([ko.detail, ...korean, ...ko.notes]) }),
  };
}

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
