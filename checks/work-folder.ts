// A folder for the files of one program.

import { mkdirSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

/** Makes an empty folder, which is removed when the program ends. */
export function workFolder(program: string, parent = tmpdir()): string {
  mkdirSync(parent, { recursive: true });
  const folder = mkdtempSync(join(parent, `jikji-${program}-`));
  process.on('exit', () => rmSync(folder, { recursive: true, force: true }));
  return folder;
}
