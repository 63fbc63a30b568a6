// Server-sent events: what happens, as it happens, with numbers by which a reader that was cut off goes on without a gap.

import type { Context as Request } from 'hono';
import { streamSSE } from 'hono/streaming';
import { JikjiError } from '../../base/index.ts';
import type { Env } from './context.ts';
import { failureOf } from './errors.ts';

export interface Event {
  event: string;
  data: unknown;
  /** What a reader sends back as Last-Event-ID. */
  id?: string;
}

/** So that a reader, and what lies between, notices a connection that is dead; and he who was blocked is told no more. */
const BEAT_MS = 15_000;
/** Streams that are open at once, of all readers and of one address, which may stand for a whole office. */
const MAX_OPEN = 2000;
const MAX_FROM_ONE = 500;
/** When a reader whose stream failed is to ask again. */
const AGAIN_MS = 30_000;

/** Of this process, by address. */
const open = new Map<string, number>();

/** One stream more of an address; what gives its place back. @throws JikjiError `too-many` */
function place(from: string): () => void {
  const count = open.get(from) ?? 0;
  const all = [...open.values()].reduce((sum, n) => sum + n, 0);
  if (count >= MAX_FROM_ONE || all >= MAX_OPEN) {
    const error = new JikjiError('too-many', 'too many pages are open now', 'events', 'close some of them');
    throw Object.assign(error, { retryAfter: AGAIN_MS / 1000 });
  }
  open.set(from, count + 1);
  return () => {
    const left = open.get(from)! - 1;
    if (left > 0) open.set(from, left);
    else open.delete(from);
  };
}

/**
 * Sends what `events` yields until it ends, the reader is gone, or he is not who he was.
 * @throws JikjiError `too-many`
 */
export function sent(
  c: Request<Env>,
  ending: AbortSignal,
  events: (signal: AbortSignal) => AsyncIterable<Event>,
): Response {
  // Nobody would read it, and nobody hang up.
  if (c.req.method === 'HEAD') return c.body(null, 200, { 'Content-Type': 'text/event-stream' });
  const giveBack = place(c.get('from'));
  const gone = new AbortController();
  const signal = AbortSignal.any([ending, gone.signal]);
  return streamSSE(c, async (stream) => {
    stream.onAbort(() => gone.abort());
    const beat = setInterval(async () => {
      void stream.write(': \n\n');
      if (
        !(await c
          .get('remains')()
          .catch(() => true))
      )
        gone.abort();
    }, BEAT_MS);
    try {
      await stream.write('retry: 1000\n\n');
      for await (const { event, data, id } of events(signal)) {
        if (signal.aborted) break;
        await stream.writeSSE({ event, data: JSON.stringify(data), ...(id !== undefined && { id }) });
      }
    } catch (error) {
      // A browser would ask again at once, and again.
      if (!signal.aborted)
        await stream.writeSSE({ event: 'failure', data: JSON.stringify(failureOf(error)), retry: AGAIN_MS });
    } finally {
      clearInterval(beat);
      gone.abort();
      giveBack();
    }
  });
}

/** The number after which a reader wants to go on: what he saw last, or what he asks for. */
export function lastSeen(c: Request<Env>, asked: number | undefined): number | undefined {
  const header = c.req.header('last-event-id');
  return header !== undefined && /^\d{1,15}$/.test(header) ? Number(header) : asked;
}

/** Text as a model writes it: `piece` events, then `done` with the whole. */
export function written<T>(
  c: Request<Env>,
  write: (onText: (piece: string) => void, signal: AbortSignal) => Promise<T>,
): Response {
  return sent(c, new AbortController().signal, async function* (signal) {
    const pieces: string[] = [];
    let wake = () => {};
    let done = false;
    const whole = write((piece) => {
      pieces.push(piece);
      wake();
    }, signal).finally(() => {
      done = true;
      wake();
    });
    whole.catch(() => {}); // it is thrown below
    for (;;) {
      const text = pieces.splice(0).join('');
      if (text) yield { event: 'piece', data: { text } };
      else if (done) break;
      else
        await new Promise<void>((resolve) => {
          wake = resolve;
          if (done || pieces.length > 0) resolve();
        });
    }
    yield { event: 'done', data: await whole };
  });
}
