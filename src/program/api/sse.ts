// Server-sent events. Events have ids, so that a client that reconnects continues without a gap.

import type { Context as Request } from 'hono';
import { streamSSE } from 'hono/streaming';
import type { Env } from './context.ts';
import { failureBody } from './errors.ts';
import { Places } from './places.ts';
import { streamsFull } from './refusals/requests.ts';

export interface Event {
  event: string;
  data: unknown;
  /** The client sends it back as Last-Event-ID. */
  id?: string;
}

/** Delay before a client whose stream failed reconnects. */
const AGAIN_MS = 30_000;
const places = new Places({ all: 2000, public: 1000, fromNetwork: 200, ofUser: 100 }, () =>
  Object.assign(streamsFull('events'), { retryAfter: AGAIN_MS / 1000 }),
);

/** At each beat a comment is sent, so that clients and proxies notice a dead connection; and the log-in is checked again. */
const BEAT_MS = 15_000;
/** A stream without a log-in ends after this time without an event: whoever still looks reconnects, and others get a turn. */
const IDLE_MS = 600_000;

/**
 * Aborts `gone` when the log-in of a request is no longer valid, or has another role: at once where this process changed that, at the next
 * beat where another one did. Returns a function that stops watching.
 */
export function watchLogIn(c: Request<Env>, gone: AbortController): () => void {
  const check = async (): Promise<void> => {
    const remains = await c
      .get('remains')()
      .catch(() => true);
    if (!remains) gone.abort();
  };
  const timer = setInterval(() => void check(), BEAT_MS);
  const unwatch = c.get('watch')(() => void check());
  return () => {
    clearInterval(timer);
    unwatch();
  };
}

/**
 * Sends what `events` yields until it ends, the client disconnects, or the log-in is no longer valid.
 * @throws JikjiError `too-many`
 */
export function streamEvents(
  c: Request<Env>,
  ending: AbortSignal,
  events: (signal: AbortSignal) => AsyncIterable<Event>,
): Response {
  // A HEAD request has no reader, so the stream would never end.
  if (c.req.method === 'HEAD') return c.body(null, 200, { 'Content-Type': 'text/event-stream' });
  const { user } = c.get('viewer');
  const release = places.take(user, c.get('from'));
  const gone = new AbortController();
  let idle: NodeJS.Timeout | undefined;
  const waitForEvent = (): void => {
    clearTimeout(idle);
    if (user === null) idle = setTimeout(() => gone.abort(), IDLE_MS);
  };
  const signal = AbortSignal.any([ending, gone.signal]);
  return streamSSE(c, async (stream) => {
    stream.onAbort(() => gone.abort());
    const beat = setInterval(() => void stream.write(': \n\n'), BEAT_MS);
    const unwatch = watchLogIn(c, gone);
    try {
      await stream.write('retry: 1000\n\n');
      waitForEvent();
      for await (const { event, data, id } of events(signal)) {
        if (signal.aborted) break;
        waitForEvent();
        await stream.writeSSE({ event, data: JSON.stringify(data), ...(id !== undefined && { id }) });
      }
    } catch (error) {
      // Without `retry` a browser would reconnect at once, again and again.
      if (!signal.aborted)
        await stream.writeSSE({ event: 'failure', data: JSON.stringify(failureBody(error)), retry: AGAIN_MS });
    } finally {
      clearInterval(beat);
      clearTimeout(idle);
      unwatch();
      gone.abort();
      release();
    }
  });
}

/** The number after which a client continues: its Last-Event-ID, or else `asked`. */
export function lastEventId(c: Request<Env>, asked: number | undefined): number | undefined {
  const header = c.req.header('last-event-id');
  return header !== undefined && /^\d{1,15}$/.test(header) ? Number(header) : asked;
}

/**
 * Passes on a model's answer, a stream as OpenAI's clients read it, as it comes. It takes no place of event streams: models limit their
 * requests themselves. It is stopped when the client disconnects or the log-in is no
 * longer valid. An error before the stream is thrown; one in it is its last event, in the shape of every error of the API. `reword` changes
 * what errors say.
 * @throws as `ask` does
 */
export async function streamAnswer(
  c: Request<Env>,
  ask: (signal: AbortSignal) => Promise<Response>,
  reword: (error: unknown) => unknown = (error) => error,
): Promise<Response> {
  const gone = new AbortController();
  const unwatch = watchLogIn(c, gone);
  const end = (): void => {
    unwatch();
    gone.abort();
  };
  let answer: Response;
  try {
    answer = await ask(AbortSignal.any([c.req.raw.signal, gone.signal]));
  } catch (error) {
    end();
    throw reword(error);
  }
  return streamSSE(c, async (stream) => {
    stream.onAbort(() => gone.abort());
    try {
      for await (const piece of answer.body!) await stream.write(piece);
    } catch (error) {
      if (!gone.signal.aborted) await stream.writeSSE({ data: JSON.stringify(failureBody(reword(error))) });
    } finally {
      end();
    }
  });
}
