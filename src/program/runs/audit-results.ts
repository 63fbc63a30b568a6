// What audits have shown of a run, in the order in which a page shows it: by this server since it started, and by `npm start` on this machine,
// as noted. What one has shown does not vanish because a later one looked at less; a refutation stands before all others.

import type { RunAudit, Verdict } from '../../audit/index.ts';
import { lastAudit, type Standing } from '../../audit/index.ts';
import { SEAL } from '../../run-folder/index.ts';
import type { Claims } from '../audits/index.ts';
import { claimsOf } from '../audits/index.ts';
import type { Audited } from './audit.child.ts';
import { statementOf } from './evidence.ts';

interface NotedAudit {
  standing: Standing & { verdict: 'holds' };
  claim: Claims;
  /** Digest of the run's seal; null where the statement cannot be read. */
  seal: string | null;
  /** When the audit was made, ISO 8601. */
  time: string;
}

/** Null where nothing is noted of the run in this folder with this seal, or the note cannot be read. */
export function notedAuditOf(folder: string): NotedAudit | null {
  try {
    const { claim: _, time, ...standing } = lastAudit(folder) ?? {};
    if (time === undefined || !('verdict' in standing) || standing.verdict !== 'holds') return null;
    const claim = claimsOf(standing, null);
    const texts = [claim.en, claim.ko].flatMap(({ headline, reach, data }) => [headline, reach, data]);
    if (!texts.every((text) => typeof text === 'string')) return null;
    const seal = statementOf(folder, SEAL, 'seal')?.digest ?? null;
    return { standing: { ...standing, verdict: standing.verdict }, claim, seal, time };
  } catch {
    return null; // a note of another release
  }
}

export interface AuditResult {
  /** `start`: `npm start` noted it. */
  by: 'server' | 'start';
  verdict: Verdict;
  claim: Claims;
  /** When the audit ended, ISO 8601. */
  time: string;
  /** Whether it built the texts again from their sources, and they are the same. */
  fromSources: boolean;
}

/** An audit of this server that has a result, or had none. */
type Ended = Audited & { ended: string | null };

const byTime = <T extends { time: string }>(all: T[]): T[] =>
  all.toSorted((a, b) => Date.parse(b.time) - Date.parse(a.time));

/** @param ended audits of the files as they are, the oldest first */
export function resultsOf(ended: readonly Ended[], noted: NotedAudit | null): AuditResult[] {
  const own = ended.flatMap(({ verdict, claim, standing, ended: time }): AuditResult[] => {
    if (verdict === null || claim === null || time === null) return [];
    return [{ by: 'server', verdict, claim, time, fromSources: verdict === 'holds' && standing?.data === 'sources' }];
  });
  const start: AuditResult[] = [];
  if (noted) {
    const { verdict, data } = noted.standing;
    start.push({ by: 'start', verdict, claim: noted.claim, time: noted.time, fromSources: data === 'sources' });
  }
  const all = byTime([...own.toReversed(), ...start]);
  return [...all.filter(({ verdict }) => verdict === 'refuted'), ...all.filter(({ verdict }) => verdict !== 'refuted')];
}

/** The audits of a run with this seal for the receipt of an answer, the newest first. */
export function auditsOfSeal(ended: readonly Ended[], noted: NotedAudit | null, seal: string): RunAudit[] {
  const own = ended.flatMap(({ standing, ended: time, ...one }) =>
    one.seal === seal && standing && time !== null ? [{ seal, standing, time, noted: false }] : [],
  );
  const start = noted?.seal === seal ? [{ seal, standing: noted.standing, time: noted.time, noted: true }] : [];
  return byTime([...own.toReversed(), ...start]).map(({ time, ...one }) => ({ ...one, ended: time }));
}
