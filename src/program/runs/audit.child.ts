// The child process that audits one run of this machine, and answers with as much of the result as a page shows.

import { answer } from '../../apart/index.ts';
import {
  audit,
  auditWitness,
  evenRoom,
  isWitnessed,
  type Standing,
  standingOf,
  type Verdict,
} from '../../audit/index.ts';
import { type Claims, claimsOf, shownCheck, witnessClaims, witnessFound } from '../audits/index.ts';

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
  /** Whether another program trained the run: then its evidence alone was looked at, and the verdict is never `holds`. */
  witnessed: boolean;
  /** How far the audit reached; null without a verdict, and for a run of another program. */
  standing: Standing | null;
  /** In words; null without a verdict. */
  claim: Claims | null;
  /** `ko`: the lines of `detail` in Korean, empty where there is none. */
  checks: { name: string; verdict: Verdict; detail: string; ko?: string }[];
  /** Digest of the run's seal; null without one. */
  seal: string | null;
  /** Segments that were trained again; at most MAX_REPLAYED. */
  replayed: { from: number; to: number; why: string; verdict: Verdict }[];
  /** Whether a chance of detection is claimed, and the reason. */
  detection: { claimed: boolean; reason: string } | null;
}

const MAX_DETAIL = 4000;
const MAX_REPLAYED = 1000;

type OnProgress = (progress: Progress) => void;

async function auditedOwn({ folder, replay, threads }: AuditWork, onProgress: OnProgress): Promise<Audited> {
  const found = await audit({ folder, replay, threads, onProgress });
  const standing = standingOf(found);
  return {
    verdict: found.verdict,
    witnessed: false,
    standing,
    claim: claimsOf(standing, evenRoom(found.room)),
    checks: found.checks.map((check) => shownCheck(check, MAX_DETAIL)),
    seal: found.run.seal,
    replayed: found.replayed.slice(0, MAX_REPLAYED).map(({ from, to, why, verdict }) => ({ from, to, why, verdict })),
    detection: { claimed: found.detection.claimed, reason: found.detection.reason },
  };
}

/** By its evidence alone: a server runs no training code of a maker. */
async function auditedWitness({ folder }: AuditWork, onProgress: OnProgress): Promise<Audited> {
  const audited = await auditWitness({ folder, onProgress });
  const found = witnessFound(audited);
  const checks = audited.checks.map((check) => shownCheck(check, MAX_DETAIL));
  return {
    verdict: found.verdict,
    witnessed: true,
    standing: null,
    claim: witnessClaims(found),
    checks,
    seal: found.seal,
    replayed: [],
    detection: null,
  };
}

answer<AuditWork, Audited, Progress>(async (work, tell) => {
  const audited = isWitnessed(work.folder) ? auditedWitness : auditedOwn;
  return audited(work, ({ check, fraction }) => {
    tell({ check, fraction }).catch(() => {}); // the parent is gone, and so are we
  });
});
