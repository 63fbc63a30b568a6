// A report's file and language, checked before the work.

import { closeSync, openSync, realpathSync, rmSync, type Stats, statSync } from 'node:fs';
import { basename, dirname, join, resolve, sep } from 'node:path';
import { JikjiError, writeFileAtomic } from '../base/index.ts';

export function parseLang(text: string): 'ko' | 'en' {
  if (text === 'ko' || text === 'en') return text;
  throw new JikjiError('usage', '--lang takes ko or en', `--lang ${text}`, 'write for example --lang ko');
}

/** What stands at a path; undefined where nothing does, or where it cannot be looked at. */
export function statOf(path: string): Stats | undefined {
  try {
    return statSync(path);
  } catch {
    return undefined;
  }
}

/** Where a path leads, links followed as far as there is something. */
function realPath(path: string): string {
  const whole = resolve(path);
  try {
    return realpathSync(whole);
  } catch {
    const above = dirname(whole);
    return above === whole ? whole : join(realPath(above), basename(whole));
  }
}

/** The place that writing to a path changes: a link is replaced, not followed. */
const writtenPath = (path: string): string => join(realPath(dirname(resolve(path))), basename(resolve(path)));

/** Whether a path is `folder`, or lies in it: by its own place, or by where a link there leads. */
export function liesIn(path: string, folder: string): boolean {
  const real = realPath(folder);
  const within = real.endsWith(sep) ? real : real + sep; // the root has its separator already
  return [realPath(path), writtenPath(path)].some((place) => place === real || place.startsWith(within));
}

/** Whether two paths are one file. */
export function isSameFile(a: string, b: string): boolean {
  return writtenPath(a) === writtenPath(b) || realPath(a) === realPath(b);
}

/** What can be known to fail is told before the work, not after it: a file is opened beside it for a moment. */
export function checkReportFile(path: string, option = '--report'): void {
  const fail = (message: string, cause?: unknown) =>
    new JikjiError('not-writable', message, path === '' ? `${option} ''` : path, hintFor(option), { cause });
  const whole = resolve(path);
  const there = statOf(whole);
  if (there?.isDirectory()) throw fail('is a folder');
  if (there && !there.isFile()) throw fail('is not a plain file'); // a device would be replaced by a file
  let first = whole; // what is made first: the file, or the highest folder that is not there
  while (!statOf(dirname(first)) && dirname(first) !== first) first = dirname(first);
  if (!statOf(dirname(first))?.isDirectory()) throw fail('lies below a file, which is no folder');
  const trial = `${first}.${process.pid}.tmp`;
  try {
    closeSync(openSync(trial, 'wx'));
    rmSync(trial);
  } catch (cause) {
    throw fail('nothing can be written here', cause);
  }
}

const hintFor = (option: string): string => `choose another file with ${option}`;

/** Writes it; the words of what fails are of this option. */
export function writeReportFile(path: string, content: string, option: string): void {
  try {
    writeFileAtomic(path, content);
  } catch (error) {
    if (!(error instanceof JikjiError)) throw error;
    const room = error.code === 'disk-full' ? 'free some space, or ' : '';
    throw error.reworded({ hint: `${room}${hintFor(option)}` });
  }
}
