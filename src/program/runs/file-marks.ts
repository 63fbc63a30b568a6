// Marks of files, by which one sees that they have changed without reading them.

import { statSync } from 'node:fs';
import { join } from 'node:path';

/** Size and time of each file, whatever it is; empty where it is not there, or not to be seen: reading it says so. */
export const fileMarks = (folder: string, names: readonly string[]): string[] =>
  names.map((name) => {
    try {
      const { ino, size, mtimeMs } = statSync(join(folder, name));
      return `${ino} ${size} ${mtimeMs}`;
    } catch {
      return '';
    }
  });
