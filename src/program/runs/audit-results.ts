// What audits have shown of a run, in the order in which a page shows it: by this server since it started, and by `npm start` on this machine,
// as noted. What one has shown does not vanish because a later one looked at less; a refutation stands before all others.

import type { RunAudit, Verdict } from '../../audit/index.ts';
import type { Claims } from '../audits/index.ts';
import type { Audited } from './audit.child.ts';
import type { NotedAudit } from './noted-audit.ts';

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
