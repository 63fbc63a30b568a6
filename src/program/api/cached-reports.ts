// A cache of outcomes and reports of stages: thousands of draws are too slow to repeat for each request. A cached value is valid as long
// as the part of the log that it depends on does not change.

import type { StageReport } from '../decision/index.ts';
import { outcomeOf, reportOf } from '../office/index.ts';
import type { Programme } from '../programme/index.ts';
import type { Tables } from '../state/index.ts';

interface Kept {
  mark: string;
  value: Promise<unknown>;
}

/** By kind of value and stage. When the log is read again it has new tables, and the values of the old tables are collected with them. */
const kept = new WeakMap<Tables, Map<string, Kept>>();

/**
 * The cache key for all that can change a value. While the stage is open, any entry can; afterwards its decision, appeals, audits signed
 * by others, and names can.
 */
function markOf({ tables, head }: Programme, stage: string | null): string {
  const row = stage === null ? undefined : tables.get('stages', stage);
  if (stage === null || row === undefined || row.status === 'open') return head.link;
  const appeals = tables.of('appeals', 'stage', stage).map(({ id, outcome }) => [id, outcome]);
  const names = row.consortia.map((team) => tables.get('consortia', team)?.name);
  const programmes = tables.all('programmes').map(({ name }) => name);
  let audits = 0;
  for (const { id } of tables.of('submissions', 'stage', stage))
    audits += tables.of('auditReports', 'submission', id).length;
  return JSON.stringify([row.status, appeals, row.title, names, programmes, audits]);
}

/** A computation blocks the thread, so it is followed by a pause for other requests: this many times as long as the computation. */
const REST = 3;
let restsUntil = 0;

/** Runs `work` after the pause of the computation before it. */
export async function takeTurn<T>(work: () => T): Promise<T> {
  for (let rest = restsUntil - performance.now(); rest > 0; rest = restsUntil - performance.now())
    await new Promise((resolve) => setTimeout(resolve, rest));
  const begun = performance.now();
  try {
    return work();
  } finally {
    restSince(begun);
  }
}

function restSince(begun: number): void {
  const ended = performance.now();
  restsUntil = ended + REST * (ended - begun);
}

/**
 * The cached result of `work` for a stage, or for the whole log (null). Requests that come while it is computed wait for the same result.
 */
export async function cached<T>(
  programme: Programme,
  stage: string | null,
  what: string,
  work: () => Promise<T>,
): Promise<T> {
  const name = `${what} ${stage ?? ''}`;
  for (;;) {
    const { tables } = programme;
    const ofTables = kept.get(tables) ?? new Map<string, Kept>();
    kept.set(tables, ofTables);
    const mark = markOf(programme, stage);
    const before = ofTables.get(name);
    if (before?.mark === mark) return before.value as Promise<T>;
    const rest = restsUntil - performance.now();
    if (rest > 0) {
      await new Promise((resolve) => setTimeout(resolve, rest));
      continue; // another request may have computed it, or the log may have grown
    }
    const begun = performance.now();
    const value = work().finally(() => restSince(begun));
    ofTables.set(name, { mark, value });
    value.catch(() => {
      if (ofTables.get(name)?.value === value) ofTables.delete(name); // the next try may succeed
    });
    return value;
  }
}

/** @throws JikjiError `stage-unknown` */
export async function cachedReport(programme: Programme, stage: string): Promise<StageReport> {
  const report = await cached(programme, stage, 'report', () => reportOf(programme, stage));
  return { ...report, log: { ...report.log, ...programme.head } };
}

/** @throws JikjiError `stage-unknown` */
export const cachedOutcome = (programme: Programme, stage: string): ReturnType<typeof outcomeOf> =>
  cached(programme, stage, 'outcome', () => outcomeOf(programme, stage));
