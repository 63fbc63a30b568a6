// Waits of tests are far longer than any wait takes, so that none fails on a machine that is ten times slower. Before each file.

import { vi } from 'vitest';

const PATIENCE_MS = 60_000;
/** Of the unchanged function, which a process keeps for all its files. */
const patient = Symbol.for('jikji.patient');

type Waiting = typeof vi.waitFor & { [patient]?: true };

if (!(vi.waitFor as Waiting)[patient]) {
  const { waitFor } = vi;
  const longer: Waiting = (callback, options) => {
    const { timeout = 0, interval } = typeof options === 'number' ? { timeout: options } : (options ?? {});
    return waitFor(callback, { timeout: Math.max(timeout, PATIENCE_MS), ...(interval !== undefined && { interval }) });
  };
  longer[patient] = true;
  vi.waitFor = longer;
}
