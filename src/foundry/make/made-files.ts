// What make wrote into a run's folder, read again when a run goes on. Others may have touched it: nothing is believed before
// its form was checked, and what is wrong with it is said as an error people can mend.

import { existsSync, readFileSync } from 'node:fs';
import { sep } from 'node:path';
import type { z } from 'zod';
import { JikjiError, systemCode, writeFailure } from '../../base/index.ts';
import { runPaths } from '../../run-folder/index.ts';
import { corpusManifestSchema, SPLITS, sourceFile } from '../corpus/index.ts';
import { makeResultSchema } from './result.ts';
import { tokensFile, tokensManifestSchema } from './tokens-manifest.ts';

/** A file of the corpus folder has the name that make gave it: no path leads out of it. */
function checkName(name: string, wanted: string, path: (string | number)[], context: z.RefinementCtx): void {
  if (name !== wanted) context.addIssue({ code: 'custom', path, message: 'has another name' });
}

const FORMS = {
  'corpus/manifest.json': corpusManifestSchema.superRefine(({ sources }, context) => {
    for (const [i, { files }] of sources.entries()) {
      for (const split of SPLITS)
        checkName(files[split].name, sourceFile(i, split), ['sources', i, 'files', split, 'name'], context);
    }
  }),
  'corpus/tokens.json': tokensManifestSchema.superRefine(({ sources }, context) => {
    for (const [i, source] of sources.entries()) {
      for (const split of SPLITS)
        checkName(source[split].file, tokensFile(i, split), ['sources', i, split, 'file'], context);
    }
  }),
  'result.json': makeResultSchema,
};

/** A run's folder is not as it was left. */
export const damaged = (what: string, path: string, hint: string, cause?: unknown): JikjiError =>
  new JikjiError('run-damaged', what, path, hint, cause === undefined ? undefined : { cause });

/**
 * Reads one of make's own JSON files; `hint` is what to do where it is not whole.
 * @throws JikjiError `run-damaged`
 */
export function readMadeFile<Name extends keyof typeof FORMS>(
  name: Name,
  path: string,
  hint: string,
): z.output<(typeof FORMS)[Name]> {
  let value: unknown;
  try {
    value = JSON.parse(readFileSync(path, 'utf8'));
  } catch (cause) {
    throw damaged(systemCode(cause) ? 'cannot be read' : 'is damaged: not JSON', path, hint, cause);
  }
  const checked = FORMS[name].safeParse(value);
  if (checked.success) return checked.data as z.output<(typeof FORMS)[Name]>;
  const where = checked.error.issues[0]?.path.join('.');
  throw damaged(`is damaged${where ? `: ${where} is not what it should be` : ''}`, path, hint);
}

const ANEW = 'begin it anew in another folder with --out';

/** A system error at a place in the run's folder is no bug: somebody or something else was there. */
export function folderFailure(error: unknown, folder: string): unknown {
  const code = systemCode(error);
  if (code === undefined) return ofRun(error, folder);
  const { path, syscall = '' } = error as NodeJS.ErrnoException;
  // Reads and writes of open files name no path.
  if (path === undefined && code === 'EISDIR')
    return damaged('a folder is where a file should be', folder, ANEW, error);
  if (path === undefined) {
    const isWrite = ['ENOSPC', 'EDQUOT', 'EIO', 'EROFS'].includes(code);
    return isWrite ? ofRun(writeFailure(error, folder), folder) : error;
  }
  if (!isIn(path, folder)) return error;
  if ((code === 'EACCES' || code === 'EPERM') && !CHANGES.includes(syscall))
    return damaged('you may not read it', path, 'change its permissions', error);
  if (!['ENOENT', 'ENOTDIR', 'EISDIR', 'EEXIST', 'ENOTEMPTY'].includes(code))
    return ofRun(writeFailure(error, path), folder);
  return damaged(`is not as the run left it (${code})`, path, ANEW, error);
}

const CHANGES = ['rename', 'unlink', 'rm', 'rmdir', 'mkdir', 'link', 'ftruncate'];
const isIn = (path: string, folder: string): boolean => path === folder || path.startsWith(`${folder}${sep}`);

/** That nothing can be written, where a run is: it could be when the run was begun, and another folder would hold another run. */
function ofRun(error: unknown, folder: string): unknown {
  if (!(error instanceof JikjiError) || !isIn(error.input, folder) || !existsSync(runPaths(folder).recipe))
    return error;
  const { code, input: path, message } = error;
  const cause = systemCode(error.cause) ?? '';
  if (code === 'not-writable' && ['EROFS', 'EACCES', 'EPERM'].includes(cause)) {
    const what = cause === 'EROFS' ? 'the disk has become read-only' : 'the folder has become read-only for you';
    const hint = 'make it writable again, then go on with --resume: what was saved is whole';
    return new JikjiError(code, `nothing can be written here any more: ${what}`, path, hint, { cause: error });
  }
  if (code === 'disk-broken')
    return new JikjiError(code, message, path, 'bring the run to another disk, then go on there with --resume', {
      cause: error,
    });
  return error;
}
