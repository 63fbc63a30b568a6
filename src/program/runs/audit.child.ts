// The child process that audits one run of this machine, and answers with as much of the result as a page shows.

import { answer } from '../../apart/index.ts';
import { audit, evenRoom, type Standing, standingOf, type Verdict } from '../../audit/index.ts';
import { type Claims, claimsOf, shownCheck } from '../audits/index.ts';

export interface AuditWork {
  folder: string;
  replay: number | 'all' | undefined;
  threads: number;
}

export interface Progress {
  check: string;
  fraction: number;
}

export interface Audited {
  verdict: Verdict | null;
  /** How far the audit reached, and its claims; null without a verdict. */
  standing: Standing | null;
  claim: Claims | null;
  checks: { name: string; verdict: Verdict; detail: string }[];
  /** Digest of the run's seal; null without one. */
  seal: string | null;
  /** Segments that were trained again; at most MAX_REPLAYED. */
  replayed: { from: number; to: number; why: string; verdict: Verdict }[];
  /** Whether a chance of detection is claimed, and the reason. */
  detection: { claimed: boolean; reason: string } | null;
}

const MAX_DETAIL = 4000;
const MAX_REPLAYED = 1000;

answer<AuditWork, Audited, Progress>(async ({ folder, replay, threads }, tell) => {
  const found = await audit({
    folder,
    replay,
    threads,
    onProgress: ({ check, fraction }) => void tell({ check, fraction }).catch(() => {}), // the parent is gone, and so are we
  });
  const standing = standingOf(found);
  return {
    verdict: found.verdict,
    standing,
    claim: claimsOf(standing, evenRoom(found.room)),
    checks: found.checks.map((check) => shownCheck(check, MAX_DETAIL)),
    seal: found.run.seal,
    replayed: found.replayed.slice(0, MAX_REPLAYED).map(({ from, to, why, verdict }) => ({ from, to, why, verdict })),
    detection: { claimed: found.detection.claimed, reason: found.detection.reason },
  };
});
