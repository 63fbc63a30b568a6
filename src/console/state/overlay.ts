// The curves of selected runs, fetched some at a time. A run that goes on is fetched again; what is drawn always belongs to one query, so that axis
// and curves fit together.

import { useCallback, useEffect, useRef, useState } from 'preact/hooks';
import type { OverlaidCurve, RunRow } from '../types.ts';
import { type Failure, failureOf, get } from './api.ts';
import { connection } from './connection.ts';
import { useObservable } from './observable.ts';
import type { RunView } from './run-view.ts';

/** Points of a curve. */
const POINTS = 300;
/** Runs in one request: the curves of the first ones appear while the others are read. */
const AT_A_TIME = 10;

/** How curves are drawn. */
export type Drawing = Pick<RunView, 'measure' | 'axis' | 'weight' | 'range'>;

export interface Overlay {
  drawing: Drawing;
  curves: ReadonlyMap<string, OverlaidCurve>;
}

interface Fetched {
  key: string;
  drawing: Drawing;
  curves: ReadonlyMap<string, OverlaidCurve>;
  versions: ReadonlyMap<string, string>;
}

const keyOf = ({ measure, axis, weight, range }: Drawing): string => JSON.stringify([measure, axis, weight, range]);
/** Changes when a run has a new curve. */
const versionOf = ({ state, stepsDone, valBitsPerByte }: RunRow): string => `${state} ${stepsDone} ${valBitsPerByte}`;

function pathOfCurves(ids: readonly string[], { measure, axis, weight, range }: Drawing): string {
  const query = new URLSearchParams({ measure, axis, weight: String(weight), points: String(POINTS) });
  if (range) for (const [name, value] of Object.entries(range)) query.set(name, String(value));
  return `/run-curves?runs=${ids.join(',')}&${query}`;
}

/** @returns the newest curves; of the query before while the first of a new one are awaited */
export function useOverlay(runs: readonly RunRow[], drawing: Drawing) {
  const { generation } = useObservable(connection);
  const [fetched, show] = useState<Fetched>();
  const [failure, fail] = useState<Failure>();
  const [asked, ask] = useState(0);
  const going = useRef<{ key: string; ids: Set<string>; controller: AbortController } | undefined>(undefined);
  const key = keyOf(drawing);
  const versions = new Map(runs.map((run) => [run.id, versionOf(run)]));
  const state = [...versions].join('\n');
  // Dependencies: a change of the runs, the server's return, another try and the end of a fetch are reasons to look again
  useEffect(() => {
    const known = fetched?.key === key ? fetched.versions : new Map<string, string>();
    const needed = [...versions].filter(([id, version]) => known.get(id) !== version).map(([id]) => id);
    const { current } = going;
    // A fetch goes on while its runs grow: it would never end otherwise.
    if (current?.key === key && needed.every((id) => current.ids.has(id))) return;
    current?.controller.abort();
    going.current = undefined;
    if (needed.length === 0) return;
    const controller = new AbortController();
    going.current = { key, ids: new Set(needed), controller };
    fetchAll(needed, drawing, controller.signal, (curves) =>
      show((before) => merged(before?.key === key ? before : { key, drawing, ...NONE }, curves, versions)),
    ).then(
      () => {
        if (controller.signal.aborted) return;
        going.current = undefined;
        fail(undefined);
        ask((n) => n + 1);
      },
      (error) => {
        if (controller.signal.aborted) return;
        going.current = undefined;
        fail(failureOf(error));
      },
    );
  }, [key, state, asked, generation]);
  useEffect(() => () => going.current?.controller.abort(), []);
  const again = useCallback(() => ask((n) => n + 1), []);
  return { overlay: fetched, failure, again };
}

const NONE = { curves: new Map<string, OverlaidCurve>(), versions: new Map<string, string>() };

async function fetchAll(
  ids: readonly string[],
  drawing: Drawing,
  signal: AbortSignal,
  take: (curves: { ids: readonly string[]; found: OverlaidCurve[] }) => void,
): Promise<void> {
  for (let at = 0; at < ids.length; at += AT_A_TIME) {
    const some = ids.slice(at, at + AT_A_TIME);
    const found = await get<OverlaidCurve[]>(pathOfCurves(some, drawing), signal);
    if (signal.aborted) return;
    take({ ids: some, found });
  }
}

function merged(
  before: Fetched,
  { ids, found }: { ids: readonly string[]; found: OverlaidCurve[] },
  versions: ReadonlyMap<string, string>,
): Fetched {
  const curves = new Map(before.curves);
  const known = new Map(before.versions);
  for (const id of ids) {
    curves.delete(id);
    known.set(id, versions.get(id) ?? '');
  }
  for (const curve of found) curves.set(curve.id, curve);
  return { ...before, curves, versions: known };
}
