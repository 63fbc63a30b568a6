// The times of a run's steps, from its sessions: unverified, good enough for the time axis of a chart.

import { statSync } from 'node:fs';
import { join } from 'node:path';
import { readStatement } from '../ledger/index.ts';
import { GENESIS, TRANSCRIPT } from './paths.ts';
import { readSessions } from './sessions.ts';

interface Span {
  /** Steps done when it began, and when it ended. */
  from: number;
  to: number;
  /** Seconds since 1970. */
  start: number;
  end: number;
  /** Whether its end was written: it was not killed. */
  whole: boolean;
}

const seconds = (time: string | null): number => (time === null ? Number.NaN : Date.parse(time) / 1000);

/** All sessions. A session that was killed ends where the next one continues, or with the transcript. */
function spansOf(folder: string, steps: number, written: number): Span[] {
  const begun = readSessions(folder).flatMap(({ from, start, ...stated }) =>
    from !== null && seconds(start) > 0 ? [{ from, start: seconds(start), stated }] : [],
  );
  const spans = begun.map(({ from, start, stated }, i): Span => {
    const [to, end] = [stated.to, seconds(stated.end)];
    if (to !== null && end >= start) return { from, start, to, end, whole: true };
    const next = begun[i + 1];
    const cut = next ? { to: next.from, end: next.start } : { to: steps, end: Math.max(start, written) };
    return { from, start, ...cut, whole: false };
  });
  return spans.filter(({ from, to }) => to > from);
}

/**
 * Returns a function that maps a step to the time when it was done, in seconds since 1970; call it with ascending steps. Its values never
 * fall. Without sessions every step has the time of the run's genesis, or else of the transcript's file.
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
    // A step that a later session trained again belongs to that session.
    while (at + 1 < spans.length && spans[at + 1]!.from < step) at++;
    const span = spans[at];
    const share = span ? Math.min(1, Math.max(0, (step - span.from) / (span.to - span.from))) : 0;
    const time = span ? span.start + share * (span.end - span.start) : fallback;
    latest = Math.max(latest, time);
    return latest;
  };
}

/**
 * Seconds from the start of the first session to the end of each step from 1 to `steps`; NaN where no session says it: in one that was killed, and
 * where none is recorded. Within a session every step takes equally long. Undefined if nothing is known.
 * @param running whether the last session goes on: it is known up to the last record
 */
export function recordedSeconds(folder: string, steps: number, running: boolean): Float64Array | undefined {
  const written = statSync(join(folder, TRANSCRIPT), { throwIfNoEntry: false })?.mtimeMs ?? 0;
  const spans = spansOf(folder, steps, written / 1000);
  const [first] = spans;
  // A file that lacks the first session does not say when the run began.
  if (first?.from !== 0) return undefined;
  const last = spans.at(-1);
  const seconds = new Float64Array(steps).fill(Number.NaN);
  let latest = 0;
  spans.forEach((span, i) => {
    if (!span.whole && !(running && span === last)) return;
    // A step that a later session trained again belongs to that session.
    const to = Math.min(span.to, steps, spans[i + 1]?.from ?? steps);
    for (let step = span.from + 1; step <= to; step++) {
      const share = (step - span.from) / (span.to - span.from);
      latest = Math.max(latest, span.start + share * (span.end - span.start) - first.start);
      seconds[step - 1] = latest;
    }
  });
  return latest > 0 ? seconds : undefined;
}

/** Steps and seconds of the sessions whose end was written; undefined if there are none. */
export function pace(folder: string): { steps: number; seconds: number } | undefined {
  const whole = spansOf(folder, 0, 0).filter((span) => span.whole);
  const steps = whole.reduce((sum, { from, to }) => sum + to - from, 0);
  const taken = whole.reduce((sum, { start, end }) => sum + end - start, 0);
  return steps > 0 && taken > 0 ? { steps, seconds: taken } : undefined;
}
