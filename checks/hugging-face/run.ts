// `npm run check:hugging-face`: folders that PyTorch and python3-safetensors make are opened here, and one that is made here is
// opened there; an independent forward pass in binary64 judges the logits. Ends with exit code 1 where they differ, 2 where there
// is no PyTorch. Knows only how the two halves are run: ours.ts and theirs.py.

import { spawnSync } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

/** Debian's own, since python3-torch is there and not in a Python that stands before it on PATH. */
const PYTHON = process.env.PYTHON ?? '/usr/bin/python3';

const folder = mkdtempSync(join(tmpdir(), 'jikji-hugging-face-'));
// One thread, as the models are small; keys and lists of runs of its own.
const env: NodeJS.ProcessEnv = { ...process.env, OPENBLAS_NUM_THREADS: '1', OMP_NUM_THREADS: '1' };
for (const name of ['CONFIG', 'STATE', 'CACHE']) env[`XDG_${name}_HOME`] = join(folder, name);

function run(command: string, ...args: string[]): number {
  const done = spawnSync(command, args, { stdio: 'inherit', env });
  if (done.error) {
    console.error(
      `error: ${command} cannot be run (${done.error.message})\n  on Debian: apt-get install python3-torch python3-safetensors`,
    );
    return 2;
  }
  return done.status ?? 1;
}

try {
  const [ours, theirs] = ['ours.ts', 'theirs.py'].map((name) => join(import.meta.dirname, name)) as [string, string];
  process.exitCode =
    run(process.execPath, '--no-warnings', ours, 'make', folder) ||
    run(PYTHON, theirs, 'make', folder) ||
    run(process.execPath, '--no-warnings', ours, 'logits', folder) ||
    run(PYTHON, theirs, 'judge', folder);
} finally {
  rmSync(folder, { recursive: true, force: true });
}
