// The audits of a run on this server: the one that runs, as it goes on, and the latest result. Several viewers see the same.

import type { Audit, RunAudits } from '../types.ts';
import { call, post } from './api.ts';
import { type Action, useAction, useData } from './data.ts';
import { useLive } from './live.ts';

export interface KnownAudits {
  /** Undefined until the first answer. */
  known: RunAudits | undefined;
  start: Action<[object]>;
  stop: Action<[]>;
}

const pathOfAudit = ({ id }: Audit): string => `/audits/${encodeURIComponent(id)}`;

/** What is known after `audit` has come. */
const after = (audit: Audit, before: RunAudits | undefined): RunAudits => ({
  running: audit.state === 'running' ? audit : null,
  failed: audit.state === 'failed' ? audit : null,
  last: audit.state === 'done' ? { audit, current: true } : (before?.last ?? null),
  results: before?.results ?? [],
});

/** Whether an audit of the run as it is built its texts again from their sources, and none refutes it. */
export function areTextsBuilt({ known }: KnownAudits): boolean {
  const results = known?.results ?? [];
  return results.some(({ fromSources }) => fromSources) && !results.some(({ verdict }) => verdict === 'refuted');
}

/** @param path the API path of the run */
export function useRunAudits(path: string): KnownAudits {
  const data = useData<RunAudits>(`${path}/audits`);
  const running = data.value?.running ?? null;
  const take = (audit: Audit): void => data.set(after(audit, data.value));
  useLive(running && `${pathOfAudit(running)}/events`, ['audit'], (name, given) => {
    if (name !== 'audit') return data.again();
    const audit = given as Audit;
    take(audit);
    if (audit.state !== 'running') data.again(); // which result stands, the server knows
  });
  const start = useAction(async (asked: object) => take(await post<Audit>(`${path}/audits`, asked)));
  const stop = useAction(async () => {
    if (running) take(await call<Audit>('DELETE', pathOfAudit(running)));
  });
  return { known: data.value, start, stop };
}
