// A temporary home with a list of runs, and runs in it that consist only of files, of any length.

import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { vi } from 'vitest';
import { lines } from '../../../ledger/testing/transcript.ts';
import { noteRun } from '../../../run-folder/index.ts';

export class Home {
  readonly folder = mkdtempSync(join(tmpdir(), 'jikji-home-'));

  constructor() {
    vi.stubEnv('XDG_STATE_HOME', join(this.folder, 'state'));
  }

  /** A run of so many steps, noted in the list; its folder. */
  run(name: string, steps: number): string {
    const folder = join(this.folder, name);
    mkdirSync(folder);
    writeFileSync(join(folder, 'recipe.yaml'), `name: ${name}\ntrain:\n  steps: 1000\n`);
    writeFileSync(join(folder, 'transcript.jsonl'), [...lines(steps)].join(''));
    noteRun(folder);
    return folder;
  }

  remove(): void {
    vi.unstubAllEnvs();
    rmSync(this.folder, { recursive: true, force: true });
  }
}
