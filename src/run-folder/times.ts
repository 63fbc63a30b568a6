// When the steps of a run were taken, as its sessions say: unverified, good enough for the time axis of a chart.

import { readFileSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { readStatement } from '../ledger/index.ts';
import { GENESIS, SESSIONS, TRANSCRIPT } from './paths.ts';
import { parseSessions } from './sessions.ts';

interface Span {
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
const MAX_BYTES = 16 << 20;

const seconds = (time: string | null): number => (time === null ? Number.NaN : Date.parse(time) / 1000);

/** Whole sessions, and those that were killed: they end where the next one goes on, or with the transcript. */
function spansOf(folder: string, steps: number, written: number): Span[] {
  const file = join(folder, SESSIONS);
  let text = '';
  try {
    if (statSync(file).size <= MAX_BYTES) text = readFileSync(file, 'utf8');
  } catch {
    // not there: then there is no session
  }
  const begun = parseSessions(text).flatMap(({ from, start, ...said }) =>
    from !== null && seconds(start) > 0 ? [{ from, start: seconds(start), said }] : [],
  );
  const spans = begun.map(({ from, start, said }, i): Span => {
    const [to, end] = [said.to, seconds(said.end)];
    if (to !== null && end >= start) return { from, start, to, end, whole: true };
    const next = begun[i + 1];
    const cut = next ? { to: next.from, end: next.start } : { to: steps, end: Math.max(start, written) };
    return { from, start, ...cut, whole: false };
  });
  return spans.filter(({ from, to }) => to > from);
}

/**
 * A function from a step to the seconds since 1970 when it was done. Never falls as steps rise. Without sessions every step
 * has the time of the run's genesis, without that the time of the transcript's file.
 */
export function timesOf(folder: string, steps: number): (step: number) => number {
  const written = statSync(join(folder, TRANSCRIPT), { throwIfNoEntry: false })?.mtimeMs ?? 0;
  const spans = spansOf(folder, steps, written / 1000);
  let fallback = written / 1000;
  try {
    fallback = Date.parse(readStatement(join(folder, GENESIS), 'genesis').predicate.circumstances.time) / 1000;
  } catch {
    // a run without a genesis still has curves
  }
  let at = 0;
  let latest = 0;
  return (step) => {
    // Steps that a later session took again are of that session.
    while (at + 1 < spans.length && spans[at + 1]!.from < step) at++;
    const span = spans[at];
    const share = span ? Math.min(1, Math.max(0, (step - span.from) / (span.to - span.from))) : 0;
    const time = span ? span.start + share * (span.end - span.start) : fallback;
    latest = Math.max(latest, time);
    return latest;
  };
}

/** Steps and seconds of the sessions whose end was written; undefined where there are none. */
export function pace(folder: string): { steps: number; seconds: number } | undefined {
  const whole = spansOf(folder, 0, 0).filter((span) => span.whole);
  const steps = whole.reduce((sum, { from, to }) => sum + to - from, 0);
  const taken = whole.reduce((sum, { start, end }) => sum + end - start, 0);
  return steps > 0 && taken > 0 ? { steps, seconds: taken } : undefined;
}
