// What a page shows of the API: fetched when first shown, again when asked or when the server came back, never older than what was
// asked last. And deeds: one at a time, their failure kept until the next try.

import { useCallback, useEffect, useRef, useState } from 'preact/hooks';
import { type Failure, failureOf, get } from './api.ts';
import { connection } from './connection.ts';
import { useObservable } from './observable.ts';

export interface Data<T> {
  /** Undefined while there is nothing yet. What is here stays while it is fetched again. */
  value: T | undefined;
  failure: Failure | undefined;
  again(): void;
  set(value: T): void;
}

/** @param path of the API without /api; null: nothing yet */
export function useData<T>(path: string | null): Data<T> {
  const { generation } = useObservable(connection);
  const [asked, ask] = useState(0);
  const [state, show] = useState<{ path: string | null; value?: T; failure?: Failure }>({ path });
  // Dependencies: asked and generation are reasons to fetch
  useEffect(() => {
    if (path === null) return;
    const given = new AbortController();
    get<T>(path, given.signal).then(
      (value) => given.signal.aborted || show({ path, value }),
      (error) =>
        given.signal.aborted ||
        show((before) => ({ ...(before.path === path ? before : { path }), failure: failureOf(error) })),
    );
    return () => given.abort();
  }, [path, asked, generation]);
  const again = useCallback(() => ask((n) => n + 1), []);
  const set = useCallback((value: T) => show({ path, value }), [path]);
  const own = state.path === path;
  return { value: own ? state.value : undefined, failure: own ? state.failure : undefined, again, set };
}

export interface Action<A extends unknown[]> {
  run(...given: A): Promise<boolean>;
  busy: boolean;
  failure: Failure | undefined;
  clear(): void;
}

/** A deed that can fail. `run` says whether it was done; while one is under way another is not begun. */
export function useAction<A extends unknown[]>(work: (...given: A) => Promise<unknown>): Action<A> {
  const [busy, setBusy] = useState(false);
  const [failure, fail] = useState<Failure>();
  const latest = useRef(work);
  latest.current = work;
  const going = useRef(false);
  const run = useCallback(async (...given: A) => {
    if (going.current) return false;
    going.current = true;
    setBusy(true);
    fail(undefined);
    try {
      await latest.current(...given);
      return true;
    } catch (error) {
      if ((error as Error).name !== 'AbortError') fail(failureOf(error));
      return false;
    } finally {
      going.current = false;
      setBusy(false);
    }
  }, []);
  const clear = useCallback(() => fail(undefined), []);
  return { run, busy, failure, clear };
}

/** Calls `work` no more often than every `wait` milliseconds, the last time after the last call. */
export function useThrottled(work: () => void, wait: number): () => void {
  const latest = useRef(work);
  latest.current = work;
  const timer = useRef<ReturnType<typeof setTimeout> | undefined>(undefined);
  useEffect(() => () => clearTimeout(timer.current), []);
  return useCallback(() => {
    timer.current ??= setTimeout(() => {
      timer.current = undefined;
      latest.current();
    }, wait);
  }, [wait]);
}

/** What was there last, while the next is on its way. */
export function useLastValue<T>(value: T | undefined): T | undefined {
  const last = useRef(value);
  if (value !== undefined) last.current = value;
  return last.current;
}
