// Whether the server answers. While it does not, probes it repeatedly; when it is back, everything shown is fetched again.

import { observable } from './observable.ts';

export const connection = observable({
  gone: false,
  /** Grows each time the server comes back: data from before may be old. */
  generation: 0,
});

/** Milliseconds before the first probe, and at most between two. */
const MIN_WAIT_MS = 1000;
const MAX_WAIT_MS = 8000;
let timer: ReturnType<typeof setTimeout> | undefined;

export function markAnswered(): void {
  const { gone, generation } = connection.value;
  if (!gone) return;
  clearTimeout(timer);
  timer = undefined;
  connection.set({ gone: false, generation: generation + 1 });
}

export function markUnanswered(): void {
  if (!connection.value.gone) connection.set({ ...connection.value, gone: true });
  if (timer === undefined) scheduleProbe(MIN_WAIT_MS);
}

/** Whether the server answers now. */
export const isAnswering = (): Promise<boolean> =>
  fetch('/api/me', { cache: 'no-store' }).then(
    ({ status }) => status < 502,
    () => false,
  );

function scheduleProbe(wait: number): void {
  timer = setTimeout(async () => {
    if (await isAnswering()) return markAnswered();
    if (connection.value.gone) scheduleProbe(Math.min(MAX_WAIT_MS, wait * 1.6));
  }, wait);
}

/** Probes at once, for the button of the notice. */
export function probeNow(): void {
  if (!connection.value.gone) return;
  clearTimeout(timer);
  scheduleProbe(0);
}
