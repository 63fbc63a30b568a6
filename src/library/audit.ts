// Audits a run: checks its evidence, trains parts of it again and compares them bit for bit.

import { type Audit, auditTarget, type TargetOptions } from '../audit/index.ts';
import { checkedThreads } from './checked-options.ts';

export type { Audit, AuditProgress, Check, CheckName, Extent, Finding, Verdict } from '../audit/index.ts';

/**
 * `replay`: the number of segments that are drawn at random and trained again, or `all`. `segments`: only these. `challenge`: 64 hex
 * digits drawn by you after the seal. `maker`, `office`: fingerprints from an independent source. `sources`: a folder with the
 * texts of the corpus, which is then built again. `signal`, `onProgress` (a fraction from 0 to 1 of each check), `threads` (all cores).
 */
export interface AuditRunOptions extends Omit<TargetOptions, 'threads' | 'jikji' | 'engine'> {
  threads?: number;
}

/**
 * Audits a run folder or a bundle, in a separate thread. Faults of the run are in the result and are never thrown: `verdict` is `holds`,
 * `refuted` or `incomplete`; `extent` is how much was trained again (`all` steps, some steps that were `sampled`, or those that the
 * maker's own challenge chose: `self`); `checks` has the finding of each check. docs/proof.md says what an audit proves.
 *
 * @param run A run folder, or a bundle (`jikji bundle`).
 * @throws JikjiError for a wrong call: `run-missing`, `not-a-run`, `run-unfinished`, `usage`, `interrupted`
 * @example
 * const { verdict, extent, checks } = await auditRun('runs/hello', { replay: 'all' });
 * for (const { name, verdict, detail } of checks) console.log(name, verdict, detail);
 */
export async function auditRun(run: string, { threads, ...options }: AuditRunOptions = {}): Promise<Audit> {
  return auditTarget(run, { ...options, threads: checkedThreads(threads) });
}
