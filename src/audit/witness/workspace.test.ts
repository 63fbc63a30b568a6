// The folder in which training code runs: only what the run committed to is in it.

import { existsSync, mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { temporaryFolder } from '../../base/testing/temporary-folder.ts';
import { sha256Hex } from '../../ledger/index.ts';
import type { FileList } from './files.ts';
import { openWorkspace, type Workspace } from './workspace.ts';

const work = temporaryFolder();
const context = { signal: new AbortController().signal, showProgress: async () => {} };
const list = (files: Record<string, string>): FileList => ({
  formatVersion: 1,
  files: Object.entries(files).map(([name, text]) => ({ name, sha256: sha256Hex(text), size: text.length })),
});

let places = 0;
/** What the auditor has, by name. */
function place(files: Record<string, string>): string {
  const folder = join(work, `place-${places++}`);
  mkdirSync(folder);
  for (const [name, text] of Object.entries(files)) {
    mkdirSync(join(folder, name, '..'), { recursive: true });
    writeFileSync(join(folder, name), text);
  }
  return folder;
}

const CODE = { 'train.py': 'import parts.helper', 'parts/helper.py': 'x = 1' };
const DATA = { 'texts/tokens.bin': 'tokens' };
const open = (has: Record<string, string>, { code = list(CODE), data = list(DATA), first = 'train.py' } = {}) => {
  const folder = place(has);
  return openWorkspace({ code, data }, { code: join(folder, first), data: folder }, context);
};
const why = async (...of: Parameters<typeof open>): Promise<string> => {
  const found = await open(...of);
  if ('en' in found) return found.en;
  found.close();
  return 'open';
};

test('it has the committed code and data, and no other file', async () => {
  const workspace = (await open({ ...CODE, ...DATA, 'cache.bin': 'other weights' })) as Workspace;
  expect(readdirSync(workspace.folder, { recursive: true }).sort()).toEqual(
    ['parts', 'parts/helper.py', 'texts', 'texts/tokens.bin', 'train.py'].sort(),
  );
  expect(readFileSync(join(workspace.folder, 'texts/tokens.bin'), 'utf8')).toBe('tokens');
  workspace.close();
  expect(existsSync(workspace.folder)).toBe(false);
});

test('code in a folder below lies as it lay', async () => {
  const code = list({ 'src/train.py': 'a', 'src/helper.py': 'b', 'lib/more.py': 'c' });
  const has = { 'mine/src/train.py': 'a', 'mine/src/helper.py': 'b', 'mine/lib/more.py': 'c', ...DATA };
  expect(await why(has, { code, first: 'mine/src/train.py' })).toBe('open');
});

test.each([
  ['the first file of the code is another', { 'train.py': 'import evil' }, /training code "train.py" has the SHA-256/],
  ['a file beside it is another', { 'parts/helper.py': 'x = 2' }, /training code "parts\/helper.py" has the SHA-256/],
  ['the data are others', { 'texts/tokens.bin': 'others' }, /data file "texts\/tokens.bin" in .* has the SHA-256/],
])('%s: nothing is run', async (_, other, message) => {
  expect(await why({ ...CODE, ...DATA, ...other })).toMatch(message);
});

test('what is not there is named', async () => {
  expect(await why(DATA)).toMatch(/training code "train.py" is not there/);
  expect(await why(CODE)).toMatch(/data file "texts\/tokens.bin" in .* is not there/);
});

test.each(['../up.bin', '/etc/passwd', 'a/../../b', './a', 'a//b', '..', 'a\\b', 'a\0b'])(
  'no file is named %j',
  async (name) => {
    expect(await why({ ...CODE, ...DATA }, { data: list({ [name]: 'x' }) })).toMatch(/is not a name within a folder/);
  },
);

test('a name of both is refused, and so is a list without code', async () => {
  expect(await why({ ...CODE, ...DATA }, { data: list({ 'train.py': 'x' }) })).toMatch(/name a file twice/);
  expect(await why({ ...CODE, ...DATA }, { code: list({}) })).toMatch(/cannot be used/);
});
