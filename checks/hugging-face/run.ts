// `npm run check:hugging-face`: Jikji opens folders that PyTorch and python3-safetensors make, and they open one that Jikji makes. An
// independent forward pass in binary64 judges the logits. Exit code 1 where they differ, 2 without PyTorch. Knows only how to run the
// two halves, ours.ts and theirs.py.

import { spawnSync } from 'node:child_process';
import { join } from 'node:path';
import { PYTHON } from '../forks.ts';
import { workFolder } from '../work-folder.ts';

const folder = workFolder('hugging-face');
// One thread, since the models are small; separate keys and lists of runs.
const env: NodeJS.ProcessEnv = { ...process.env, OPENBLAS_NUM_THREADS: '1', OMP_NUM_THREADS: '1' };
for (const name of ['CONFIG', 'STATE', 'CACHE']) env[`XDG_${name}_HOME`] = join(folder, name);

function run(command: string, ...args: string[]) {
  const done = spawnSync(command, args, { stdio: 'inherit', env });
  if (done.error) {
    console.error(
      `error: ${command} cannot be run (${done.error.message})\n  on Debian: apt-get install python3-torch python3-safetensors`,
    );
    return 2;
  }
  return done.status ?? 1;
}

const [ours, theirs] = ['ours.ts', 'theirs.py'].map((name) => join(import.meta.dirname, name)) as [string, string];
process.exitCode =
  run(process.execPath, '--no-warnings', ours, 'make', folder) ||
  run(PYTHON, theirs, 'make', folder) ||
  run(process.execPath, '--no-warnings', ours, 'logits', folder) ||
  run(PYTHON, theirs, 'judge', folder);
