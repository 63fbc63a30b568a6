// Data, actions and forms of pages. Data is fetched on first use, on request, and when the server comes back; late responses never replace
// newer ones. Actions run one at a time and keep their failure until the next try.

import { useCallback, useEffect, useRef, useState } from 'preact/hooks';
import { type Failure, failureOf, get } from './api.ts';
import { connection } from './connection.ts';
import { useObservable } from './observable.ts';

export interface Data<T> {
  /** Undefined until the first response; stays during a new fetch. */
  value: T | undefined;
  failure: Failure | undefined;
  again(): void;
  set(value: T): void;
}

/** @param path of the API without /api; null: fetch nothing yet */
export function useData<T>(path: string | null): Data<T> {
  const { generation } = useObservable(connection);
  const [asked, ask] = useState(0);
  const [state, show] = useState<{ path: string | null; value?: T; failure?: Failure }>({ path });
  // Dependencies: asked and generation are reasons to fetch
  useEffect(() => {
    if (path === null) return;
    const controller = new AbortController();
    get<T>(path, controller.signal).then(
      (value) => controller.signal.aborted || show({ path, value }),
      (error) =>
        controller.signal.aborted ||
        show((before) => ({ ...(before.path === path ? before : { path }), failure: failureOf(error) })),
    );
    return () => controller.abort();
  }, [path, asked, generation]);
  const again = useCallback(() => ask((n) => n + 1), []);
  const set = useCallback((value: T) => show({ path, value }), [path]);
  const isCurrent = state.path === path;
  return { value: isCurrent ? state.value : undefined, failure: isCurrent ? state.failure : undefined, again, set };
}

export interface Action<A extends unknown[]> {
  run(...given: A): Promise<void>;
  busy: boolean;
  /** The last run succeeded. */
  done: boolean;
  failure: Failure | undefined;
}

/** An action that can fail. `run` never rejects, and does nothing while the action is running. */
export function useAction<A extends unknown[]>(work: (...given: A) => Promise<unknown>): Action<A> {
  const [busy, setBusy] = useState(false);
  const [done, setDone] = useState(false);
  const [failure, fail] = useState<Failure>();
  const latest = useRef(work);
  latest.current = work;
  const going = useRef(false);
  const run = useCallback(async (...given: A) => {
    if (going.current) return;
    going.current = true;
    setBusy(true);
    setDone(false);
    fail(undefined);
    try {
      await latest.current(...given);
      setDone(true);
    } catch (error) {
      if ((error as Error).name !== 'AbortError') fail(failureOf(error));
    } finally {
      going.current = false;
      setBusy(false);
    }
  }, []);
  return { run, busy, done, failure };
}

/** An action that can be stopped. It is stopped too when its component goes. */
export function useStoppableAction<A extends unknown[]>(
  work: (signal: AbortSignal, ...given: A) => Promise<unknown>,
): Action<A> & { stop(): void } {
  const controller = useRef<AbortController | undefined>(undefined);
  const stop = useCallback(() => controller.current?.abort(), []);
  useEffect(() => stop, []);
  const action = useAction((...given: A) => {
    controller.current = new AbortController();
    return work(controller.current.signal, ...given);
  });
  return { ...action, stop };
}

/** The values of a form's fields. `field` binds one of them to its input. */
export function useFields<T extends Record<string, string>>(initial: T) {
  const [values, show] = useState(initial);
  const field = <K extends keyof T>(name: K) => ({
    value: values[name],
    onValue: (value: T[K]) => show((before) => ({ ...before, [name]: value })),
  });
  return { values, field };
}

/** Throttles `work` to once every `wait` milliseconds; the last call is never lost. */
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

/** The last defined value, while the next one loads. */
export function useLastValue<T>(value: T | undefined): T | undefined {
  const last = useRef(value);
  if (value !== undefined) last.current = value;
  return last.current;
}
