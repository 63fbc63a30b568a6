// Ctrl-C: the first asks the work to stop at a good place, the second ends it at once.

/** SIGUSR2 is a scheduler's word that the time is nearly over: srun passes it on, where SIGTERM would end it all. */
const SIGNALS = ['SIGINT', 'SIGTERM', 'SIGHUP', 'SIGUSR2'] as const;

/** Runs `work` with a signal that the first Ctrl-C (or SIGTERM, SIGHUP) aborts; `onFirst` says so to the person. */
export async function interruptible<T>(work: (signal: AbortSignal) => Promise<T>, onFirst: () => void): Promise<T> {
  const controller = new AbortController();
  const stop = () => {
    if (controller.signal.aborted) process.exit(130);
    controller.abort();
    onFirst();
  };
  for (const signal of SIGNALS) process.on(signal, stop);
  try {
    return await work(controller.signal);
  } finally {
    for (const signal of SIGNALS) process.off(signal, stop);
  }
}
