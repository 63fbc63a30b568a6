// The file and language of a report, checked before the work; and questions about paths.

import { closeSync, openSync, readSync, realpathSync, rmSync, type Stats, statSync } from 'node:fs';
import { basename, dirname, join, resolve, sep } from 'node:path';
import { JikjiError, systemCode, writeFileAtomic } from '../base/index.ts';
import { kindOf, readStatementText, type StatementKind } from '../ledger/index.ts';

export function parseLang(text: string): 'ko' | 'en' {
  if (text === 'ko' || text === 'en') return text;
  throw new JikjiError('usage', '--lang takes ko or en', `--lang ${text}`, 'write for example --lang ko');
}

/** The stat of a path; undefined if nothing is there, or if it cannot be read. */
export function statOf(path: string): Stats | undefined {
  try {
    return statSync(path);
  } catch {
    return undefined;
  }
}

/** The real path: links are followed for the part that exists. */
function realPath(path: string): string {
  const whole = resolve(path);
  try {
    return realpathSync(whole);
  } catch {
    const above = dirname(whole);
    return above === whole ? whole : join(realPath(above), basename(whole));
  }
}

/** The path that writing changes: a link at its end is replaced, not followed. */
const writtenPath = (path: string): string => join(realPath(dirname(resolve(path))), basename(resolve(path)));

/** Whether a path is `folder` or lies in it, itself or as the target of a link. */
export function liesIn(path: string, folder: string): boolean {
  const real = realPath(folder);
  const within = real.endsWith(sep) ? real : real + sep; // the root has its separator already
  return [realPath(path), writtenPath(path)].some((place) => place === real || place.startsWith(within));
}

/** Whether two paths are one file. */
export function isSameFile(a: string, b: string): boolean {
  return writtenPath(a) === writtenPath(b) || realPath(a) === realPath(b);
}

/** How each page begins that src/page-kit/document writes. */
const PAGE_START =
  /^<!doctype html>\n<html lang="[a-z]+"><head><meta charset="utf-8"\/><meta http-equiv="Content-Security-Policy" content="default-src 'none'; style-src 'sha256-/;

/** What cannot be read is none. */
function isPage(path: string): boolean {
  const start = Buffer.alloc(256);
  let file: number | undefined;
  try {
    file = openSync(path, 'r');
    return PAGE_START.test(start.toString('latin1', 0, readSync(file, start)));
  } catch (error) {
    if (systemCode(error) === undefined) throw error;
    return false;
  } finally {
    if (file !== undefined) closeSync(file);
  }
}

function isStatement(path: string, kinds: readonly StatementKind[]): boolean {
  try {
    const kind = kindOf(readStatementText(path));
    return kind !== undefined && kinds.includes(kind);
  } catch (error) {
    if (error instanceof JikjiError) return false;
    throw error;
  }
}

/** What an output may replace: an earlier one of its kind. */
const REPLACED = {
  page: { words: 'page of Jikji', isLike: isPage },
  audit: { words: 'signed audit', isLike: (path: string) => isStatement(path, ['audit', 'witness-audit']) },
  lineage: { words: 'signed comparison', isLike: (path: string) => isStatement(path, ['lineage']) },
  model: { words: 'signed statement about a model', isLike: (path: string) => isStatement(path, ['model']) },
};

/**
 * Finds out before the work whether the file can be written: opens a trial file beside it. An output replaces an earlier one of its kind or
 * an empty file, and nothing else.
 * @throws JikjiError `not-writable`
 */
export function checkReportFile(path: string, option = '--report', kind: keyof typeof REPLACED = 'page'): void {
  const fail = (message: string, cause?: unknown) =>
    new JikjiError('not-writable', message, path === '' ? `${option} ''` : path, hintFor(option), { cause });
  const whole = resolve(path);
  const there = statOf(whole);
  if (there?.isDirectory()) throw fail('is a folder');
  if (there && !there.isFile()) throw fail('is not a plain file'); // a device would be replaced by a file
  let first = whole; // what is created first: the file, or its highest missing folder
  while (!statOf(dirname(first)) && dirname(first) !== first) first = dirname(first);
  if (!statOf(dirname(first))?.isDirectory()) throw fail('lies below a file, which is not a folder');
  const trial = `${first}.${process.pid}.tmp`;
  try {
    closeSync(openSync(trial, 'wx'));
    rmSync(trial);
  } catch (cause) {
    throw fail('nothing can be written here', cause);
  }
  const { words, isLike } = REPLACED[kind];
  if (there && there.size > 0 && !isLike(whole)) throw fail(`is not a ${words}, and would be overwritten`);
}

const hintFor = (option: string): string => `choose another file with ${option}`;

/** Writes the file; the hint of an error names `option`. @throws JikjiError what `writeFileAtomic` throws */
export function writeReportFile(path: string, content: string, option: string): void {
  try {
    writeFileAtomic(path, content);
  } catch (error) {
    if (!(error instanceof JikjiError)) throw error;
    const room = error.code === 'disk-full' ? 'free some space, or ' : '';
    throw error.reworded({ hint: `${room}${hintFor(option)}` });
  }
}
