// Rehearsals in a process of their own, with limits: a rule book may ask for more work than anybody foresaw. Few at a time.

import { childScript, runChild, sandboxSettings } from '../../apart/index.ts';
import { JikjiError } from '../../base/index.ts';
import type { Plan } from './plan.ts';
import * as refuse from './refusals.ts';
import type { Rehearsal } from './rehearse.ts';

const MAX_SECONDS = 60;
const MAX_BYTES = 1 << 30;
/** Rehearsals at a time in this process. */
const MAX_RUNNING = 2;
let running = 0;

interface Running {
  signal?: AbortSignal;
  onProgress?: (share: number) => void;
  /** Default: a minute. */
  seconds?: number;
}

/**
 * Carries out a plan; undefined if `signal` stopped it.
 * @throws JikjiError `rehearsal-too-long`, `rehearsal-failed`, `too-many`
 */
export async function rehearseInProcess(
  plan: Plan,
  { signal, onProgress = () => {}, seconds = MAX_SECONDS }: Running,
): Promise<Rehearsal | undefined> {
  if (running >= MAX_RUNNING) throw refuse.othersRunning('rehearsal');
  running++;
  try {
    const settings = sandboxSettings();
    const script = childScript(import.meta.url, 'rehearse');
    const options = { settings, seconds, bytes: MAX_BYTES, signal, onProgress };
    const ended = await runChild<Rehearsal, number>(script, plan, options);
    if (ended.how === 'done') return ended.result;
    if (ended.how === 'stopped') return undefined;
    if (ended.how === 'failed') throw JikjiError.received(ended.failure);
    if (ended.how === 'too-long') throw refuse.tooLong('rehearsal', seconds);
    if (ended.how === 'crashed') console.error(ended.text);
    throw refuse.ended(ended.exit);
  } finally {
    running--;
  }
}
