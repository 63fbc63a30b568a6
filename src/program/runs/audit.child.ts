// The process that audits one run of this machine: the audit room's own audit, and of what it found as much as a page shows.

import { answer } from '../../apart/index.ts';
import { audit, evenRoom, type Standing, standingOf, type Verdict } from '../../audit/index.ts';
import { type Claims, claimsOf } from '../audits/index.ts';

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
  /** How far it reached, and what may be said of the run; null while there is no verdict. */
  standing: Standing | null;
  claim: Claims | null;
  checks: { name: string; verdict: Verdict; detail: string }[];
  /** Stretches trained again, at most a thousand of them. */
  replayed: { from: number; to: number; why: string; verdict: Verdict }[];
  /** Whether a chance of detection is claimed, and why not. */
  detection: { claimed: boolean; reason: string } | null;
}

const MAX_DETAIL = 4000;
const MAX_REPLAYED = 1000;

/** What was checked, what was found, what is to be said; each on a line of its own as long as there is room. */
function detailOf({ detail, findings, notes }: Awaited<ReturnType<typeof audit>>['checks'][number]): string {
  const found = findings.map(({ file, step, tensor, text }) => {
    const where = [file, step === undefined ? '' : `step ${step}`, tensor ?? ''].filter(Boolean).join(', ');
    return `${where}: ${text}`;
  });
  const text = [detail, ...found, ...notes].join('\n').toWellFormed();
  return text.length <= MAX_DETAIL ? text : `${text.slice(0, MAX_DETAIL - 1).toWellFormed()}…`;
}

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
    checks: found.checks.map((check) => ({ name: check.name, verdict: check.verdict, detail: detailOf(check) })),
    replayed: found.replayed.slice(0, MAX_REPLAYED).map(({ from, to, why, verdict }) => ({ from, to, why, verdict })),
    detection: { claimed: found.detection.claimed, reason: found.detection.reason },
  };
});
