// Joins the signed audits of a submission. Each covers the segments that its auditor trained again; the audit room decides which of them
// count.

import { joinedClaimOf, type MergedAudits, mergeAudits, weakestRoom } from '../../audit/index.ts';
import { evidenceIn, type Row, type Tables } from '../state/index.ts';
import { isLodgedHere } from './audit-view.ts';
import { claimsBy } from './claims.ts';
import type { JoinedAudits } from './shapes.ts';

/** By the last report: each new report gives a new key. */
const cache = new WeakMap<Row<'auditReports'>, JoinedAudits>();

/** The joined result; null without a signed audit. */
export function joinedAudits(tables: Tables, submission: string): JoinedAudits | null {
  const reports = tables.of('auditReports', 'submission', submission);
  const last = reports.at(-1);
  if (!last) return null;
  const known = cache.get(last);
  if (known) return known;
  const maker = tables.get('submissions', submission)?.maker ?? null;
  const joined = join(reports, tables.get('audits', submission), maker, (audit) => isLodgedHere(tables, audit));
  cache.set(last, joined);
  return joined;
}

/**
 * @param office the office's own audit, signed or not; only it judges the register, which other auditors need not have
 * @param isLodged whether this programme's office answered before the first step of a run that another program trained
 */
function join(
  reports: readonly Row<'auditReports'>[],
  office: Row<'audits'> | undefined,
  maker: string | null,
  isLodged: (office: Row<'audits'>) => boolean,
): JoinedAudits {
  const nameOf = ({ digest }: { digest: string }): string => `report ${digest.slice(0, 16)}`;
  const evidence = office && evidenceIn(office);
  const merged = mergeAudits(
    reports.map((report) => ({ file: nameOf(report), text: report.statement })),
    evidence ? { ...evidence, maker, witnessed: office.witness !== undefined } : undefined,
  );
  const { extent, segments, steps, trained, chance, witness } = merged;
  const register = (office?.checks ?? []).every(({ name, verdict }) => name !== 'register' || verdict === 'holds');
  const stands = merged.verdict === 'holds' || merged.verdict === 'consistent';
  const settled = stands && !register ? 'incomplete' : merged.verdict;
  const verdict = office?.verdict === 'refuted' ? 'disputed' : settled;
  const reasons = new Map(merged.excluded.map(({ file, ...why }) => [file, why]));
  const { room, chance: chanceOfRoom } = weakestRoom(merged);
  const lodged = witness && office ? isLodged(office) : null;
  const shown = { ...merged, verdict };
  // How far the weights of another program's run could move unseen is not known from segments.
  const reach =
    witness || verdict === 'consistent' || extent === 'none' ? null : { verdict, extent, chance: chanceOfRoom, room };
  return {
    verdict,
    extent,
    witnessed: witness !== null,
    claim: claimsBy((lang) => joinedClaimOf(shown, { register, lodged }, lang), reach),
    seal: merged.seal ?? '',
    steps,
    trained,
    segments: segments.length,
    chance,
    room,
    auditors: merged.auditors.map((key) => {
      const trainedBy = segments.filter(({ by }) => by.includes(key));
      const { by } = reports.find((report) => report.key === key)!;
      return {
        key,
        by,
        segments: trainedBy.length,
        steps: trainedBy.reduce((sum, { from, to }) => sum + to - from, 0),
      };
    }),
    reports: reports.map(({ statement: _, ...report }) => ({
      ...report,
      ...(reasons.get(nameOf(report)) ?? { reason: null }),
    })),
    spans: spansOf(merged),
  };
}

/** Merges neighbouring segments with the same auditors. */
function spansOf({ segments, auditors }: MergedAudits): JoinedAudits['spans'] {
  const spans: JoinedAudits['spans'] = [];
  for (const { index, from, to, by: keys } of segments) {
    const by = keys.map((key) => auditors.indexOf(key));
    const last = spans.at(-1);
    if (last && last.by.join() === by.join()) {
      last.to = index + 1;
      last.steps += to - from;
    } else spans.push({ from: index + 1, to: index + 1, steps: to - from, by });
  }
  return spans;
}
