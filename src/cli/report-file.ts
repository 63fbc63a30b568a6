// A report's file and language, checked before the work.

import { accessSync, constants, statSync } from 'node:fs';
import { dirname, resolve } from 'node:path';
import { JikjiError } from '../base/index.ts';

export function parseLang(text: string): 'ko' | 'en' {
  if (text === 'ko' || text === 'en') return text;
  throw new JikjiError('usage', '--lang takes ko or en', `--lang ${text}`, 'write for example --lang ko');
}

/** What can be known to fail is told before the work, not after it. */
export function checkReportFile(path: string, option = '--report'): void {
  const fail = (message: string, cause?: unknown) =>
    new JikjiError('not-writable', message, path, `choose another file with ${option}`, { cause });
  if (statSync(path, { throwIfNoEntry: false })?.isDirectory()) throw fail('is a folder');
  const folder = dirname(resolve(path));
  if (!statSync(folder, { throwIfNoEntry: false })) return; // it will be made
  try {
    accessSync(folder, constants.W_OK);
  } catch (cause) {
    throw fail('writing is not allowed here', cause);
  }
}
