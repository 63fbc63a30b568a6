// Watches a stream of server-sent events while a component is shown. The browser reconnects by itself and asks for missed events; when
// it gives up, a new stream starts after the last received event.

import { useEffect, useRef } from 'preact/hooks';
import { connection, isAnswering, markUnanswered } from './connection.ts';
import { useConsole } from './context.ts';
import { useObservable } from './observable.ts';

/** Milliseconds before a refused stream is opened again. */
const RETRY_MS = 3000;

/**
 * `path` null: watches nothing. `after`: the id of the last known event, sent as `?after=`. `on` gets the name and data of each event,
 * and `open` with null when a stream starts without a known last event.
 */
export function useLive(
  path: string | null,
  names: readonly string[],
  on: (name: string, data: unknown) => void,
  after?: number,
): void {
  const { generation } = useObservable(connection);
  const { renew } = useConsole();
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
        // A closed stream does not prove that the server is down; a failed request does. It also ends when the viewer's role changes.
        void isAnswering().then((answers) => (answers ? renew() : markUnanswered()));
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
