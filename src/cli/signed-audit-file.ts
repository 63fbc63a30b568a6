// Reads a file that `jikji audit --sign` wrote, as text; refuses folders and far too large files first. Checks no signature.

import { JikjiError } from '../base/index.ts';
import { readTextFile } from './read-text-file.ts';

/** @throws JikjiError `not-an-audit`, `file-missing` */
export const readSignedAudit = (file: string, maxBytes: number, hint: string): string =>
  readTextFile(file, {
    hint,
    check(stat) {
      if (stat.isFile() && stat.size <= maxBytes) return;
      const what = stat.isFile() ? `has ${stat.size} bytes, far more than a signed audit` : 'is not a file';
      throw new JikjiError('not-an-audit', what, file, hint);
    },
  });
