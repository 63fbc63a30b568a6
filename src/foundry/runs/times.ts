// When the steps of a run were taken, as its sessions say: unverified, good enough for the time axis of a chart.

import { readFileSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { readStatement } from '../../ledger/index.ts';

interface Session {
  /** Steps done when it began, and when it ended. */
  from: number;
  to: number;
  /** Seconds since 1970. */
  start: number;
  end: number;
  /** Its end was written: it was not killed. */
  whole: boolean;
}

/** Sessions are a line or two each; a file beyond this is not read. */
const MOST_BYTES = 16 << 20;

/** Whole sessions, and those that were killed: they end where the next one goes on, or with the transcript. */
function sessionsOf(folder: string, steps: number, written: number): Session[] {
  const file = join(folder, 'sessions.jsonl');
  let text = '';
  try {
    if (statSync(file).size <= MOST_BYTES) text = readFileSync(file, 'utf8');
  } catch {
    // not there: then there is no session
  }
  const sessions: Session[] = [];
  const time = (value: unknown): number => (typeof value === 'string' ? Date.parse(value) / 1000 : Number.NaN);
  for (const line of text.split('\n')) {
    let value: { [key: string]: unknown } | null;
    try {
      value = JSON.parse(line);
    } catch {
      continue;
    }
    const last = sessions.at(-1);
    if (value?.event === 'start' && Number.isSafeInteger(value.from) && time(value.start) > 0) {
      const begun = { from: value.from as number, start: time(value.start) };
      if (last?.to === Infinity) Object.assign(last, { to: begun.from, end: begun.start });
      sessions.push({ ...begun, to: Infinity, end: Infinity, whole: false });
    } else if (value?.event === 'end' && last?.to === Infinity && value.from === last.from) {
      if (Number.isSafeInteger(value.to) && time(value.end) >= last.start) {
        Object.assign(last, { to: value.to, end: time(value.end), whole: true });
      }
    }
  }
  const last = sessions.at(-1);
  if (last?.to === Infinity) Object.assign(last, { to: steps, end: Math.max(last.start, written) });
  return sessions.filter((s) => s.to > s.from);
}

/**
 * A function from a step to the seconds since 1970 when it was done. Never falls as steps rise. Without sessions every step
 * has the time of the run's genesis, without that the time of the transcript's file.
 */
export function timesOf(folder: string, steps: number): (step: number) => number {
  const written = statSync(join(folder, 'transcript.jsonl'), { throwIfNoEntry: false })?.mtimeMs ?? 0;
  const sessions = sessionsOf(folder, steps, written / 1000);
  let fallback = written / 1000;
  try {
    fallback = Date.parse(readStatement(join(folder, 'genesis.json'), 'genesis').predicate.circumstances.time) / 1000;
  } catch {
    // a run without a genesis still has curves
  }
  let at = 0;
  let latest = 0;
  return (step) => {
    // Steps that a later session took again are of that session.
    while (at + 1 < sessions.length && sessions[at + 1]!.from < step) at++;
    const session = sessions[at];
    const share = session ? Math.min(1, Math.max(0, (step - session.from) / (session.to - session.from))) : 0;
    const time = session ? session.start + share * (session.end - session.start) : fallback;
    latest = Math.max(latest, time);
    return latest;
  };
}

/** Steps and seconds of the sessions whose end was written; undefined where there are none. */
export function pace(folder: string): { steps: number; seconds: number } | undefined {
  const whole = sessionsOf(folder, 0, 0).filter((s) => s.whole);
  const steps = whole.reduce((sum, s) => sum + s.to - s.from, 0);
  const seconds = whole.reduce((sum, s) => sum + s.end - s.start, 0);
  return steps > 0 && seconds > 0 ? { steps, seconds } : undefined;
}
