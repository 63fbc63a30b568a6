// `npm run check:pytorch [CASE...]`: the engine's numbers of small models, judged by PyTorch. Ends with exit code 1 where they
// differ, 2 where there is no PyTorch. Knows only how the two halves are run: dump.ts and check.py.

import { spawnSync } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

/** Debian's own, since python3-torch is there and not in a Python that stands before it on PATH. */
const PYTHON = process.env.PYTHON ?? '/usr/bin/python3';

function run(command: string, args: string[]): number {
  // One thread: the models are small, and threads that wait for each other crawl where other programs want the processor too.
  const env = { ...process.env, OPENBLAS_NUM_THREADS: '1', OMP_NUM_THREADS: '1' };
  const done = spawnSync(command, args, { stdio: 'inherit', env });
  if (done.error) {
    console.error(
      `error: ${command} cannot be run (${done.error.message})\n  on Debian: apt-get install python3-torch`,
    );
    return 2;
  }
  return done.status ?? 1;
}

const folder = mkdtempSync(join(tmpdir(), 'jikji-pytorch-'));
try {
  const dumped = run(process.execPath, [join(import.meta.dirname, 'dump.ts'), folder, ...process.argv.slice(2)]);
  process.exitCode = dumped || run(PYTHON, [join(import.meta.dirname, 'check.py'), folder]);
} finally {
  rmSync(folder, { recursive: true, force: true });
}
