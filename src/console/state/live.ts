// Watches a stream of server-sent events while a component is shown. The browser connects again by itself and asks for what it missed;
// where it has given up, a new stream begins after the last event that came.

import { useEffect, useRef } from 'preact/hooks';
import { connection, markUnanswered } from './connection.ts';
import { useObservable } from './observable.ts';

/** Milliseconds before a stream that was refused is asked for again. */
const RETRY_MS = 3000;

/**
 * `path` null: nothing is watched. `after`: the last event known when the page began to watch, asked of the server as `?after=`.
 * `on` gets the event's name and its data; `open`, with none, where a stream began that cannot say what was before it.
 */
export function useLive(
  path: string | null,
  names: readonly string[],
  on: (name: string, data: unknown) => void,
  after?: number,
): void {
  const { generation } = useObservable(connection);
  const handler = useRef(on);
  handler.current = on;
  const start = useRef(after);
  start.current = after;
  const last = useRef<{ path: string | null; id: string } | undefined>(undefined);
  // Dependencies: a new stream only for another path, or when the server came back
  useEffect(() => {
    if (path === null) return;
    let source: EventSource;
    let timer: ReturnType<typeof setTimeout> | undefined;
    const open = () => {
      const from = last.current?.path === path ? last.current.id : start.current?.toString();
      source = new EventSource(`/api${path}${from === undefined ? '' : `?after=${encodeURIComponent(from)}`}`);
      for (const name of names)
        source.addEventListener(name, (event: MessageEvent<string>) => {
          if (event.lastEventId !== '') last.current = { path, id: event.lastEventId };
          handler.current(name, JSON.parse(event.data));
        });
      source.onopen = () => {
        if (from === undefined && last.current?.path !== path) handler.current('open', null);
      };
      source.onerror = () => {
        void probe();
        if (source.readyState === EventSource.CLOSED) timer = setTimeout(open, RETRY_MS);
      };
    };
    open();
    return () => {
      clearTimeout(timer);
      source.close();
    };
  }, [path, generation]);
}

/** A stream that ends is no proof that the server is gone; a question that nobody answers is. */
async function probe(): Promise<void> {
  try {
    if ((await fetch('/api/me', { cache: 'no-store' })).status < 502) return;
  } catch {
    // nobody
  }
  markUnanswered();
}
