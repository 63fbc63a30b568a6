// Files that `jikji audit --sign` wrote: read as text, folders and far too large files refused first; and kept from another run's audit.

import { join } from 'node:path';
import { JikjiError } from '../base/index.ts';
import { digestOfFile, parseSignedAudit } from '../ledger/index.ts';
import { SEAL } from '../run-folder/index.ts';
import { readTextFile } from './read-text-file.ts';
import { statOf } from './report-file.ts';

/** A signed audit of the longest run is far below this. */
export const MAX_SIGNED_BYTES = 32 << 20;

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

/** The seal that a signed audit names; undefined where the file is none. */
function sealIn(path: string): string | undefined {
  try {
    return parseSignedAudit(readSignedAudit(path, MAX_SIGNED_BYTES, ''), path).subjects.get(SEAL);
  } catch (error) {
    if (error instanceof JikjiError) return undefined;
    throw error;
  }
}

/** Before an audit of the run in a folder is signed into a file: another run's audit is not overwritten. @throws JikjiError `usage` */
export function refuseOtherAudit(path: string, run: string): void {
  const seal = sealIn(path);
  if (seal === undefined || !statOf(join(run, SEAL))?.isFile() || digestOfFile(join(run, SEAL)) === seal) return;
  throw new JikjiError(
    'usage',
    'this file is the signed audit of another run, and would be overwritten',
    `--sign ${path}`,
    'choose another file with --sign',
  );
}
