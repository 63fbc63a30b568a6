// Reads a text file named on the command line as a whole. Knows nothing of its content.

import { readFileSync, type Stats, statSync } from 'node:fs';
import { JikjiError, systemCode } from '../base/index.ts';

interface Reading {
  /** Runs before the read. @throws JikjiError to refuse the file */
  check?: (stat: Stats) => void;
  hint?: string;
}

/** @throws JikjiError `file-missing` if it cannot be read */
export function readTextFile(file: string, { check, hint = 'check the path' }: Reading = {}): string {
  try {
    check?.(statSync(file));
    return readFileSync(file, 'utf8');
  } catch (cause) {
    if (systemCode(cause) === undefined) throw cause;
    throw new JikjiError('file-missing', 'cannot be read', file, hint, { cause });
  }
}
