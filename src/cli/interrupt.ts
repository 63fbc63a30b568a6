// Ctrl-C: the first asks the work to stop at a safe point, the second exits at once.

import { JikjiError } from '../base/index.ts';

/** A scheduler sends SIGUSR2 when the time limit is near: srun passes it on, whereas SIGTERM would end the whole step. */
export const SIGNALS = ['SIGINT', 'SIGTERM', 'SIGHUP', 'SIGUSR2'] as const;

/**
 * Runs `work` with a signal that the first Ctrl-C (or SIGTERM, SIGHUP, SIGUSR2) aborts; `onFirst` runs then, to tell the user.
 * @throws JikjiError `interrupted` where the work stopped without an error of its own, and what the work throws
 */
export async function interruptible<T>(work: (signal: AbortSignal) => Promise<T>, onFirst = () => {}): Promise<T> {
  const controller = new AbortController();
  const stop = () => {
    if (controller.signal.aborted) process.exit(130);
    controller.abort();
    onFirst();
  };
  for (const signal of SIGNALS) process.on(signal, stop);
  try {
    return await work(controller.signal);
  } catch (error) {
    const isOurs = controller.signal.aborted && error instanceof Error && error.name === 'AbortError';
    if (!isOurs) throw error;
    throw new JikjiError('interrupted', 'the work was stopped', 'this call', 'start it again', { cause: error });
  } finally {
    for (const signal of SIGNALS) process.off(signal, stop);
  }
}

/** Waits for Ctrl-C (or another signal), and then closes a server. */
export async function serveUntilInterrupted(server: { close(): Promise<void> }, onFirst: () => void): Promise<void> {
  try {
    await interruptible(
      (signal) => new Promise<void>((resolve) => signal.addEventListener('abort', () => resolve())),
      onFirst,
    );
  } finally {
    await server.close();
  }
}
