// Whether the server answers. When it does not, asks again and again by itself; when it does again, everything shown is fetched anew.

import { observable } from './observable.ts';

export const connection = observable({
  gone: false,
  /** Grows each time the server comes back: what was shown before may be old. */
  generation: 0,
});

/** Milliseconds before the first question, and at most between two. */
const SOON = 1000;
const LATE = 8000;
let timer: ReturnType<typeof setTimeout> | undefined;

export function answered(): void {
  const { gone, generation } = connection.value;
  if (!gone) return;
  clearTimeout(timer);
  timer = undefined;
  connection.set({ gone: false, generation: generation + 1 });
}

export function unanswered(): void {
  if (!connection.value.gone) connection.set({ ...connection.value, gone: true });
  if (timer === undefined) knock(SOON);
}

function knock(wait: number): void {
  timer = setTimeout(async () => {
    try {
      const response = await fetch('/api/me', { cache: 'no-store' });
      if (response.status < 502) return answered();
    } catch {
      // still nobody
    }
    if (connection.value.gone) knock(Math.min(LATE, wait * 1.6));
  }, wait);
}

/** For the impatient. */
export function knockNow(): void {
  if (!connection.value.gone) return;
  clearTimeout(timer);
  knock(0);
}
