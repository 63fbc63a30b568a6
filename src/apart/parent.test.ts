// Work in processes of its own: what ends it, and what its parent hears.

import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { fileURLToPath } from 'node:url';
import { expect, test, vi } from 'vitest';
import { type ChildOptions, type ChildSettings, childSettings, runChild, startChild } from './parent.ts';
import type { Ask } from './testing/child.ts';

const SCRIPT = fileURLToPath(new URL('./testing/child.ts', import.meta.url));
const HOUSE = fileURLToPath(new URL('../../', import.meta.url));
/** No environment, no rights but to read the house. */
const BARE: ChildSettings = {
  flags: ['--max-old-space-size=64', '--permission', `--allow-fs-read=${HOUSE}*`, '--no-warnings'],
  env: {},
};

const run = (work: Ask['work'], options: Partial<ChildOptions<number>> = {}) =>
  runChild<unknown, number>(SCRIPT, { work } satisfies Ask, {
    settings: childSettings('/'),
    seconds: 600,
    onProgress: () => {},
    ...options,
  });

test('a child does not outlive its parent, whatever it is doing', async () => {
  const parent = spawn(process.execPath, ['--no-warnings', SCRIPT, 'parent'], { stdio: ['ignore', 'pipe', 'inherit'] });
  const [text] = await once(parent.stdout, 'data');
  expect(String(text)).toBe('computing\n');
  parent.kill('SIGKILL');
  // The child holds this end open as long as it lives.
  await once(parent.stdout, 'close');
});

test('one that may start no thread ends when its parent hears no longer', async () => {
  const child = startChild(SCRIPT, BARE);
  child.send({ work: 'wait' } satisfies Ask);
  child.disconnect();
  expect(await once(child, 'exit')).toEqual([1, null]);
});

test('one that is still loading when its parent goes ends too', async () => {
  const child = startChild(fileURLToPath(new URL('./testing/late-child.ts', import.meta.url)), childSettings('/'));
  child.disconnect();
  expect(await once(child, 'exit')).toEqual([1, null]);
});

test('too long, too big, stopped: killed, and the outcome says which', async () => {
  expect(await run('wait', { seconds: 0 })).toEqual({ how: 'too-long' });
  expect(await run('wait', { bytes: 1 })).toEqual({ how: 'too-big', exit: 'SIGKILL' });
  expect(await run('wait', { signal: AbortSignal.abort() })).toEqual({ how: 'stopped' });
  expect(await run('wait', { signal: AbortSignal.timeout(100) })).toEqual({ how: 'stopped' });
  expect(await run('fill', { settings: BARE })).toEqual({ how: 'too-big', exit: 'SIGABRT' });
});

test('names of members arrive as they were sent, whatever this process has parsed', async () => {
  const before = JSON.parse('{"child":1,"n\\\\":2}');
  expect(await run('names')).toEqual({ how: 'done', result: { child: 1, 'n\n': 2 } });
  expect(Object.keys(before)).toEqual(['child', 'n\\']);
});

test('what it says itself, and what a bug comes to', async () => {
  const failure = { code: 'file-broken', message: 'it is spoilt', input: 'the apple', hint: 'take another' };
  expect(await run('fail')).toEqual({ how: 'failed', failure });
  const text = expect.stringMatching(/^it ended with 70\nError: a bug\n/);
  expect(await run('crash')).toEqual({ how: 'crashed', exit: '70', text });
});

test('its time is counted anew where the parent gives it some', async () => {
  const heard: number[] = [];
  const outcome = await run('count', {
    settings: BARE,
    seconds: 1.9,
    onProgress: (n, restartTimer) => {
      heard.push(n);
      restartTimer(1.9);
    },
  });
  expect(outcome).toEqual({ how: 'done', result: new Uint8Array([1, 2]) });
  expect(heard).toEqual([1, 2, 3, 4]);
  expect(await run('count', { seconds: 1.9 })).toEqual({ how: 'too-long' });
});

test('it is told no secrets; one without an environment is told nothing', async () => {
  for (const name of ['JIKJI_PASSPHRASE', 'JIKJI_MAIL_PASSWORD', 'JIKJI_OPENID_SECRET', 'PGPASSWORD'])
    vi.stubEnv(name, 'sesame');
  vi.stubEnv('JIKJI_PLAIN', 'yes');
  const { result } = (await run('environment')) as { result: NodeJS.ProcessEnv };
  vi.unstubAllEnvs();
  expect(JSON.stringify(result)).not.toContain('sesame');
  expect(result).toMatchObject({ JIKJI_PLAIN: 'yes', TMPDIR: '/' });
  expect(await run('environment', { settings: BARE })).toEqual({ how: 'done', result: {} });
});
