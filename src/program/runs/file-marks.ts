// Marks of files, which show without reading them that they have changed.

import { statSync } from 'node:fs';
import { join } from 'node:path';

/** Inode, size and time of each file; empty for a missing or inaccessible one, which fails when it is read. */
export const fileMarks = (folder: string, names: readonly string[]): string[] =>
  names.map((name) => {
    try {
      const { ino, size, mtimeMs } = statSync(join(folder, name));
      return `${ino} ${size} ${mtimeMs}`;
    } catch {
      return '';
    }
  });
