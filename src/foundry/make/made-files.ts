// Reads make's own files again when a run resumes. Anyone may have changed them: each is checked against its schema first, and a
// damaged one becomes an error with a hint.

import { existsSync, readFileSync } from 'node:fs';
import { sep } from 'node:path';
import type { z } from 'zod';
import { JikjiError, parseJson, systemCode, writeFailure } from '../../base/index.ts';
import { MANIFEST, runPaths } from '../../run-folder/index.ts';
import { corpusManifestSchema, refuseVersion1, SPLITS, sourceFile } from '../corpus/index.ts';
import { makeResultSchema } from './result.ts';
import { marksFile, type TokensManifest, tokensFile, tokensManifestSchema } from './tokens-manifest.ts';

/** A manifest may only name files as make names them: no path leads out of the corpus folder. */
function checkName(name: string, wanted: string, path: (string | number)[], context: z.RefinementCtx): void {
  if (name !== wanted) context.addIssue({ code: 'custom', path, message: 'has another name' });
}

const SCHEMAS = {
  'corpus/manifest.json': corpusManifestSchema.superRefine(({ sources }, context) => {
    for (const [i, { files }] of sources.entries()) {
      for (const split of SPLITS)
        checkName(files[split].name, sourceFile(i, split), ['sources', i, 'files', split, 'name'], context);
    }
  }),
  'corpus/tokens.json': tokensManifestSchema.superRefine(({ sources }: TokensManifest, context) => {
    for (const [i, source] of sources.entries()) {
      for (const split of SPLITS) {
        const { file, marks } = source[split];
        checkName(file, tokensFile(i, split), ['sources', i, split, 'file'], context);
        if (marks) checkName(marks.file, marksFile(i, split), ['sources', i, split, 'marks', 'file'], context);
      }
    }
  }),
  'result.json': makeResultSchema,
};

/** The error for a file in the run folder that make did not leave like this. */
export const damaged = (message: string, path: string, hint: string, cause?: unknown): JikjiError =>
  new JikjiError('run-damaged', message, path, hint, cause === undefined ? undefined : { cause });

/**
 * Reads one of make's own JSON files; `hint` is the remedy if it is damaged.
 * @throws JikjiError `run-damaged`, `manifest-broken`
 */
export function readMadeFile<Name extends keyof typeof SCHEMAS>(
  name: Name,
  path: string,
  hint: string,
): z.output<(typeof SCHEMAS)[Name]> {
  let value: unknown;
  try {
    value = parseJson(readFileSync(path, 'utf8'));
  } catch (cause) {
    throw damaged(systemCode(cause) ? 'cannot be read' : 'is damaged: not JSON', path, hint, cause);
  }
  if (name === MANIFEST) refuseVersion1(value, path);
  const checked = SCHEMAS[name].safeParse(value);
  if (checked.success) return checked.data as z.output<(typeof SCHEMAS)[Name]>;
  const key = checked.error.issues[0]?.path.join('.');
  throw damaged(`is damaged${key ? `: ${key} is not valid` : ''}`, path, hint);
}

const BEGIN_AGAIN = 'begin it again in another folder with --out';

/** Turns a system error inside the run folder into a JikjiError: another program has changed the folder, so it is not a bug. */
export function folderFailure(error: unknown, folder: string): unknown {
  const code = systemCode(error);
  if (code === undefined) return ofRun(error, folder);
  const { path, syscall = '' } = error as NodeJS.ErrnoException;
  // Reads and writes of open files name no path.
  if (path === undefined && code === 'EISDIR')
    return damaged('a folder is where a file should be', folder, BEGIN_AGAIN, error);
  if (path === undefined) {
    const isWrite = ['ENOSPC', 'EDQUOT', 'EIO', 'EROFS'].includes(code);
    return isWrite ? ofRun(writeFailure(error, folder), folder) : error;
  }
  if (!isIn(path, folder)) return error;
  if ((code === 'EACCES' || code === 'EPERM') && !CHANGES.includes(syscall))
    return damaged('you may not read it', path, 'change its permissions', error);
  if (!['ENOENT', 'ENOTDIR', 'EISDIR', 'EEXIST', 'ENOTEMPTY'].includes(code))
    return ofRun(writeFailure(error, path), folder);
  return damaged(`is not as the run left it (${code})`, path, BEGIN_AGAIN, error);
}

const CHANGES = ['rename', 'unlink', 'rm', 'rmdir', 'mkdir', 'link', 'ftruncate'];
const isIn = (path: string, folder: string) => path === folder || path.startsWith(`${folder}${sep}`);

/**
 * Rewords an error of writing inside a run folder. The folder was writable when the run began, so the hint is to mend it and resume;
 * the usual hint, another folder, would begin another run.
 */
function ofRun(error: unknown, folder: string): unknown {
  if (!(error instanceof JikjiError) || !isIn(error.input, folder) || !existsSync(runPaths(folder).recipe))
    return error;
  const { code, input: path, message } = error;
  const cause = systemCode(error.cause) ?? '';
  if (code === 'not-writable' && ['EROFS', 'EACCES', 'EPERM'].includes(cause)) {
    const reason = cause === 'EROFS' ? 'the disk has become read-only' : 'the folder has become read-only for you';
    const hint = 'make it writable again, then go on with --resume: everything saved so far is intact';
    return new JikjiError(code, `nothing can be written here any more: ${reason}`, path, hint, { cause: error });
  }
  if (code === 'disk-broken')
    return new JikjiError(code, message, path, 'copy the run to another disk, then go on there with --resume', {
      cause: error,
    });
  return error;
}
