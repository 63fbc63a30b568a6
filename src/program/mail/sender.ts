// Sends what is due in the outbox, one notice after another. Several processes may do so at once: each notice is held by one of them.

import type { AttemptEnd, Notice, Store } from '../database/index.ts';
import { type Delivery, TAKE_OVER_MS } from './smtp.ts';

interface SenderOptions {
  store: Store;
  deliver(notice: Notice, signal?: AbortSignal): Promise<Delivery>;
  /** Whether its recipient may still get a notice. */
  mayGo(notice: Notice): Promise<boolean>;
  now(): Date;
  signal?: AbortSignal;
}

const MINUTE_MS = 60_000;
/** Pauses after failed attempts; after the last one a notice has failed. */
const PAUSES_MS = [1, 5, 15, 60, 240, 720, 1440].map((minutes) => minutes * MINUTE_MS);
/** Tries to write down that a notice was accepted, while the database is away. */
const RECORD_PAUSE_MS = 1000;

/**
 * Sends all notices that are due. `rests`: the mail server refuses or does not answer, so the next one should wait.
 * @throws what a store throws; an attempt whose end could not be written down counts as interrupted
 */
export async function sendDue(options: SenderOptions): Promise<{ sent: number; rests: boolean }> {
  const { store, now, signal } = options;
  let sent = 0;
  while (!signal?.aborted) {
    const notice = await store.outbox.take(now(), TAKE_OVER_MS);
    if (!notice) break;
    const { end, rests } = await attempt(notice, options).catch(async (error: unknown) => {
      // A bug, or a database that went away. It is not known whether anything was sent.
      await record(notice, later(notice, 'connection', true, now()), options);
      throw error;
    });
    await record(notice, end, options);
    if (end.status === 'sent') sent++;
    if (rests) return { sent, rests };
  }
  return { sent, rests: false };
}

async function attempt(
  notice: Notice,
  { deliver, mayGo, now, signal }: SenderOptions,
): Promise<{ end: AttemptEnd; rests: boolean }> {
  if (notice.until !== null && notice.until <= now()) return over('expired');
  if (!(await mayGo(notice))) return over('withdrawn');
  const delivery = await deliver(notice, signal);
  if (delivery.how === 'accepted') return { end: { status: 'sent' }, rests: false };
  if (delivery.how === 'refused') return over(delivery.error);
  const { error, uncertain, ofServer: rests } = delivery;
  return { end: later(notice, error, uncertain, now()), rests };
}

const over = (error: string) => ({ end: { status: 'failed' as const, error }, rests: false });

/** Waits for the next attempt, if there is one. */
function later({ attempts }: Notice, error: string, uncertain: boolean, now: Date): AttemptEnd {
  const pause = PAUSES_MS[attempts - 1];
  if (pause === undefined) return { status: 'failed', error };
  return { status: 'waiting', error, uncertain, dueAt: new Date(now.getTime() + pause) };
}

/** Writes down how an attempt ended; while the database is away, again and again, as nobody else knows it. */
async function record(notice: Notice, end: AttemptEnd, { store, now, signal }: SenderOptions): Promise<void> {
  for (;;) {
    try {
      await store.outbox.end(notice, end, now());
      return;
    } catch (error) {
      if (signal?.aborted) throw error;
      await new Promise((resolve) => setTimeout(resolve, RECORD_PAUSE_MS));
    }
  }
}
