// Auditing a run: its evidence is checked, and parts of it are trained again and compared bit for bit.

import { type Audit, auditTarget, type TargetOptions } from '../audit/index.ts';
import { checkedThreads } from './checked-options.ts';

export type { Audit, AuditProgress, Check, CheckName, Extent, Finding, Verdict } from '../audit/index.ts';

/**
 * `replay`: how many segments are drawn at random and trained again, or `all`. `segments`: these and no others. `challenge`: 64 hex
 * digits drawn by you after the seal. `maker`, `office`: fingerprints known from elsewhere. `sources`: a folder with the texts
 * that the corpus is built again from. `signal`, `onProgress` (a fraction from 0 to 1 of each check), `threads` (all cores).
 */
export interface AuditRunOptions extends Omit<TargetOptions, 'threads' | 'jikji' | 'engine'> {
  threads?: number;
}

/**
 * Audits a run folder or a bundle, in a thread of its own. What is wrong with the run is in the result and is never thrown:
 * `verdict` is `holds`, `refuted` or `incomplete`; `extent` says how far it reaches (`all` steps were trained again, some were
 * `sampled`, or the maker's own challenge chose them: `self`); `checks` say what each of them found. docs/proof.md says what that
 * proves and what not.
 *
 * @param run A run folder, or a bundle (`jikji bundle`).
 * @throws JikjiError for what is wrong with the call: `run-missing`, `not-a-run`, `run-unfinished`, `usage`, `interrupted`
 * @example
 * const { verdict, extent, checks } = await auditRun('runs/hello', { replay: 'all' });
 * for (const { name, verdict, detail } of checks) console.log(name, verdict, detail);
 */
export async function auditRun(run: string, { threads, ...options }: AuditRunOptions = {}): Promise<Audit> {
  return auditTarget(run, { ...options, threads: checkedThreads(threads) });
}
