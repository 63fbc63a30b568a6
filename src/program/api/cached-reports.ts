// What a stage comes to, worked out once for each state of the log that it depends on: thousands of draws are too much for everybody
// who looks.

import type { StageReport } from '../decision/index.ts';
import { outcomeOf, reportOf } from '../office/index.ts';
import type { Programme } from '../programme/index.ts';
import type { Tables } from '../state/index.ts';

interface Kept {
  mark: string;
  value: Promise<unknown>;
}

/** By stage and what was worked out. Tables that were read anew are others: what was worked out from the old ones goes with them. */
const kept = new WeakMap<Tables, Map<string, Kept>>();

/**
 * What can change the outcome of a stage: while it is open any entry, afterwards its decision, appeals, audits that others sign, and
 * how what is in it is called.
 */
function markOf({ tables, head }: Programme, stage: string | null): string {
  const row = stage === null ? undefined : tables.get('stages', stage);
  if (stage === null || row === undefined || row.status === 'open') return head.link;
  const appeals = [...tables.of('appeals', 'stage', stage)].map(({ id, outcome }) => [id, outcome]);
  const names = row.consortia.map((team) => tables.get('consortia', team)?.name);
  const programmes = [...tables.all('programmes')].map(({ name }) => name);
  let audits = 0;
  for (const { id } of tables.of('submissions', 'stage', stage))
    audits += [...tables.of('auditReports', 'submission', id)].length;
  return JSON.stringify([row.status, appeals, row.title, names, programmes, audits]);
}

/** Nobody else is answered while a stage is worked out: after it the thread is theirs for so many times as long. */
const REST = 3;
let restsUntil = 0;

/** When it is this one's turn: all that the server works out for those who look takes turns with the rest of its work. */
export async function inTurn<T>(work: () => T): Promise<T> {
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
 * `work`, where it was not done for this state of the log, of a stage or (null) as a whole; those who ask meanwhile wait for the same.
 */
export async function once<T>(
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
      continue; // others may have had it worked out, or there is more in the log
    }
    const begun = performance.now();
    const value = work().finally(() => restSince(begun));
    ofTables.set(name, { mark, value });
    value.catch(() => {
      if (ofTables.get(name)?.value === value) ofTables.delete(name); // it may succeed later
    });
    return value;
  }
}

/** @throws JikjiError `stage-unknown` */
export async function reportNow(programme: Programme, stage: string): Promise<StageReport> {
  const report = await once(programme, stage, 'report', () => reportOf(programme, stage));
  return { ...report, log: { ...report.log, ...programme.head } };
}

/** @throws JikjiError `stage-unknown` */
export const outcomeNow = (programme: Programme, stage: string): ReturnType<typeof outcomeOf> =>
  once(programme, stage, 'outcome', () => outcomeOf(programme, stage));
