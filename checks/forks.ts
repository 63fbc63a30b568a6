// A Python that starts in a tenth of the time, for the checks: see forks.py.

import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdirSync } from 'node:fs';
import { join } from 'node:path';

/** Debian's Python, which has python3-numpy and python3-torch; another Python that is first on PATH does not. */
export const PYTHON = process.env.PYTHON ?? '/usr/bin/python3';

export interface Forks {
  /** The program that is started in place of `PYTHON`. */
  python: string;
  close: () => void;
}

/** Serves from a new folder. `modules` are imported, under the variables `env`, before what is started is forked. */
export async function openForks(folder: string, modules: string[], env: Record<string, string> = {}): Promise<Forks> {
  mkdirSync(folder);
  const child = spawn(PYTHON, [join(import.meta.dirname, 'forks.py'), folder, ...modules], {
    env: { ...process.env, ...env },
    stdio: ['pipe', 'pipe', 'inherit'],
  });
  await Promise.race([
    once(child.stdout, 'data'),
    once(child, 'exit').then(([code]) => {
      throw new Error(`${PYTHON} forks.py ended with ${code}`);
    }),
  ]);
  return { python: join(folder, 'python'), close: () => child.stdin.end() };
}
