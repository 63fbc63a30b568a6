// The context of an audit, of a run of our trainer or of another program: what the call names, read once before the first check. Every check
// takes its part of it. Knows no check.

import { resolve } from 'node:path';
import { setImmediate } from 'node:timers/promises';
import { JikjiError } from '../base/index.ts';
import type { Register } from '../ledger/index.ts';
import { RunFolder } from './folder.ts';
import { type GivenRegister, readRegister } from './register-check.ts';
import { checkRange, type SegmentRequest } from './segments.ts';
import type { Expectations } from './statements.ts';
import type { CheckContext } from './structure.ts';
import type { Audit, AuditProgress, CheckName } from './types.ts';

/** What an audit of either kind of run is given. */
export interface AuditCall<Name extends string> {
  /** The run folder. */
  folder: string;
  /** How many segments are drawn at random for replay, or all segments. */
  replay?: number | 'all' | undefined;
  /** The first and the last segment to train again, counted from 1; replaces every other choice. */
  segments?: { from: number; to: number } | undefined;
  /** 64 hex digits, drawn after the seal was made. */
  challenge?: string | undefined;
  /** Fingerprints of keys that the auditor knows from another source. */
  maker?: string | undefined;
  office?: string | undefined;
  /** The office's register, from a source that the auditor trusts; whose office counts as `office` where none is given: an answer by another one is then not shown. */
  register?: GivenRegister | undefined;
  signal?: AbortSignal | undefined;
  onProgress?: ((progress: AuditProgress<Name>) => void) | undefined;
}

/** Of one run: what a run was built on has its own. */
export interface AuditContext<Name extends string = CheckName> {
  folder: RunFolder;
  signal: AbortSignal;
  /** The office's register, where the auditor brought one that counts for this run. */
  register: Register | undefined;
  /** The keys that the auditor expects in the run. */
  expectations: Expectations;
  challenge: string | undefined;
  /** The part of one check. */
  of(check: Name): CheckContext;
  /** Which segments the call asks for, of so many. @throws JikjiError `usage` */
  requestOf(segments: number): SegmentRequest;
  /** Since the audit of this run began. */
  seconds(): number;
}

/** Least milliseconds between two reports of progress. */
const PROGRESS_INTERVAL_MS = 50;

/** The part of a check: it limits how often progress is shown, and stops the check on the signal. */
function checkContext<Name extends string>(
  check: Name,
  signal: AbortSignal,
  onProgress: AuditCall<Name>['onProgress'],
): CheckContext {
  let shownAt = Number.NEGATIVE_INFINITY;
  return {
    signal,
    showProgress: async (detail, fraction) => {
      if (performance.now() - shownAt < PROGRESS_INTERVAL_MS) return;
      onProgress?.({ check, detail, fraction: Math.min(1, fraction) });
      await setImmediate();
      signal.throwIfAborted();
      shownAt = performance.now();
    },
  };
}

/**
 * Calls `work` with the context of an audit.
 * @throws JikjiError `interrupted`, and those of `readRegister` and of `work`
 */
export async function withContext<Name extends string, T>(
  call: AuditCall<Name>,
  work: (context: AuditContext<Name>) => Promise<T>,
): Promise<T> {
  const { signal = new AbortController().signal, maker, office, onProgress } = call;
  const of = (check: Name): CheckContext => checkContext(check, signal, onProgress);
  try {
    // Audits of both kinds have this check.
    const { showProgress } = of('register' as Name);
    const register = call.register && (await readRegister(call.register, office, showProgress));
    const makers = maker === undefined ? undefined : [maker];
    return await work(contextOf(call, { signal, of, register, expectations: { makers, office } }));
  } catch (error) {
    if (!signal.aborted || error !== signal.reason) throw error;
    const hint = 'start it again: an audit leaves nothing behind';
    throw new JikjiError('interrupted', 'the audit was stopped', call.folder, hint);
  }
}

/** The context of one run: the one that the call names, or what that was built on. */
export function contextOf<Name extends string>(
  { folder: path, challenge, replay, segments }: Pick<AuditCall<Name>, 'folder' | 'challenge' | 'replay' | 'segments'>,
  common: Pick<AuditContext<Name>, 'signal' | 'of' | 'register' | 'expectations'>,
): AuditContext<Name> {
  const started = performance.now();
  const folder = new RunFolder(resolve(path));
  return {
    ...common,
    folder,
    challenge,
    expectations: { ...common.expectations, registerOf: common.register?.office },
    requestOf: (count) => (segments ? checkRange(segments, count, folder.path) : replay),
    seconds: () => (performance.now() - started) / 1000,
  };
}

/** What a result says of the register that counted. */
export const registerFacts = (register: Register | undefined): Audit['register'] =>
  register ? { office: register.office, entries: register.entries.length, head: register.head } : null;
