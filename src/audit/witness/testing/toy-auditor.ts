// What an auditor of a toy run has: the training code, the data, and programs that answer as his Python would.

import { chmodSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { ReplayerOptions } from '../replayer.ts';
import { CODE } from './toy-run.ts';

/** How toy-replayer.ts behaves. */
const MODES = [
  ...[
    'honest',
    'rounds',
    'rounds-later',
    'rounds-sometimes',
    'rounds-threads',
    'rounds-rates',
    'rounds-other-rates',
    'rates',
    'draws',
    'rounds-floats',
    'floats',
    'hangs',
    'dies',
    'floods',
    'babbles',
    'lies',
  ],
  ...['echoes', 'falsely', 'one-segment', 'endless', 'again-and-again', 'another-step', 'no-distance', 'below-zero'],
  'short-sketch',
] as const;
export type Mode = (typeof MODES)[number];

/** Puts everything into the folder `work`. */
export function toyAuditor(work: string): (mode: Mode, seconds?: number) => ReplayerOptions {
  const code = join(work, 'train.py');
  writeFileSync(code, CODE);
  writeFileSync(join(work, 'tokens.bin'), 'tokens');
  const script = join(import.meta.dirname, 'toy-replayer.ts');
  // An auditor's Python gets none of our environment. These are started a hundred times, and read what the first one has compiled.
  const compiled = `NODE_COMPILE_CACHE='${process.env.NODE_COMPILE_CACHE ?? ''}'`;
  for (const mode of MODES) {
    const line = `exec '${process.execPath}' --no-warnings '${script}' ${mode} "$@"`;
    writeFileSync(join(work, mode), `#!/bin/sh\nexport ${compiled}\n${line}\n`);
    chmodSync(join(work, mode), 0o755);
  }
  return (mode, seconds = 30) => ({ python: join(work, mode), code, data: work, ranks: 1, seconds, bytes: 2 ** 32 });
}
