// Server-sent events: what happens, as it happens, with numbers by which a reader that was cut off goes on without a gap.

import type { Context as Request } from 'hono';
import { streamSSE } from 'hono/streaming';
import { JikjiError } from '../../base/index.ts';
import type { Env } from './context.ts';

export interface Event {
  event: string;
  data: unknown;
  /** What a reader sends back as Last-Event-ID. */
  id?: string;
}

/** So that a reader, and what lies between, notices a connection that is dead. */
const BEAT_MS = 15_000;
/** When a reader whose stream failed is to ask again. */
const AGAIN_MS = 30_000;

/** Sends what `events` yields until it ends or the reader is gone. */
export function sent(
  c: Request<Env>,
  ending: AbortSignal,
  events: (signal: AbortSignal) => AsyncIterable<Event>,
): Response {
  const gone = new AbortController();
  const signal = AbortSignal.any([ending, gone.signal]);
  return streamSSE(c, async (stream) => {
    stream.onAbort(() => gone.abort());
    await stream.write('retry: 1000\n\n');
    const beat = setInterval(() => void stream.write(': \n\n').catch(() => gone.abort()), BEAT_MS);
    try {
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
    }
  });
}

const failureOf = (error: unknown) => {
  if (!(error instanceof JikjiError)) console.error(error);
  const { code, message, input, hint } =
    error instanceof JikjiError
      ? error
      : {
          code: 'bug',
          message: 'something went wrong in the server',
          input: '',
          hint: 'its log says what; please report it',
        };
  return { error: { code, message, input, hint } };
};

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
