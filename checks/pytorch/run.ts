// `npm run check:pytorch [CASE...]`: PyTorch judges the engine's numbers for small models. Exit code 1 where they differ, 2 without
// PyTorch. Knows only how to run the two halves, dump.ts and check.py.

import { spawnSync } from 'node:child_process';
import { join } from 'node:path';
import { PYTHON } from '../forks.ts';
import { workFolder } from '../work-folder.ts';

function run(command: string, args: string[]) {
  // One thread: the models are small, and threads that wait for each other are very slow on a busy processor.
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

const folder = workFolder('pytorch');

const dumped = run(process.execPath, [join(import.meta.dirname, 'dump.ts'), folder, ...process.argv.slice(2)]);
process.exitCode = dumped || run(PYTHON, [join(import.meta.dirname, 'check.py'), folder]);
