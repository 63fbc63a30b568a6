// The home of a test file, with a list of runs, and runs in it that consist only of files, of any length.

import { mkdirSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { temporaryHome } from '../../../base/testing/temporary-folder.ts';
import { lines } from '../../../ledger/testing/transcript.ts';
import { noteRun } from '../../../run-folder/index.ts';

export class Home {
  readonly folder = temporaryHome();

  /** A run of so many steps, noted in the list; its folder. */
  run(name: string, steps: number): string {
    const folder = join(this.folder, name);
    mkdirSync(folder);
    writeFileSync(join(folder, 'recipe.yaml'), `name: ${name}\ntrain:\n  steps: 1000\n`);
    writeFileSync(join(folder, 'transcript.jsonl'), [...lines(steps)].join(''));
    noteRun(folder);
    return folder;
  }

  /** Removes all runs and their list, for the next test. */
  clear(): void {
    for (const name of readdirSync(this.folder)) rmSync(join(this.folder, name), { recursive: true });
  }
}
