// A text file that somebody named at the command line, read whole. Knows nothing of what is in it.

import { readFileSync, type Stats, statSync } from 'node:fs';
import { JikjiError, systemCode } from '../base/index.ts';

interface Reading {
  /** @throws JikjiError where such a file is not read */
  check?: (stat: Stats) => void;
  hint?: string;
}

/** @throws JikjiError `file-missing` where it cannot be read */
export function readTextFile(file: string, { check, hint = 'check the path' }: Reading = {}): string {
  try {
    check?.(statSync(file));
    return readFileSync(file, 'utf8');
  } catch (cause) {
    if (systemCode(cause) === undefined) throw cause;
    throw new JikjiError('file-missing', 'cannot be read', file, hint, { cause });
  }
}
