// What the signed audits of a submission come to together. Each is its auditor's word on the segments that he trained again; which of
// them count, the audit room decides.

import { evenRoom, joinedClaim, type KnownRun, type Merged, mergeAudits, roomClaim } from '../../audit/index.ts';
import type { Tables } from '../state/index.ts';
import { inBoth } from './claims.ts';
import type { Joined } from './shapes.ts';

const kept = new WeakMap<Tables, Map<string, { reports: number; joined: Joined }>>();

/** Null where there is no signed audit. Worked out anew when another has come in. */
export function joinedAudits(tables: Tables, submission: string): Joined | null {
  const rows = [...tables.of('auditReports', 'submission', submission)];
  if (rows.length === 0) return null;
  const ofTables = kept.get(tables) ?? new Map<string, { reports: number; joined: Joined }>();
  kept.set(tables, ofTables);
  const before = ofTables.get(submission);
  if (before?.reports === rows.length) return before.joined;
  const reports = rows.map(({ statement: text, ...row }) => ({ ...row, text }));
  const maker = tables.get('submissions', submission)?.maker ?? null;
  const own = tables.get('audits', submission);
  const evidence = own?.reach?.evidence;
  // Others need not have the register: of what it says the office's own audit is the only one that knows.
  const checks = own?.checks ?? [];
  const found: Found = {
    refuted: own?.verdict === 'refuted',
    register: checks.every(({ name, verdict }) => name !== 'register' || verdict === 'holds'),
  };
  const joined = join(reports, found, evidence ? { ...evidence, maker } : undefined);
  ofTables.set(submission, { reports: rows.length, joined });
  return joined;
}

type Report = Omit<Joined['reports'][number], 'reason'> & { text: string };

/** What the office's own audit found, signed or not. */
interface Found {
  /** It contradicts the run. */
  refuted: boolean;
  /** False where it looked into the office's register and that does not hold. */
  register: boolean;
}

/** `run`: what the office found it to be. */
function join(reports: readonly Report[], { refuted, register }: Found, run: KnownRun | undefined): Joined {
  const nameOf = ({ digest }: Report): string => `report ${digest.slice(0, 16)}`;
  const merged = mergeAudits(
    reports.map((report) => ({ file: nameOf(report), text: report.text })),
    run,
  );
  const { extent, segments, steps, trained, chance } = merged;
  const settled = merged.verdict === 'holds' && !register ? 'incomplete' : merged.verdict;
  const verdict = refuted ? 'disputed' : settled;
  const reasons = new Map(merged.excluded.map(({ file, reason }) => [file, reason]));
  const room = evenRoom(merged.room);
  const share = steps > 0 ? trained / steps : 0;
  const standing = { verdict, extent, auditors: merged.auditors.length, share, chance, register };
  const leftOpen = verdict === 'holds' && extent !== 'all';
  const ofAuditor = (key: string) => segments.filter(({ by }) => by.includes(key));
  return {
    verdict,
    extent,
    claim: inBoth((lang) => ({
      ...joinedClaim(standing, lang),
      room: leftOpen ? roomClaim(room, chance, lang) : null,
    })),
    seal: merged.seal ?? '',
    steps,
    trained,
    segments: segments.length,
    chance,
    room,
    auditors: merged.auditors.map((key) => ({
      key,
      by: reports.find((report) => report.key === key)!.by,
      segments: ofAuditor(key).length,
      steps: ofAuditor(key).reduce((sum, { from, to }) => sum + to - from, 0),
    })),
    reports: reports.map(({ text: _, ...report }) => ({
      ...report,
      reason: reasons.get(nameOf({ ...report, text: '' })) ?? null,
    })),
    spans: spansOf(merged),
  };
}

function spansOf({ segments, auditors }: Merged): Joined['spans'] {
  const spans: Joined['spans'] = [];
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
